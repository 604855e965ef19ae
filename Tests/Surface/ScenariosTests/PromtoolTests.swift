import Foundation
import RuleModel
import Testing

@testable import Scenarios

/// The same files of rule tests, run by us and by promtool: the same cases hold.
@Suite struct PromtoolTests {
  static let promtool: String? = {
    let folder = ProcessInfo.processInfo.environment["TIDEMARK_PEERS"] ?? Conformance.root.appending(path: ".peers").path
    let found = ["", "bin/", "usr/bin/"].map { "\(folder)/\($0)promtool" }.first(where: FileManager.default.isExecutableFile)
    if found == nil { print("NOT CHECKED against promtool: none in \(folder); run scripts/peers or set TIDEMARK_PEERS") }
    return found
  }()

  @Test(.enabled(if: promtool != nil), .timeLimit(.minutes(2)))
  func `the table of cases goes the same way`() throws {
    let folder = try TestFolder()
    defer { folder.remove() }
    let paths = try RuleTestCase.all.enumerated().map { i, one in try folder.write(one, in: "\(i)") }
    let theirs = try Promtool.run(paths)
    #expect(theirs.count == paths.count)
    for (one, verdict) in zip(RuleTestCase.all, theirs) {
      let isBroken = one.outcome.hasPrefix("broken")
      #expect(verdict.holds == one.outcome.isEmpty, "\(one.name)")
      if !isBroken { #expect(verdict.failing == one.outcome.split(separator: "\n").map(String.init).sorted(), "\(one.name)") }
    }
  }

  /// Copies of the shipped rules and their tests in which one number or word is another one. `TIDEMARK_RULE_TEST_COPIES` sets how many.
  @Test(.enabled(if: promtool != nil), .timeLimit(.minutes(30)))
  func `altered copies of the shipped tests go the same way`() throws {
    let environment = ProcessInfo.processInfo.environment
    let seed = environment["TIDEMARK_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 1...999_999)
    let copies = environment["TIDEMARK_RULE_TEST_COPIES"].flatMap { Int($0) }
    print("altered copies of rule tests: seed \(seed)")
    var random = SeededRandom(seed)
    let rules = Conformance.root.appending(path: "rules").path
    // The tests about days and weeks take seconds each.
    let all = copies == nil ? ["backpressure", "meta", "workflow"] : ["backpressure", "meta", "workflow", "slo", "slo_days"]
    let folder = try TestFolder()
    defer { folder.remove() }
    var paths: [String] = []
    for i in 0..<(copies ?? 6) {
      let name = all[i % all.count]
      let subject = name == "slo_days" ? "slo" : name
      var one = RuleTestCase("", tests: try String(contentsOfFile: "\(rules)/tests/\(name)_test.yml", encoding: .utf8))
      one.tests = one.tests.replacing("../\(subject).yml", with: "rules.yml")
      one.rules = try String(contentsOfFile: "\(rules)/\(subject).yml", encoding: .utf8)
      if i % 3 == 2 { one.rules = Alteration.alter(one.rules, &random) } else { one.tests = Alteration.alter(one.tests, &random) }
      paths.append(try folder.write(one, in: "\(i)"))
    }
    var failing = 0
    for (path, verdict) in zip(paths, try Promtool.run(paths)) {
      let report = RuleTestFiles().run([path])
      let label = "copy \(paths.firstIndex(of: path)!) of seed \(seed)"
      #expect(report.holds == verdict.holds, "\(label)")
      if report.broken > 0 { continue }
      let ours = RuleTestTests.outcome(of: report).split(separator: "\n").map(String.init).sorted()
      #expect(ours == verdict.failing, "\(label)")
      if !verdict.holds { failing += 1 }
    }
    print("altered copies of rule tests: \(paths.count), \(failing) of them with failing cases, all as promtool has it")
  }
}

/// Random numbers that a seed repeats (SplitMix64).
struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}

/// Makes a file slightly wrong.
private enum Alteration {
  static func alter(_ text: String, _ random: inout SeededRandom) -> String {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    while true {
      let i = Int.random(in: lines.indices, using: &random)
      if lines[i].isEmpty || lines[i].contains("#") || lines[i].contains("http") { continue }
      let numbers = lines[i].ranges(of: /\d+/)
      let words = lines[i].ranges(of: /\b(?:warning|critical|info|default|success|failed|sum|max|More|The)\b/)
      if let range = words.randomElement(using: &random), Bool.random(using: &random) {
        lines[i].replaceSubrange(range, with: ["warning", "failed", "max", "The"].randomElement(using: &random)!)
      } else if let range = numbers.randomElement(using: &random), let number = Int(lines[i][range]) {
        lines[i].replaceSubrange(
          range, with: "\([number + 1, number * 2, number / 2, max(0, number - 1)].randomElement(using: &random)!)")
      } else {
        continue
      }
      let altered = lines.joined(separator: "\n")
      if altered != text { return altered }
    }
  }
}

/// What `promtool test rules` says.
private enum Promtool {
  struct Verdict {
    var holds: Bool
    /// Subjects as ours name them, sorted.
    var failing: [String]
  }

  /// One verdict for each file.
  static func run(_ paths: [String]) throws -> [Verdict] {
    let process = Process()
    process.executableURL = URL(filePath: PromtoolTests.promtool!)
    process.arguments = ["test", "rules"] + paths
    let output = Pipe()
    (process.standardOutput, process.standardError) = (output, output)
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    var verdicts: [Verdict] = []
    // The cases of a file come after its headline.
    for line in text.split(separator: "\n") {
      if line == "  SUCCESS" || line == "  FAILED:" { verdicts.append(Verdict(holds: line == "  SUCCESS", failing: [])) }
      if let subject = subject(line) { verdicts[verdicts.count - 1].failing.append(subject) }
    }
    return verdicts.map { Verdict(holds: $0.holds, failing: $0.failing.sorted()) }
  }

  private static func subject(_ line: Substring) -> String? {
    if let match = line.wholeMatch(of: #/    alertname: (.*), time: (\S+), /#) { return "alert \(match.1) at \(match.2)" }
    if let match = line.prefixMatch(of: #/    expr: (".*"), time: (\S+),/#) {
      let query = (try? JSONDecoder().decode(String.self, from: Data(match.1.utf8))) ?? String(match.1)
      return "query \(query) at \(match.2)"
    }
    if let match = line.prefixMatch(of: #/    rule: (.*), time: \S+, err: /#) { return "rule \(match.1)" }
    return nil
  }
}
