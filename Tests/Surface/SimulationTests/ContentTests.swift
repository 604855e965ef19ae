import Catalogue
import Foundation
import PromQLSyntax
import RuleModel
import SeriesModel
import SourceText
import Testing

@testable import Simulation

/// What rules and dashboards ask for, and where.
struct Question: Sendable, CustomStringConvertible {
  var place: String
  var selector: VectorSelector
  var description: String { "\(place): \(selector.metricName ?? "?")\(selector.matchers.map(\.description))" }
}

enum ShippedContent {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  static func files(_ folder: String, _ suffix: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: "\(root)/\(folder)").filter { $0.hasSuffix(suffix) }.sorted()
      .map { "\(root)/\(folder)/\($0)" }
  }

  static func rules() throws -> (questions: [Question], recorded: Set<String>) {
    var (questions, recorded): ([Question], Set<String>) = ([], [])
    for path in try files("rules", ".yml") {
      let (file, problems) = RuleFileReader.read(try RuleFiles.load(path))
      try #require(problems.isEmpty && file != nil, "\(path): \(problems)")
      for rule in file!.groups.flatMap(\.rules) {
        let (name, expr) =
          switch rule {
          case .recording(let rule): (rule.record, rule.expr)
          case .alerting(let rule): (rule.alert, rule.expr)
          }
        if case .recording = rule { recorded.insert(name) }
        questions += expr.selectors.map { Question(place: name, selector: $0) }
      }
    }
    return (questions, recorded)
  }

  /// Of every panel; a variable matches everything.
  static func panels() throws -> [Question] {
    var questions: [Question] = []
    for path in try files("dashboards", ".json") {
      let dashboard = try #require(
        try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: path))) as? [String: Any])
      for panel in try #require(dashboard["panels"] as? [[String: Any]]) {
        for target in panel["targets"] as? [[String: Any]] ?? [] {
          let text = (target["expr"] as? String ?? "").replacing("$__rate_interval", with: "5m").replacing("$__range", with: "1h")
            .replacing(/\$[a-z]+/, with: ".*")
          let expr = try PromQLParser().parse(text)
          questions += expr.selectors.map { Question(place: "\(panel["title"] ?? path)", selector: $0) }
        }
      }
    }
    return questions
  }
}

@Suite struct ContentTests {
  /// Labels that a scrape adds.
  static let ofTarget: Set = ["job", "instance", "__name__"]

  static func answers(_ question: Question, _ family: Family, _ entities: [LabelSet]) -> Bool {
    let matchers = question.selector.matchers.filter { !ofTarget.contains($0.name) }
    guard matchers.filter({ $0.name == "le" }).allSatisfy({ le in family.buckets.contains { le.matches("\($0)") } }) else {
      return false
    }
    return entities.contains { labels in matchers.allSatisfy { $0.name == "le" || $0.matches(labels) } }
  }

  @Test(arguments: Scenario.allCases) func `every rule and every panel finds series in an hour of any scenario`(
    _ scenario: Scenario
  )
    throws
  {
    var history = FastForward(
      seed: 5, scenario: scenario, through: EventStream.start, span: .hours(1), interval: .minutes(1), fine: .zero)
    let daemon = try Daemon(history.first - .minutes(1))
    history.run { events, grid in #expect(daemon.take(events, at: grid).status == 200) }

    let (rules, recorded) = try ShippedContent.rules()
    let panels = try ShippedContent.panels()
    #expect(rules.count > 50 && panels.count > 30)
    let families = Dictionary(uniqueKeysWithValues: Families.all.flatMap { family in family.sampleNames.map { ($0, family) } })
    var asked: [Family: [LabelSet]] = [:]
    for question in rules + panels {
      let name = try #require(question.selector.metricName)
      if recorded.contains(name) || name == "ALERTS" { continue }
      let family = try #require(families[name], "\(question): nobody exports it")
      if family.area == .own { continue }
      let entities = asked[family] ?? daemon.registry.values(family).map(\.labels)
      asked[family] = entities
      #expect(Self.answers(question, family, entities), "\(question) finds nothing in \(scenario)")
    }
    #expect(asked.count >= 15)
  }
}
