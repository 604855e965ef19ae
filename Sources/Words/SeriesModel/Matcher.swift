/// A condition on one label. A label that is absent has the empty value.
public struct Matcher: Sendable {
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    case equal = "="
    case notEqual = "!="
    case regex = "=~"
    case notRegex = "!~"
  }

  public let name: String
  public let kind: Kind
  public let value: String
  /// What the condition asks of a value, or refuses when ``isNegative``: a regular expression only where nothing simpler is the same.
  package let reduced: Reduced

  public init(_ name: String, _ kind: Kind, _ value: String) throws(RegularExpressionError) {
    self.name = name
    self.kind = kind
    self.value = value
    guard kind == .regex || kind == .notRegex else {
      reduced = .oneOf(TextSet([value]))
      return
    }
    // Most patterns mean something simple, and compiling one costs 4 µs.
    if let simple = PatternReduction.reduce(value) {
      reduced = simple
    } else {
      reduced = .expression(try RegularExpression(value))
    }
  }

  /// `name="value"`
  public static func equal(_ name: String, _ value: String) -> Matcher { Matcher(name: name, plain: .equal, value: value) }
  /// `name!="value"`
  public static func notEqual(_ name: String, _ value: String) -> Matcher { Matcher(name: name, plain: .notEqual, value: value) }

  private init(name: String, plain: Kind, value: String) {
    self.name = name
    kind = plain
    self.value = value
    reduced = .oneOf(TextSet([value]))
  }

  /// `!=` and `!~`.
  package var isNegative: Bool { kind == .notEqual || kind == .notRegex }

  public func matches(_ text: String) -> Bool { reduced.matches(text) != isNegative }

  public func matches(_ labels: LabelSet) -> Bool { matches(labels[name] ?? "") }

  /// Whether a series without the label satisfies the condition.
  public var matchesEmpty: Bool { matches("") }
}

extension Matcher: Hashable {
  public static func == (a: Matcher, b: Matcher) -> Bool {
    a.kind == b.kind && ExactText(a.name) == ExactText(b.name) && ExactText(a.value) == ExactText(b.value)
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(ExactText(name))
    hasher.combine(kind)
    hasher.combine(ExactText(value))
  }
}

extension Matcher: CustomStringConvertible {
  public var description: String {
    (LabelName.isClassicLabel(name) ? name : LabelSet.quote(name)) + kind.rawValue + LabelSet.quote(value)
  }
}
