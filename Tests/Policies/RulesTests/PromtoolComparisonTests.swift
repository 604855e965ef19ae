import AlertModel
import Foundation
import PromQLEngine
import RuleModel
import SeriesModel
import Testing

@testable import Rules

/// Random rules over random series, minute by minute: what fires, what it says, and what is written are those of Prometheus.
///
/// promtool is given our results as what it has to find. It is where `scripts/peers` has put it (or `TIDEMARK_PEERS` says).
struct PromtoolComparisonTests {
  static let promtool: String? = {
    let root = URL(filePath: #filePath).appending(path: "../../../..").standardizedFileURL
    let folder = ProcessInfo.processInfo.environment["TIDEMARK_PEERS"] ?? root.appending(path: ".peers").path
    let found = ["promtool", "bin/promtool", "usr/bin/promtool"].map { folder + "/" + $0 }.first(
      where: FileManager.default.isExecutableFile)
    if found == nil { print("NOT CHECKED against promtool: none in \(folder); run scripts/peers or set TIDEMARK_PEERS") }
    return found
  }()

  @Test(.enabled(if: promtool != nil), arguments: 1...12 as ClosedRange<UInt64>)
  func `rules behave as in Prometheus`(seed: UInt64) throws { try compare(seed, killing: false) }

  /// Recording rules are left out: a process does not know the series that they wrote before it, as Prometheus does not.
  @Test(.enabled(if: promtool != nil), arguments: 101...112 as ClosedRange<UInt64>)
  func `alerting rules that are killed now and then behave as in a Prometheus that is not`(seed: UInt64) throws {
    try compare(seed, killing: true)
  }

  private func compare(_ seed: UInt64, killing: Bool) throws {
    var scene = RandomScene(seed: seed, records: !killing)
    let folder = FileManager.default.temporaryDirectory.appending(path: "tidemark-rules-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let script = try script(of: &scene, journal: killing ? folder.path + "/journal" : nil)
    try Data(scene.rules.utf8).write(to: folder.appending(path: "rules.yml"))
    try Data(script.utf8).write(to: folder.appending(path: "test.yml"))

    let process = Process()
    process.executableURL = URL(filePath: Self.promtool!)
    process.arguments = ["test", "rules", folder.path + "/test.yml"]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "seed \(seed)\n\(scene.rules)\n\(said.prefix(2000))")
  }

  /// Runs the scene and writes what came out as a test of promtool.
  private func script(of scene: inout RandomScene, journal: String?) throws -> String {
    let (time, store, engine) = (ManualTime(.minutes(-1)), TestStore(), Engine())
    let file = try #require(RuleFileReader.read(name: "rules.yml", bytes: Array(scene.rules.utf8)).0)
    func start() throws -> Ruler {
      let ruler = try Ruler(
        RulesConfiguration(directory: journal), source: store, sink: store, alerts: Scene.Told(), time: time
      ) { expr throws(QueryError) in try engine.prepare(expr) }
      try ruler.load([file])
      return ruler
    }

    var ruler = try start()
    var alerts = ""
    for minute in 0...RandomScene.minutes {
      time.set(.minutes(Int64(minute)))
      var batch = SampleBatch()
      for script in scene.series {
        guard let value = script.values[minute] else { continue }
        batch.append(try store.reference(for: script.labels), time.now().milliseconds, value)
      }
      _ = try store.append(batch)
      _ = ruler.run(through: time.monotonic())
      let rules = ruler.snapshot()[0].rules
      // promtool ends at the first error.
      try #require(rules.filter { $0.health != .ok }.map(\.lastError) == [], "seed \(scene.rules)")
      for rule in rules { alerts += Self.firing(rule, at: minute) }
      if journal != nil, Int.random(in: 0..<4, using: &scene.random) == 0 {
        ruler.stop()
        ruler = try start()
      }
    }
    ruler.stop()

    let inputs = scene.series.map { "  - {series: \(Self.quoted($0.labels.description)), values: '\($0.text)'}\n" }.joined()
    return """
      rule_files: [rules.yml]
      evaluation_interval: 1m
      tests:
      - interval: 1m
        input_series:
      \(inputs)  alert_rule_test:
      \(alerts)  promql_expr_test:
      \(try written(in: store, by: engine))
      """
  }

  private static func firing(_ rule: RuleSnapshot, at minute: Int) -> String {
    guard let alerting = rule.alerting else { return "" }
    var text = "  - eval_time: \(minute)m\n    alertname: \(rule.name)\n    exp_alerts:\n"
    for alert in alerting.alerts where alert.isFiring {
      let labels = alert.labels.removing([LabelName.alert]).labels.map { "\($0.name): \(quoted($0.value))" }
      text += "    - exp_labels: {\(labels.joined(separator: ", "))}\n"
      text += "      exp_annotations: {note: \(quoted(alert.annotations["note"] ?? ""))}\n"
    }
    return text
  }

  private func written(in store: TestStore, by engine: Engine) throws -> String {
    let expression = "{__name__=~\"ALERTS.*|rec.*\"}"
    let query = try engine.prepare(text: expression)
    var text = ""
    for minute in 0...RandomScene.minutes {
      guard case .vector(let elements) = try query.instant(at: .minutes(Int64(minute)), on: store.view(), until: .never).value
      else {
        preconditionFailure("a selector yields a vector")
      }
      text += "  - expr: '\(expression)'\n    eval_time: \(minute)m\n    exp_samples:\n"
      for element in elements { text += "    - {labels: \(Self.quoted(element.labels.description)), value: \(element.value)}\n" }
    }
    return text
  }

  private static func quoted(_ text: String) -> String { "'" + text.replacing("'", with: "''") + "'" }
}
