import AlertModel
import PromQLEngine
import RuleModel
import SeriesModel
import SourceText
import Synchronization
import Testing

@testable import Rules

/// Rules on a manual clock over series that a script gives. Minute 0 is the beginning; the first pass of a group of one minute is
/// at minute 1.
final class Scene {
  /// Keeps what is told.
  final class Told: AlertSink {
    struct Word: Sendable {
      var rule: RuleID
      var update: AlertUpdate
      var at: Timestamp
    }
    let words = Mutex<[Word]>([])
    func receive(_ updates: [AlertUpdate], of rule: RuleID, at time: Timestamp) {
      words.withLock { $0 += updates.map { Word(rule: rule, update: $0, at: time) } }
    }
  }

  final class Events: Sendable {
    let all = Mutex<[RulesEvent]>([])
  }

  let time = ManualTime()
  let store = TestStore()
  let told = Told()
  let events = Events()
  var configuration: RulesConfiguration
  private(set) var ruler: Ruler
  private var series: [(labels: LabelSet, values: [Double?])] = []
  private var rules = ""
  private(set) var minute = 0
  var hook: SmallQuery.Hook = { _, _ in }

  init(_ configuration: RulesConfiguration = RulesConfiguration()) throws {
    self.configuration = configuration
    ruler = try Ruler(configuration, source: store, sink: store, alerts: told, time: time, prepare: SmallQuery.preparation())
  }

  /// The text of rules, under `groups:`; indented or not.
  @discardableResult
  func load(_ rules: String) throws -> [BrokenRule] {
    self.rules = rules
    let (file, findings) = RuleFileReader.read(name: "rules.yml", bytes: Array(rules.utf8))
    return try ruler.load([#require(file, "\(findings)")], configuration: configuration)
  }

  /// A new process with the same rules and configuration over the same store. The old one ends without being told when it is
  /// `killed`.
  func restart() throws {
    ruler.stop()
    let (events, hook) = (events, hook)
    ruler = try Ruler(
      configuration, source: store, sink: store, alerts: told, time: time,
      observe: { event in events.all.withLock { $0.append(event) } }, prepare: SmallQuery.preparation(hook))
    if !rules.isEmpty { try load(rules) }
  }

  /// The values of a series from the next minute on: numbers, `_` for none, `x` for its end.
  func series(_ name: String, _ values: String) { series(name, .empty, values) }

  func series(_ name: String, _ labels: LabelSet, _ values: String) {
    let values = values.split(separator: " ").map { $0 == "_" ? nil : $0 == "x" ? Staleness.marker : Double($0)! }
    let labels = labels.setting(LabelName.metric, name)
    series.removeAll { $0.labels == labels }
    series.append((labels, Array(repeating: nil, count: minute) + values))
  }

  func write(_ labels: LabelSet, _ value: Double) throws {
    var batch = SampleBatch()
    batch.append(try store.reference(for: labels), time.now().milliseconds, value)
    #expect(try store.append(batch).refused.isEmpty)
  }

  /// Goes on to a minute, with all passes on the way, and tells what each brought: the alerts that are pending or firing, and what
  /// was told.
  @discardableResult
  func run(to end: Int) throws -> String {
    var lines: [String] = []
    while minute < end {
      try skip(to: minute + 1)
      for (labels, values) in series where minute <= values.count {
        if let value = values[minute - 1] { try write(labels, value) }
      }
      _ = ruler.run(through: time.monotonic())
      lines.append("\(minute)m" + (alerts.isEmpty ? "" : " " + alerts) + (newWords.isEmpty ? "" : " | " + newWords))
      heard = told.words.withLock { $0.count }
    }
    return lines.joined(separator: "\n")
  }

  /// Lets time pass in which nobody evaluates.
  func skip(to minute: Int) throws {
    self.minute = minute
    time.set(Timestamp(milliseconds: Int64(minute) * 60_000))
  }

  private var heard = 0

  /// `{job="a"} pending`, sorted; a group's only alert without labels is only its state.
  var alerts: String {
    ruler.snapshot().flatMap { $0.rules }.flatMap { rule in rule.alerting?.alerts ?? [] }.map { alert in
      Self.labels(alert.labels) + (alert.isFiring ? alert.keepFiringSince == nil ? "firing" : "kept" : "pending")
    }.joined(separator: ", ")
  }

  private var newWords: String {
    told.words.withLock { $0.dropFirst(heard) }.map {
      Self.labels($0.update.alert.labels) + ($0.update.resolved ? "resolved" : "fires")
    }.joined(separator: ", ")
  }

  private static func labels(_ labels: LabelSet) -> String {
    let rest = labels.removing([LabelName.alert])
    return rest.isEmpty ? "" : rest.description + " "
  }

  func samples(_ name: String, _ labels: LabelSet = .empty) -> String { store.samples(labels.setting(LabelName.metric, name)) }

  func rule(_ i: Int, of group: Int = 0) -> RuleSnapshot { ruler.snapshot()[group].rules[i] }
}
