import MessageTemplate
import PromQLSyntax
import SeriesModel
import SourceText
import YAMLTree

/// What one rule file may hold. Each limit is named in the message that refuses.
package struct RuleFileLimits: Sendable {
  package var yaml: YAMLLimits
  package var rules: Int
  package init(yaml: YAMLLimits = YAMLLimits(), rules: Int = 100_000) {
    self.yaml = yaml
    self.rules = rules
  }
}

/// Reads a rule file as Prometheus 3.5 does, and finds everything that is wrong with it.
///
/// Only the first YAML document counts; an empty file has no groups; nulls in lists are passed over. Unknown fields are errors at every level.
/// - Errors: `yaml/*`, `promql/*`, `template/syntax`, and the checks named in ``RuleCheck``. Places are those of the file, also inside block
///   scalars.
package struct RuleFileReader {
  private let sink: DiagnosticSink
  private let parser: PromQLParser
  private var rulesLeft: Int

  /// The file when it has no errors, and every finding in the order of the file.
  package static func read(
    name: String, bytes: [UInt8], features: SyntaxFeatures = [], limits: RuleFileLimits = RuleFileLimits()
  ) -> (RuleFile?, [Diagnostic]) {
    read(SourceFile(name: name, utf8: bytes), features: features, limits: limits)
  }

  package static func read(
    _ source: SourceFile, features: SyntaxFeatures = [], limits: RuleFileLimits = RuleFileLimits()
  ) -> (RuleFile?, [Diagnostic]) {
    let stream = YAMLStream(source, documents: .first, limits: limits.yaml)
    var reader = RuleFileReader(sink: stream.sink, parser: PromQLParser(features: features), rulesLeft: limits.rules)
    let groups = stream.documents.first.map { reader.groups($0) } ?? []
    let file = stream.sink.hasErrors ? nil : RuleFile(name: source.name, groups: groups)
    return (file, stream.sink.inFileOrder)
  }

  // MARK: Groups

  private mutating func groups(_ root: YAMLNode) -> [RuleGroup] {
    if root.isNull { return [] }
    guard var fields = YAMLMapping(root, "rule file", sink) else { return [] }
    let nodes = fields.sequence("groups")
    fields.finish()
    var seen: [String: SourceRange] = [:]
    var groups: [RuleGroup] = []
    for node in nodes where !node.isNull {
      guard let group = group(node) else { continue }
      if let first = seen[group.name] {
        let note = "first at line \(sink.file.location(of: first.lower).line)"
        let place = node["name"]?.range ?? node.range
        sink.error(RuleCheck.groupName, at: place, "the group name \"\(group.name)\" is repeated in this file", notes: [note])
      }
      seen[group.name] = node["name"]?.range ?? node.range
      groups.append(group)
    }
    return groups
  }

  private mutating func group(_ node: YAMLNode) -> RuleGroup? {
    guard var fields = YAMLMapping(node, "rule group", sink) else { return nil }
    let name = fields.string("name") ?? ""
    if name.isEmpty {
      sink.error(RuleCheck.groupName, at: fields.node("name")?.range ?? start(node), "a rule group needs a name that is not empty")
    }
    let interval = duration("interval", in: &fields)
    let queryOffset = duration("query_offset", in: &fields)
    let limit = fields.integer("limit") ?? 0
    let labels = labels("labels", in: &fields)
    let nodes = fields.sequence("rules")
    fields.finish()
    var rules: [Rule] = []
    for node in nodes where !node.isNull {
      rulesLeft -= 1
      guard rulesLeft >= 0 else {
        if rulesLeft == -1 { sink.error(RuleCheck.limit, at: start(node), "more rules in one file than the limit rules allows") }
        break
      }
      if let rule = rule(node, labels.map(\.label)) { rules.append(rule) }
    }
    return RuleGroup(
      name: name, interval: interval, queryOffset: queryOffset, limit: limit, labels: labels.map(\.label), rules: rules,
      range: node.range)
  }

  // MARK: Rules

  /// The fields of a rule as they were read; what kind it is shows later.
  private struct Fields {
    var record: String
    var alert: String
    var expr: EmbeddedText?
    var holdFor: PromDuration?
    var keepFiringFor: PromDuration?
    var labels: [(label: Label, text: EmbeddedText)]
    var annotations: [(label: Label, text: EmbeddedText)]
  }

  private mutating func rule(_ node: YAMLNode, _ groupLabels: [Label]) -> Rule? {
    guard var mapping = YAMLMapping(node, "rule", sink) else { return nil }
    let fields = Fields(
      record: mapping.string("record") ?? "", alert: mapping.string("alert") ?? "", expr: mapping.text("expr"),
      holdFor: duration("for", in: &mapping), keepFiringFor: duration("keep_firing_for", in: &mapping),
      labels: labels("labels", in: &mapping), annotations: annotations(in: &mapping))
    mapping.finish()
    checkKind(fields, mapping)
    let expr = expression(fields, &mapping)
    if !fields.record.isEmpty { checkRecording(fields, &mapping) }
    if !fields.alert.isEmpty { checkTemplates(fields) }
    guard let expr, let text = fields.expr else { return nil }

    let nameField = fields.alert.isEmpty ? "record" : "alert"
    let places = RulePlaces(
      name: mapping.node(nameField)?.range ?? start(node), expr: text,
      labels: Dictionary(fields.labels.map { ($0.label.name, $0.text) }) { a, _ in a },
      annotations: Dictionary(fields.annotations.map { ($0.label.name, $0.text) }) { a, _ in a })
    let labels = Self.merged(groupLabels, fields.labels.map(\.label))
    if fields.alert.isEmpty {
      var rule = RecordingRule(record: fields.record, expr: expr, labels: labels, range: node.range)
      rule.places = places
      return .recording(rule)
    }
    var rule = AlertingRule(
      alert: fields.alert, expr: expr, holdFor: fields.holdFor ?? .zero, keepFiringFor: fields.keepFiringFor ?? .zero,
      labels: labels,
      annotations: Self.merged([], fields.annotations.map(\.label)), range: node.range)
    rule.places = places
    return .alerting(rule)
  }

  private func checkKind(_ fields: Fields, _ mapping: YAMLMapping) {
    if fields.record.isEmpty, fields.alert.isEmpty {
      let hint = "add \"record: NAME\" or \"alert: NAME\""
      sink.error(
        RuleCheck.kind, at: SourceRange(mapping.range.lower, mapping.range.lower), "a rule needs a record or an alert", hint: hint)
    } else if !fields.record.isEmpty, !fields.alert.isEmpty {
      let place = mapping.keyRange("alert") ?? mapping.range
      sink.error(RuleCheck.kind, at: place, "a rule has either a record or an alert, not both", hint: "make two rules of it")
    }
  }

  private func expression(_ fields: Fields, _ mapping: inout YAMLMapping) -> Expr? {
    guard let text = fields.expr, !text.text.isEmpty else {
      // A wrong type was reported already.
      if mapping.node("expr")?.scalar != nil || mapping.node("expr") == nil {
        let place = mapping.node("expr")?.range ?? SourceRange(mapping.range.lower, mapping.range.lower)
        sink.error(RuleCheck.kind, at: place, "a rule needs an expr")
      }
      return nil
    }
    do {
      return try parser.parse(text.text)
    } catch {
      for diagnostic in error.diagnostics { sink.report(text.outer(diagnostic)) }
      return nil
    }
  }

  private func checkRecording(_ fields: Fields, _ mapping: inout YAMLMapping) {
    let refused: [(name: String, isSet: Bool)] = [
      ("annotations", !fields.annotations.isEmpty), ("for", (fields.holdFor ?? .zero) != .zero),
      ("keep_firing_for", (fields.keepFiringFor ?? .zero) != .zero),
    ]
    for field in refused where field.isSet {
      sink.error(RuleCheck.field, at: mapping.keyRange(field.name) ?? mapping.range, "a recording rule cannot have \(field.name)")
    }
    if fields.record.utf8.contains(where: { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "}") }) {
      sink.error(
        RuleCheck.recordName, at: mapping.node("record")?.range ?? mapping.range, "a recorded name cannot have braces",
        hint: "is this the expr?")
    }
  }

  private func checkTemplates(_ fields: Fields) {
    for (kind, texts) in [("label", fields.labels), ("annotation", fields.annotations)] {
      for (label, text) in texts {
        do {
          _ = try AlertTemplate(label.value, alert: fields.alert)
        } catch {
          let message = "\(kind) \"\(label.name)\": \(Self.reason(error, alert: fields.alert))"
          sink.error("template/syntax", at: text.range(Self.word(at: error.offset, in: label.value)), message)
        }
      }
    }
  }

  // MARK: Fields

  private func start(_ node: YAMLNode) -> SourceRange { SourceRange(node.range.lower, node.range.lower) }

  private func duration(_ name: String, in fields: inout YAMLMapping) -> PromDuration? {
    guard let node = fields.node(name), let text = node.string else { return fields.duration(name) }
    if let duration = PromDuration(text) { return duration }
    let hint = "write a duration such as 1h30m"
    sink.error(RuleCheck.duration, at: node.range, "\(name): \(DurationComplaint.about(text))", hint: hint)
    return nil
  }

  private func labels(_ name: String, in fields: inout YAMLMapping) -> [(label: Label, text: EmbeddedText)] {
    let texts = texts(name, in: &fields)
    for (label, key) in zip(texts.pairs, texts.keys) where label.label.name.isEmpty || label.label.name == LabelName.metric {
      let reason = label.label.name.isEmpty ? "a label name cannot be empty" : "a rule cannot set the label __name__"
      sink.error(RuleCheck.labelName, at: key, reason, hint: label.label.name.isEmpty ? nil : "record: names the series")
    }
    return texts.pairs
  }

  private func annotations(in fields: inout YAMLMapping) -> [(label: Label, text: EmbeddedText)] {
    let texts = texts("annotations", in: &fields)
    for (label, key) in zip(texts.pairs, texts.keys) where label.label.name.isEmpty {
      sink.error(RuleCheck.labelName, at: key, "an annotation name cannot be empty")
    }
    return texts.pairs
  }

  private func texts(
    _ name: String, in fields: inout YAMLMapping
  ) -> (pairs: [(label: Label, text: EmbeddedText)], keys: [SourceRange]) {
    let entries = fields.stringMap(name)
    let pairs = entries.map { entry in
      let text = entry.value.isNull ? EmbeddedText("", standingFor: entry.value.range) : entry.value.embeddedText(in: sink.file)
      let value = text ?? EmbeddedText("", standingFor: entry.value.range)
      return (label: Label(entry.key.string ?? "", value.text), text: value)
    }
    return (pairs, entries.map(\.key.range))
  }

  /// Sorted by name; of two with one name the second list's wins.
  private static func merged(_ base: [Label], _ own: [Label]) -> [Label] {
    let names = Set(own.map(\.name))
    return (base.filter { !names.contains($0.name) } + own).sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  /// A template's error without the name that Go puts in front.
  private static func reason(_ error: TemplateError, alert: String) -> String {
    let prefix = "template: __alert_\(alert):"
    guard error.message.hasPrefix(prefix) else { return error.message }
    let rest = error.message.dropFirst(prefix.count)
    let line = rest.prefix { $0.isNumber }
    return rest.dropFirst(line.count).hasPrefix(": ") ? String(rest.dropFirst(line.count + 2)) : String(rest)
  }

  /// The word that begins at an offset of a template, for underlining.
  private static func word(at offset: Int, in template: String) -> SourceRange {
    let word = template.utf8.dropFirst(offset).prefix { !" \t\r\n}|().".utf8.contains($0) }
    return SourceRange(offset, offset + word.count)
  }
}

/// The names of the findings about rules; a page explains each.
package enum RuleCheck {
  package static let groupName = "rule/group-name"
  package static let kind = "rule/kind"
  package static let field = "rule/field"
  package static let recordName = "rule/record-name"
  package static let labelName = "rule/label-name"
  package static let duration = "rule/duration"
  package static let duplicate = "rule/duplicate"
  package static let limit = "rule/limit"
  package static let file = "rule/file"
}
