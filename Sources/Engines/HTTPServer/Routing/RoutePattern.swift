/// A path with named places: `/api/v1/label/:name/values`; a last segment `*rest` takes whatever follows, slashes included.
struct RoutePattern: Hashable, Sendable {
  enum Segment: Hashable, Sendable {
    case literal(String)
    case parameter(String)
    /// Only at the end; zero or more segments.
    case rest(String)
  }

  let text: String
  let segments: [Segment]

  /// A pattern is written by us, so a wrong one is a fault.
  init(_ text: String) {
    precondition(text.first == "/", "pattern \(text) must start with a slash")
    self.text = text
    segments = Self.split(text).map { part in
      switch part.first {
      case ":": .parameter(String(part.dropFirst()))
      case "*": .rest(String(part.dropFirst()))
      default: .literal(String(part))
      }
    }
    for segment in segments.dropLast() {
      if case .rest = segment { preconditionFailure("pattern \(text) must have its wildcard at the end") }
    }
  }

  var isLiteral: Bool {
    segments.allSatisfy { if case .literal = $0 { true } else { false } }
  }

  /// The parts of a raw path between slashes.
  static func split(_ path: some StringProtocol) -> [Substring] {
    Substring(path).dropFirst().split(separator: "/", omittingEmptySubsequences: false)
  }

  /// What the named places hold, or `nil` when the path is another one. A parameter is never empty.
  func match(_ parts: [Substring]) -> PathParameters? {
    var found = PathParameters()
    for (i, segment) in segments.enumerated() {
      switch segment {
      case .literal(let text):
        guard i < parts.count, parts[i] == text else { return nil }
      case .parameter(let name):
        guard i < parts.count, !parts[i].isEmpty, let value = URLCoding.decode(parts[i]) else { return nil }
        found.values[name] = value
      case .rest(let name):
        // Kept encoded: who splits it at slashes decodes after that.
        found.values[name] = parts[min(i, parts.count)...].joined(separator: "/")
        return found
      }
    }
    return parts.count == segments.count ? found : nil
  }

  /// Literals before parameters before wildcards, from the left.
  static func moreSpecific(_ a: RoutePattern, _ b: RoutePattern) -> Bool {
    for (x, y) in zip(a.segments, b.segments) where rank(x) != rank(y) { return rank(x) < rank(y) }
    return a.segments.count > b.segments.count
  }

  private static func rank(_ segment: Segment) -> Int {
    switch segment {
    case .literal: 0
    case .parameter: 1
    case .rest: 2
    }
  }
}
