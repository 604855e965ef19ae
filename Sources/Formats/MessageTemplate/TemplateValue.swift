/// A value that a template works on. Maps keep sorted keys, as Go's templates walk them.
public indirect enum TemplateValue: Sendable {
  case none
  case bool(Bool)
  case int(Int)
  case float(Double)
  case string(String)
  case list([TemplateValue])
  case map([String: TemplateValue])
}

/// A template that does not parse or cannot be expanded, in Go's words.
public struct TemplateError: Error, Hashable, Sendable {
  public var message: String
  /// UTF-8 offset in the template's text, -1 when unknown.
  public var offset: Int
  public init(_ message: String, offset: Int = -1) {
    self.message = message
    self.offset = offset
  }
}
