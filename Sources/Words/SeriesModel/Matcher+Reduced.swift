extension Matcher {
  /// What a condition asks of a value when it needs no regular expression; for the negative kinds, what it refuses.
  package enum Reduced: Sendable {
    case oneOf(TextSet)
    case prefix(String)
    case suffix(String)
    case contains(String)
    case anything
    case nonEmpty
    /// One of several simple things, none of them this or an expression.
    indirect case anyOf([Reduced])
    case expression(RegularExpression)

    package func matches(_ value: String) -> Bool {
      switch self {
      case .oneOf(let values): values.contains(value)
      case .prefix(let text): value.utf8.starts(with: text.utf8)
      case .suffix(let text): value.utf8.count >= text.utf8.count && value.utf8.suffix(text.utf8.count).elementsEqual(text.utf8)
      case .contains(let text): Self.holds(value, text)
      case .anything: true
      case .nonEmpty: !value.isEmpty
      case .anyOf(let parts): parts.contains { $0.matches(value) }
      case .expression(let expression): expression.matches(value)
      }
    }

    private static func holds(_ value: String, _ wanted: String) -> Bool {
      var rest = value.utf8[...]
      let wanted = wanted.utf8
      guard let first = wanted.first else { return true }
      while let i = rest.firstIndex(of: first) {
        rest = rest[i...]
        if rest.starts(with: wanted) { return true }
        rest = rest.dropFirst()
      }
      return false
    }
  }

  /// A few texts in a row, or many with a hash table; in the order of the pattern, each once.
  package struct TextSet: Sendable {
    package let values: [String]
    private let hashed: Set<ExactText>?

    init(_ values: [String]) {
      var seen: Set<ExactText> = []
      self.values = values.filter { seen.insert(ExactText($0)).inserted }
      hashed = self.values.count > 8 ? seen : nil
    }

    package func contains(_ value: String) -> Bool {
      let value = ExactText(value)
      return hashed?.contains(value) ?? values.contains { ExactText($0) == value }
    }
  }
}

/// Finds what a pattern means when it means something simple, as label patterns mostly do: `a|b`, `api-(a|b)`, `api-.*`, `.+`.
///
/// Reads the part of the syntax that has one meaning only and is always valid; everything else is `nil` and stays a pattern. A pattern runs as
/// `^(?s:…)$`, so `.` is any character.
struct PatternReduction {
  private var rest: Substring.UTF8View
  private var depth = 0
  /// Groups within groups, far fewer than a pattern may have.
  private static let depthLimit = 32
  /// More alternatives than this stay a pattern: the cross product of groups grows fast.
  private static let alternativeLimit = 1024
  /// Of all alternatives of a sequence together, about.
  private static let byteLimit = 64 << 10

  static func reduce(_ pattern: String) -> Matcher.Reduced? {
    if let one = reduceOne(pattern[...]) { return one }
    guard let parts = parts(pattern), parts.count > 1 else { return nil }
    var reduced: [Matcher.Reduced] = []
    for part in parts {
      guard let one = reduceOne(part) else { return nil }
      reduced.append(one)
    }
    // What follows is read as well: it may be broken.
    for case .anything in reduced { return .anything }
    return .anyOf(reduced)
  }

  /// What stands between the bars of a pattern that has some outside of groups; `nil`: it has classes, or too many parts.
  private static func parts(_ pattern: String) -> [Substring]? {
    var parts: [Substring] = []
    var (start, depth, isEscaped) = (pattern.startIndex, 0, false)
    for i in pattern.utf8.indices {
      let byte = pattern.utf8[i]
      if isEscaped {
        isEscaped = false
        continue
      }
      switch byte {
      case UInt8(ascii: "\\"): isEscaped = true
      case UInt8(ascii: "["): return nil
      case UInt8(ascii: "("): depth += 1
      case UInt8(ascii: ")"): depth -= 1
      case UInt8(ascii: "|") where depth == 0:
        parts.append(pattern[start..<i])
        start = pattern.utf8.index(after: i)
        if parts.count > 64 { return nil }
      default: break
      }
    }
    return parts + [pattern[start...]]
  }

  private static func reduceOne(_ pattern: Substring) -> Matcher.Reduced? {
    if let values = literals(pattern) { return .oneOf(Matcher.TextSet(values)) }
    var text = pattern
    let opening = cut(&text, prefix: true)
    let closing = cut(&text, prefix: false)
    guard opening != "" || closing != "", let middle = literals(text), middle.count == 1 else { return nil }
    switch (opening, middle[0], closing) {
    case (".*", "", ""), ("", "", ".*"), (".*", "", ".*"): return .anything
    case (".+", "", ""), ("", "", ".+"), (".*", "", ".+"), (".+", "", ".*"): return .nonEmpty
    case ("", let text, ".*"): return .prefix(text)
    case (".*", let text, ""): return .suffix(text)
    case (".*", let text, ".*"): return .contains(text)
    default: return nil
    }
  }

