import PromQLSyntax
import SeriesModel

/// `label_replace` and `label_join`: new label sets, whatever the values.
enum Relabeling: Hashable, Sendable {
  case replace(LabelReplacement)
  case join(LabelJoining)

  var target: String {
    switch self {
    case .replace(let replacement): replacement.target
    case .join(let joining): joining.target
    }
  }

  func check() throws(QueryError) {
    switch self {
    case .replace(let replacement):
      try replacement.check()
    case .join(let joining):
      for source in joining.sources where source.isEmpty {
        throw .execution("invalid source label name in label_join(): \(source)")
      }
      if joining.target.isEmpty { throw .execution("invalid destination label name in label_join(): \(joining.target)") }
    }
  }

  /// Bytes of a value that is made, and of the labels of a series with it.
  static let valueLimit = 1 << 20

  static func tooLong(_ function: String) -> QueryError {
    .limit(.memory, "\(function)() would make labels of more than \(valueLimit) bytes")
  }

  func apply(_ labels: LabelSet) throws(QueryError) -> LabelSet? {
    switch self {
    case .replace(let replacement): try replacement.apply(labels)
    case .join(let joining): try joining.apply(labels)
    }
  }
}

struct LabelReplacement: Hashable, Sendable {
  let target: String
  let template: String
  let source: String
  let pattern: String
  /// `nil`: the pattern is broken, which is told when it is evaluated.
  private let expression: RegularExpression?
  /// How often the template may name a group.
  private let references: Int

  /// - Parameter arguments: those behind the vector.
  init(_ arguments: [String]) {
    (target, template, source, pattern) = (arguments[0], arguments[1], arguments[2], arguments[3])
    // The pattern is put together before it is read, as the reference does: `a)(b` is one, and `\Qa` swallows what closes it.
    references = template.utf8.count { $0 == UInt8(ascii: "$") }
    expression = try? RegularExpression("^(?s:\(pattern))$", anchored: false)
  }

  func check() throws(QueryError) {
    if expression == nil { throw .execution("invalid regular expression in label_replace(): \(pattern)") }
    if target.isEmpty { throw .execution("invalid destination label name in label_replace(): \(target)") }
  }

  /// `nil`: the labels stay.
  func apply(_ labels: LabelSet) throws(QueryError) -> LabelSet? {
    let value = labels[source] ?? ""
    guard let expression, let match = expression.firstMatch(in: value) else { return nil }
    // Each reference puts in the whole value at most.
    guard template.utf8.count + references * value.utf8.count <= Relabeling.valueLimit else {
      throw Relabeling.tooLong("label_replace")
    }
    return labels.setting(target, expression.expand(template: template, match: match, in: value))
  }

  static func == (a: LabelReplacement, b: LabelReplacement) -> Bool {
    a.target == b.target && a.template == b.template && a.source == b.source && a.pattern == b.pattern
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(target)
    hasher.combine(template)
    hasher.combine(source)
    hasher.combine(pattern)
  }
}

struct LabelJoining: Hashable, Sendable {
  let target: String
  let separator: String
  let sources: [String]

  /// - Parameter arguments: those behind the vector.
  init(_ arguments: [String]) {
    (target, separator, sources) = (arguments[0], arguments[1], Array(arguments.dropFirst(2)))
  }

  func apply(_ labels: LabelSet) throws(QueryError) -> LabelSet? {
    let values = sources.map { labels[$0] ?? "" }
    let length = values.reduce(separator.utf8.count * max(0, values.count - 1)) { $0 + $1.utf8.count }
    guard length <= Relabeling.valueLimit else { throw Relabeling.tooLong("label_join") }
    return labels.setting(target, values.joined(separator: separator))
  }
}
