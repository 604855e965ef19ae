import PromQLSyntax
import SeriesModel
import SourceText
import YAMLTree

/// Reads a file of rule tests, and finds everything that is wrong with it.
///
/// Only the first YAML document counts; nulls in lists are passed over. Unknown fields are errors at every level.
/// - Errors: `yaml/*`, `promql/*`, and the checks named in ``RuleTestCheck``.
package struct RuleTestReader {
  private let sink: DiagnosticSink
  private let parser: PromQLParser
  private let limits: RuleTestLimits

  /// The tests when the file has no errors, and every finding in the order of the file.
  package static func read(
    _ source: SourceFile, features: SyntaxFeatures = [], limits: RuleTestLimits = RuleTestLimits()
  ) -> (RuleTestFile?, [Diagnostic]) {
    let stream = YAMLStream(source, documents: .first)
    let reader = RuleTestReader(sink: stream.sink, parser: PromQLParser(features: features), limits: limits)
    let file = stream.documents.first.flatMap { reader.file($0) }
    if stream.sink.hasErrors { return (nil, stream.sink.inFileOrder) }
    let empty = RuleTestFile(
      ruleFiles: [], evaluationInterval: Self.usualInterval, groupOrder: [], comparesFuzzily: false, tests: [])
    return (file ?? empty, stream.sink.inFileOrder)
  }

  private static let usualInterval = PromDuration.minutes(1)

  // MARK: The file

  private func file(_ root: YAMLNode) -> RuleTestFile? {
    if root.isNull { return nil }
    guard var fields = YAMLMapping(root, "file of rule tests", sink) else { return nil }
    let interval = interval("evaluation_interval", in: &fields) ?? Self.usualInterval
    let file = RuleTestFile(
      ruleFiles: texts("rule_files", in: &fields), evaluationInterval: interval,
      groupOrder: texts("group_eval_order", in: &fields),
      comparesFuzzily: fields.bool("fuzzy_compare") ?? false,
      tests: fields.sequence("tests").filter { !$0.isNull }.compactMap { test($0, every: interval) })
    fields.finish()
    checkOrder(file.groupOrder)
    return file
  }

  private func checkOrder(_ groups: [RuleTestFile.Place<String>]) {
    var seen: [String: SourceRange] = [:]
    for group in groups {
      if let first = seen[group.value] {
        sink.error(
          RuleTestCheck.groupOrder, at: group.range, "the group \"\(group.value)\" is repeated in the order of evaluation",
          notes: ["first at line \(line(first))"])
      }
      seen[group.value] = seen[group.value] ?? group.range
    }
  }

  // MARK: Tests

  private func test(_ node: YAMLNode, every evaluationInterval: PromDuration) -> RuleTest? {
    guard var fields = YAMLMapping(node, "test", sink) else { return nil }
    let test = RuleTest(
      name: fields.string("name") ?? "", range: node.range,
      interval: interval("interval", in: &fields) ?? evaluationInterval,
      series: fields.sequence("input_series").filter { !$0.isNull }.compactMap(series),
      externalLabels: LabelSet(labels("external_labels", in: &fields)), externalURL: fields.string("external_url") ?? "",
      alertCases: fields.sequence("alert_rule_test").filter { !$0.isNull }.compactMap(alertCase),
      queryCases: fields.sequence("promql_expr_test").filter { !$0.isNull }.compactMap(queryCase))
    fields.finish()
    if test.end.milliseconds / evaluationInterval.milliseconds >= Int64(limits.passes) {
      sink.error(
        RuleTestCheck.limit, at: start(node),
        "the last case is more than passes = \(limits.passes) evaluations of \(evaluationInterval) away")
    }
    return test
  }

  private func series(_ node: YAMLNode) -> SeriesDescription? {
    guard var fields = YAMLMapping(node, "series", sink) else { return nil }
    let labels = fields.text("series") ?? EmbeddedText("", standingFor: start(node))
    let values = fields.text("values") ?? EmbeddedText("", standingFor: start(node))
    fields.finish()
    let series: SeriesDescription
    do throws(ParseError) {
      series = try parser.parseSeries(labels.text + " " + values.text)
    } catch {
      let border = labels.text.utf8.count + 1
      for diagnostic in error.diagnostics {
        var moved = diagnostic
        let range = diagnostic.range
        moved.range =
          range.lower < border ? labels.range(range) : values.range(SourceRange(range.lower - border, range.upper - border))
        sink.report(moved)
      }
      return nil
    }
    for case .histogram(let text) in series.points {
      let reason = "\(text) is a native histogram, which is not supported"
      sink.error(RuleTestCheck.histogram, at: values.whole, reason, hint: "write the series of a classic histogram")
      return nil
    }
    return series
  }

  // MARK: Alerts

  private func alertCase(_ node: YAMLNode) -> RuleTest.AlertCase? {
    guard var fields = YAMLMapping(node, "alert test", sink) else { return nil }
    let time = fields.duration("eval_time") ?? .zero
    let name = fields.string("alertname") ?? ""
    let place = fields.node("alertname")?.range ?? start(node)
    let expected = fields.sequence("exp_alerts").filter { !$0.isNull }.compactMap { alert($0, name: name) }
    fields.finish()
    if name.isEmpty { sink.error(RuleTestCheck.alertName, at: place, "an alert test needs an alertname") }
    return RuleTest.AlertCase(
      range: node.range, alert: .init(value: name, range: place), time: Timestamp(milliseconds: time.milliseconds),
      expected: expected)
  }

  private func alert(_ node: YAMLNode, name: String) -> TestedAlert? {
    guard var fields = YAMLMapping(node, "expected alert", sink) else { return nil }
    let labels = labels("exp_labels", in: &fields, refusingEmpty: true)
    let annotations = fields.stringMap("exp_annotations").map { ($0.key.string ?? "", $0.value.string ?? "") }
    fields.finish()
    return TestedAlert(
      labels: LabelSet(labels).setting(LabelName.alert, name), annotations: Dictionary(annotations) { _, last in last })
  }

  // MARK: Queries

  private func queryCase(_ node: YAMLNode) -> RuleTest.QueryCase? {
    guard var fields = YAMLMapping(node, "query test", sink) else { return nil }
    let text = fields.text("expr") ?? EmbeddedText("", standingFor: start(node))
    let time = fields.duration("eval_time") ?? .zero
    let expected = fields.sequence("exp_samples").filter { !$0.isNull }.compactMap(sample)
    fields.finish()
    do throws(ParseError) {
      return RuleTest.QueryCase(
        range: node.range, text: text.text, expr: try parser.parse(text.text), time: Timestamp(milliseconds: time.milliseconds),
        expected: expected)
    } catch {
      for diagnostic in error.diagnostics { sink.report(text.outer(diagnostic)) }
      return nil
    }
  }

  private func sample(_ node: YAMLNode) -> TestedSample? {
    guard var fields = YAMLMapping(node, "expected sample", sink) else { return nil }
    let text = fields.text("labels")
    let value = fields.double("value") ?? 0
    if let histogram = fields.node("histogram") {
      sink.error(RuleTestCheck.histogram, at: histogram.range, "native histograms are not supported")
    }
    fields.finish()
    guard let text, !text.text.isEmpty else { return TestedSample(labels: .empty, value: value) }
    do throws(ParseError) {
      let labels = try parser.parseMetric(text.text)
      if let empty = try parser.parseSelector(text.text).first(where: { $0.value.isEmpty }) {
        refuseEmpty(empty.name, at: text.whole)
      }
      return TestedSample(labels: labels, value: value)
    } catch {
      for diagnostic in error.diagnostics { sink.report(text.outer(diagnostic)) }
      return nil
    }
  }

  // MARK: Fields

  /// `nil` also for zero.
  private func interval(_ name: String, in fields: inout YAMLMapping) -> PromDuration? {
    fields.duration(name).flatMap { $0 == .zero ? nil : $0 }
  }

  private func texts(_ name: String, in fields: inout YAMLMapping) -> [RuleTestFile.Place<String>] {
    fields.sequence(name).compactMap { item in
      if let text = item.string { return .init(value: text, range: item.range) }
      sink.error("yaml/type", at: item.range, "expected a string in \"\(name)\", found \(item.kindPhrase)")
      return nil
    }
  }

  private func labels(_ name: String, in fields: inout YAMLMapping, refusingEmpty: Bool = false) -> [Label] {
    fields.stringMap(name).map { entry in
      let label = Label(entry.key.string ?? "", entry.value.string ?? "")
      if refusingEmpty, label.value.isEmpty { refuseEmpty(label.name, at: entry.key.range) }
      return label
    }
  }

  private func refuseEmpty(_ name: String, at range: SourceRange) {
    sink.error(
      RuleTestCheck.emptyLabel, at: range, "the label \"\(name)\" is empty, and nothing that is found has an empty label",
      hint: "leave it out")
  }

  private func start(_ node: YAMLNode) -> SourceRange { SourceRange(node.range.lower, node.range.lower) }

  private func line(_ range: SourceRange) -> Int { sink.file.location(of: range.lower).line }
}
