import SeriesModel
import SourceText

/// Reads the fields of a mapping into typed values and collects what is wrong with them.
///
/// Ask for every field that is known, then call ``finish()``: what nobody asked for is an unknown field. A field that is null counts as left
/// out. A field of the wrong type is reported once and reads as `nil`.
/// - Errors: checks `yaml/unknown-field`, `yaml/missing-field`, `yaml/type`.
package struct YAMLMapping {
  /// What the mapping is, as messages name it: `rule group`.
  package let what: String
  package let range: SourceRange
  package let entries: [YAMLEntry]
  package let sink: DiagnosticSink
  private var asked: Set<String> = []
  private var order: [String] = []

  /// `nil`, and a diagnostic, when the node is something else.
  package init?(_ node: YAMLNode, _ what: String, _ sink: DiagnosticSink) {
    guard let entries = node.mapping else {
      sink.error("yaml/type", at: node.range, "expected a \(what) as a mapping, found \(node.kindPhrase)")
      return nil
    }
    self.what = what
    self.entries = entries
    self.sink = sink
    range = node.range
  }

  // MARK: Fields

  /// The node of a field, `nil` when it is absent or null.
  package mutating func node(_ name: String) -> YAMLNode? {
    if asked.insert(name).inserted { order.append(name) }
    return entries.first { $0.key.scalar?.text == name }.map(\.value).flatMap { $0.isNull ? nil : $0 }
  }

  /// The key of a field, where messages about the field as such belong.
  package func keyRange(_ name: String) -> SourceRange? { entries.first { $0.key.scalar?.text == name }?.key.range }

  /// Like ``node(_:)``; absence is an error at the mapping.
  package mutating func required(_ name: String) -> YAMLNode? {
    if let node = node(name) { return node }
    reportMissing(name)
    return nil
  }

  package mutating func string(_ name: String) -> String? { value(name, "a string", \.string) }
  package mutating func bool(_ name: String) -> Bool? { value(name, "true or false", \.bool) }
  package mutating func integer(_ name: String) -> Int? { value(name, "a whole number", \.integer) }
  package mutating func double(_ name: String) -> Double? { value(name, "a number", \.double) }
  package mutating func duration(_ name: String) -> PromDuration? { value(name, "a duration such as 1h30m", \.duration) }
  package mutating func sequence(_ name: String) -> [YAMLNode] { value(name, "a sequence", \.sequence) ?? [] }

  /// A text with the way back to the file.
  package mutating func text(_ name: String) -> EmbeddedText? {
    let file = sink.file
    return value(name, "a string") { $0.embeddedText(in: file) }
  }

  package mutating func requiredString(_ name: String) -> String? {
    guard node(name) != nil else {
      reportMissing(name)
      return nil
    }
    return string(name)
  }

  /// A mapping inside this one, named `what` in messages.
  package mutating func mapping(_ name: String, _ what: String? = nil) -> YAMLMapping? {
    node(name).flatMap { YAMLMapping($0, what ?? name, sink) }
  }

  /// The strings of a sequence; an item of another kind is reported and left out.
  package mutating func strings(_ name: String) -> [String] {
    sequence(name).compactMap { item in
      if let text = item.string { return text }
      sink.error("yaml/type", at: item.range, "expected a string in \"\(name)\", found \(item.kindPhrase)")
      return nil
    }
  }

  /// A mapping from text to text, in the order of the file; a null value is the empty text, a null key is left out.
  package mutating func stringMap(_ name: String) -> [YAMLEntry] {
    guard let node = node(name) else { return [] }
    guard let entries = node.mapping else {
      sink.error("yaml/type", at: node.range, "expected a mapping for \"\(name)\", found \(node.kindPhrase)")
      return []
    }
    return entries.filter { entry in
      if entry.key.isNull { return false }
      for part in [entry.key, entry.value] where part.scalar == nil {
        sink.error("yaml/type", at: part.range, "expected a string in \"\(name)\", found \(part.kindPhrase)")
        return false
      }
      return true
    }
  }

  // MARK: The rest

  /// Reports the fields that nobody asked for, with the known name that is nearest. A null key names no field.
  package func finish() {
    for entry in entries where !entry.key.isNull {
      guard let name = entry.key.scalar?.text else {
        sink.error("yaml/type", at: entry.key.range, "expected a field name in a \(what), found \(entry.key.kindPhrase)")
        continue
      }
      guard !asked.contains(name) else { continue }
      let suggestion = Suggestion.phrase(for: name, among: order)
      sink.error(
        "yaml/unknown-field", at: entry.key.range, "unknown field \"\(name)\"\(suggestion)",
        notes: suggestion.isEmpty ? ["a \(what) has \(order.joined(separator: ", "))"] : [])
    }
  }

  private func reportMissing(_ name: String) {
    sink.error("yaml/missing-field", at: SourceRange(range.lower, range.lower), "a \(what) needs the field \"\(name)\"")
  }

  private mutating func value<Value>(_ name: String, _ expected: String, _ read: (YAMLNode) -> Value?) -> Value? {
    guard let node = node(name) else { return nil }
    if let value = read(node) { return value }
    let found = node.resolved == .string && node.scalar != nil ? "\"\(Self.short(node.scalar?.text ?? ""))\"" : node.kindPhrase
    sink.error("yaml/type", at: node.range, "expected \(expected) for \"\(name)\", found \(found)")
    return nil
  }

  private static func short(_ text: String) -> String { text.count <= 40 ? text : text.prefix(40) + "…" }
}
