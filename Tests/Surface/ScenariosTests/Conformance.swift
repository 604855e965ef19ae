import Foundation
import Scenarios

/// The folder of outside scripts, when it stands beside the project or the environment names it.
enum Conformance {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// `…/conformance/promqltest`
  static let scripts: URL? = {
    let named = ProcessInfo.processInfo.environment["TIDEMARK_CONFORMANCE"].map { URL(filePath: $0) }
    let folder = (named ?? root.appending(path: "../shared/conformance").standardized).appending(path: "promqltest")
    return FileManager.default.fileExists(atPath: folder.appending(path: "TIERS.tsv").path) ? folder : nil
  }()

  static func scripts(in folder: URL) -> [URL] {
    let all = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
    return all.filter { $0.pathExtension == "test" }.sorted { $0.lastPathComponent < $1.lastPathComponent }
  }

  /// What is known of a case of an outside script.
  struct Tier {
    var script: String
    var line: Int
    var tier: Int
    /// `3.5`, `3.5+delayed-name-removal`, `newer`, `-`
    var reference: String

    var id: String { "\(script):\(line)" }
    /// The groups whose counts are told.
    var group: String { tier == 1 ? (reference == "newer" ? "tier 1 newer" : "tier 1") : "tier \(tier)" }
  }

  static func tiers(in folder: URL) throws -> [Tier] {
    let text = try String(contentsOf: folder.appending(path: "TIERS.tsv"), encoding: .utf8)
    return text.split(separator: "\n").dropFirst().map { line in
      let columns = line.split(separator: "\t")
      return Tier(script: String(columns[0]), line: Int(columns[1])!, tier: Int(columns[2])!, reference: String(columns[3]))
    }
  }

  /// Cases that are known to fail, one a line.
  static let knownFailures = root.appending(path: "Tests/Golden/promql/known-failures.txt")

  static func knownFailureList() throws -> Set<String> {
    guard FileManager.default.fileExists(atPath: knownFailures.path) else { return [] }
    let lines = try String(contentsOf: knownFailures, encoding: .utf8).split(separator: "\n")
    return Set(lines.compactMap { $0.hasPrefix("#") ? nil : $0.split(separator: " ").first.map(String.init) })
  }

  /// Each with its query, for the reader.
  static func write(knownFailures ids: [String], _ failures: [String: ScriptFailure]) throws {
    let lines = ids.map { "\($0) \(failures[$0]!.query)" }
    let head = "# Cases of the outside scripts that fail: NAME.test:LINE QUERY. The list can only shrink."
    try FileManager.default.createDirectory(at: knownFailures.deletingLastPathComponent(), withIntermediateDirectories: true)
    try ([head] + lines).joined(separator: "\n").appending("\n").write(to: knownFailures, atomically: true, encoding: .utf8)
  }
}
