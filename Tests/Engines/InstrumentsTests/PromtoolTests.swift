import Foundation
import Testing

@testable import Instruments

/// The original's own linter, where `scripts/peers` has put it (or `TIDEMARK_PEERS` says).
struct PromtoolTests {
  static let promtool: String? = {
    let root = URL(filePath: #filePath).appending(path: "../../../..").standardizedFileURL
    let folder = ProcessInfo.processInfo.environment["TIDEMARK_PEERS"] ?? root.appending(path: ".peers").path
    let found = ["promtool", "bin/promtool", "usr/bin/promtool"].map { folder + "/" + $0 }.first(
      where: FileManager.default.isExecutableFile)
    if found == nil { print("NOT CHECKED against promtool: none in \(folder); run scripts/peers or set TIDEMARK_PEERS") }
    return found
  }()

  @Test(.enabled(if: promtool != nil))
  func `promtool check metrics is silent over the whole catalogue`() throws {
    let pages = Pages(PageValidityTests.everything(showsCreated: false), minimumInterval: .zero)
    let file = FileManager.default.temporaryDirectory.appending(path: "tidemark-metrics-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data(pages.answer(accept: nil, acceptEncoding: nil).body).write(to: file)
    let process = Process()
    process.executableURL = URL(filePath: Self.promtool!)
    process.arguments = ["check", "metrics"]
    process.standardInput = try FileHandle(forReadingFrom: file)
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(said == "")
    #expect(process.terminationStatus == 0)
  }
}
