/// A regular expression in Prometheus' syntax (RE2), in linear time.
///
/// Matching is over UTF-8 text; patterns of matchers run as `^(?s:…)$`.
public final class RegularExpression: Sendable {
  public let pattern: String
  private let handle: RE2Handle

  /// - Parameter anchored: whether the pattern must match the whole text, as in label matchers.
  public init(_ pattern: String, anchored: Bool = true) throws(RegularExpressionError) {
    self.pattern = pattern
    let translated = try PatternSyntax.translated(pattern)
    handle = try RE2Handle(anchored ? "^(?s:\(translated))$" : translated)
  }

  /// Whether the whole text matches.
  public func matches(_ text: String) -> Bool { handle.fullMatch(text) }

  /// Whether the whole text matches; the bytes must be UTF-8.
  public func matches(utf8 text: Span<UInt8>) -> Bool { handle.fullMatch(text) }

  /// The byte ranges of the first match at or after `start` and of its groups; a group that took no part is `nil`.
  public func firstMatch(in text: String, from start: Int = 0) -> [Range<Int>?]? { handle.search(text, from: start) }

  public var groupCount: Int { handle.groupCount }

  /// The number of the group with that name.
  public func group(named name: String) -> Int? { handle.group(named: name) }
}

/// A pattern that does not compile, with Go's text: ``error parsing regexp: missing closing ]: `[a` ``.
public struct RegularExpressionError: Error, Hashable, Sendable, CustomStringConvertible {
  public var message: String
  public init(_ message: String) { self.message = message }
  public var description: String { message }
}