  /// Takes `.*` or `.+` off one end. At the closing end a backslash before the point would make it a literal one.
  private static func cut(_ text: inout Substring, prefix: Bool) -> String {
    // Byte by byte: letters of Swift's kind are compared at a hundred times the cost.
    let bytes = text.utf8
    guard bytes.count >= 2 else { return "" }
    let wild = prefix ? bytes.startIndex : bytes.index(bytes.endIndex, offsetBy: -2)
    let sign = bytes.index(after: wild)
    guard bytes[wild] == UInt8(ascii: "."), bytes[sign] == UInt8(ascii: "*") || bytes[sign] == UInt8(ascii: "+") else { return "" }
    let found = bytes[sign] == UInt8(ascii: "*") ? ".*" : ".+"
    if prefix {
      text = text[bytes.index(after: sign)...]
    } else {
      if wild > bytes.startIndex, bytes[bytes.index(before: wild)] == UInt8(ascii: "\\") { return "" }
      text = text[..<wild]
    }
    return found
  }

  /// Every text that the pattern matches, when it is made of literals, alternatives and plain groups.
  private static func literals(_ pattern: Substring) -> [String]? {
    var (isPlain, isWild, isEscaped) = (true, false, false)
    for byte in pattern.utf8 {
      switch byte {
      case UInt8(ascii: "\\"): (isPlain, isEscaped) = (false, true)
      case UInt8(ascii: "|"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "?"): isPlain = false
      default: if isSpecial(byte) { (isPlain, isWild) = (false, true) }
      }
    }
    // Fast paths: nothing but letters, and what is no literal however it is read.
    if isPlain { return [String(pattern)] }
    if isWild, !isEscaped { return nil }
    var reduction = PatternReduction(rest: pattern.utf8)
    guard let found = reduction.alternatives(), reduction.rest.isEmpty else { return nil }
    return found.map { String(decoding: $0, as: UTF8.self) }
  }

  private mutating func alternatives() -> [[UInt8]]? {
    guard var all = sequence() else { return nil }
    while rest.first == UInt8(ascii: "|") {
      rest = rest.dropFirst()
      guard let more = sequence(), all.count + more.count <= Self.alternativeLimit else { return nil }
      all += more
    }
    return all
  }

  private mutating func sequence() -> [[UInt8]]? {
    var texts: [[UInt8]] = [[]]
    while let byte = rest.first, byte != UInt8(ascii: "|"), byte != UInt8(ascii: ")") {
      rest = rest.dropFirst()
      switch byte {
      case UInt8(ascii: "("):
        if rest.first == UInt8(ascii: "?") {
          guard rest.starts(with: "?:".utf8) else { return nil }
          rest = rest.dropFirst(2)
        }
        depth += 1
        guard depth <= Self.depthLimit, let group = alternatives(), rest.first == UInt8(ascii: ")"),
          texts.count * group.count <= Self.alternativeLimit
        else { return nil }
        depth -= 1
        rest = rest.dropFirst()
        texts = texts.flatMap { head in group.map { head + $0 } }
      case UInt8(ascii: "\\"):
        guard let escaped = rest.first, Self.isPunctuation(escaped) else { return nil }
        rest = rest.dropFirst()
        for i in texts.indices { texts[i].append(escaped) }
      default:
        if Self.isSpecial(byte) { return nil }
        for i in texts.indices { texts[i].append(byte) }
      }
      if texts.count > 1, texts.count * texts[0].count > Self.byteLimit { return nil }
      if let next = rest.first, "*+?{".utf8.contains(next) { return nil }
    }
    return texts
  }

  private static func isSpecial(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "."), UInt8(ascii: "+"), UInt8(ascii: "*"), UInt8(ascii: "?"), UInt8(ascii: "("), UInt8(ascii: ")"),
      UInt8(ascii: "|"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "^"),
      UInt8(ascii: "$"), UInt8(ascii: "\\"):
      true
    default: false
    }
  }
  private static func isPunctuation(_ byte: UInt8) -> Bool {
    byte < 0x80 && byte > 0x20 && !(byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7a) && !(byte >= 0x30 && byte <= 0x39) && byte != 0x5f
      && byte != 0x7f
  }
}
