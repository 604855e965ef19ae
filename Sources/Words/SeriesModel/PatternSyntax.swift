/// Decides whether a pattern is one of Go's (and so Prometheus'), with Go's error texts, and says what RE2 has to be told differently.
///
/// RE2 accepts `\C`, does not know `(?<name>…)`, and words its errors in its own way; where Go and RE2 agree, which is nearly everywhere, this only reads along.
///
/// - Source: behaviour of Go's regexp/syntax with its Perl flags, compared with promtool 3.5.
struct PatternSyntax {
  private let bytes: [UInt8]
  private var position = 0
  private var frames = [Frame()]
  /// What RE2 has to be told differently.
  private var edits: [(range: Range<Int>, text: String)] = []
  private var names: Set<String> = []
  /// Where the repetition that ended at `position` began; a second one behind it is refused.
  private var lastRepeat: Int?

  private static let repeatLimit = 1000
  private static let heightLimit = 1000
  /// Instructions; what Go allows in 128 MiB.
  private static let sizeLimit = 3_355_443

  /// What limits ask of a part of a pattern.
  private struct Node {
    /// The largest product of nested counts.
    var repeats = 1
    var size = 1
    var height = 1
  }

  /// An open group: finished alternatives, the finished parts of the current one, and its last part, to which a repetition applies.
  private struct Frame {
    var captures = false
    var alternatives: [Node] = []
    var parts = Node(repeats: 1, size: 0, height: 0)
    var partCount = 0
    var last: Node?

    mutating func push(_ node: Node) {
      if let last { absorb(last) }
      last = node
    }

    private mutating func absorb(_ node: Node) {
      parts.repeats = max(parts.repeats, node.repeats)
      parts.size += node.size
      parts.height = max(parts.height, node.height)
      partCount += 1
    }

    mutating func endAlternative() {
      if let last { absorb(last) }
      last = nil
      alternatives.append(
        Node(repeats: parts.repeats, size: max(1, parts.size), height: max(1, parts.height) + (partCount > 1 ? 1 : 0)))
      parts = Node(repeats: 1, size: 0, height: 0)
      partCount = 0
    }

    /// The whole group as one part.
    mutating func close() -> Node {
      endAlternative()
      var node = alternatives.reduce(Node(repeats: 1, size: alternatives.count - 1, height: 0)) {
        Node(repeats: max($0.repeats, $1.repeats), size: $0.size + $1.size, height: max($0.height, $1.height))
      }
      if alternatives.count > 1 { node.height += 1 }
      if captures {
        node.height += 1
        node.size += 2
      }
      return node
    }
  }

  /// The pattern as RE2 wants it.
  static func translated(_ pattern: String) throws(RegularExpressionError) -> String {
    var syntax = PatternSyntax(bytes: Array(pattern.utf8))
    try syntax.check()
    if syntax.edits.isEmpty { return pattern }
    var out: [UInt8] = []
    var from = 0
    for edit in syntax.edits {
      out += syntax.bytes[from..<edit.range.lowerBound]
      out += edit.text.utf8
      from = edit.range.upperBound
    }
    return String(decoding: out + syntax.bytes[from...], as: UTF8.self)
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private mutating func check() throws(RegularExpressionError) {
    while position < bytes.count {
      let before = lastRepeat
      lastRepeat = nil
      switch bytes[position] {
      case UInt8(ascii: "("): try openGroup()
      case UInt8(ascii: "|"):
        frames[frames.count - 1].endAlternative()
        position += 1
      case UInt8(ascii: ")"): try closeGroup()
      case UInt8(ascii: "["):
        try readClass()
        try push(Node())
      case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"):
        let start = position
        position += 1
        try repetition(from: start, after: before, counts: nil)
      case UInt8(ascii: "{"):
        let start = position
        if let counts = readCounts() {
          try repetition(from: start, after: before, counts: counts)
        } else {
          position = start + 1
          try push(Node())
        }
      case UInt8(ascii: "\\"): try readEscapeOutside()
      default:
        position = next(position)
        try push(Node())
      }
    }
    guard frames.count == 1 else { throw error("missing closing )", 0..<bytes.count) }
    try checkLimits(frames[0].close())
  }

  // MARK: Groups

  private mutating func openGroup() throws(RegularExpressionError) {
    guard position + 1 < bytes.count, bytes[position + 1] == UInt8(ascii: "?") else {
      position += 1
      frames.append(Frame(captures: true))
      return
    }
    let start = position
    let rest = bytes[(start + 2)...]
    let nameStart: Int? =
      rest.count > 2 && rest.starts(with: "P<".utf8)
      ? start + 4 : rest.count > 1 && rest.first == UInt8(ascii: "<") ? start + 3 : nil
    guard let nameStart else { return try readFlags(start) }
    guard let end = bytes[start...].firstIndex(of: UInt8(ascii: ">")) else {
      throw error("invalid named capture", start..<bytes.count)
    }
    let name = bytes[nameStart..<max(nameStart, end)]
    guard !name.isEmpty, name.allSatisfy({ Self.isWord($0) }) else { throw error("invalid named capture", start..<end + 1) }
    if !names.insert(String(decoding: name, as: UTF8.self)).inserted {
      // Go takes the first of two groups with one name that took part; RE2 knows only one, so the later one loses its name.
      edits.append((start + 1..<end + 1, ""))
    } else if nameStart == start + 3 {
      edits.append((start + 2..<start + 2, "P"))
    }
    position = end + 1
    frames.append(Frame(captures: true))
  }

  /// `(?flags)`, `(?flags:`, `(?flags-flags)`.
  private mutating func readFlags(_ start: Int) throws(RegularExpressionError) {
    var i = start + 2
    var negated = false
    var sawFlag = false
    while i < bytes.count {
      let byte = bytes[i]
      i = next(i)
      switch byte {
      case UInt8(ascii: "i"), UInt8(ascii: "m"), UInt8(ascii: "s"), UInt8(ascii: "U"):
        sawFlag = true
        continue
      case UInt8(ascii: "-") where !negated:
        negated = true
        sawFlag = false
        continue
      case UInt8(ascii: ":") where !negated || sawFlag: frames.append(Frame())
      case UInt8(ascii: ")") where !negated || sawFlag: break
      default: throw error("invalid or unsupported Perl syntax", start..<i)
      }
      position = i
      return
    }
    throw error("invalid or unsupported Perl syntax", start..<bytes.count)
  }

  private mutating func closeGroup() throws(RegularExpressionError) {
    guard frames.count > 1 else { throw error("unexpected )", 0..<bytes.count) }
    let node = frames[frames.count - 1].close()
    frames.removeLast()
    position += 1
    try push(node)
  }

  // MARK: Repetitions

  /// Reads `{2}`, `{2,}`, `{2,5}`; `nil` when the brace is a literal one. Numbers that are too large are -1.
  private mutating func readCounts() -> (min: Int, max: Int?)? {
    var i = position + 1
    guard var low = number(&i), i < bytes.count else { return nil }
    var high: Int? = low
    if bytes[i] == UInt8(ascii: ",") {
      i += 1
      guard i < bytes.count else { return nil }
      if bytes[i] == UInt8(ascii: "}") {
        high = nil
      } else {
        guard let n = number(&i) else { return nil }
        high = n
        if n < 0 { low = -1 }
      }
    }
    guard i < bytes.count, bytes[i] == UInt8(ascii: "}") else { return nil }
    position = i + 1
    return (low, high)
  }

  private func number(_ i: inout Int) -> Int? {
    let start = i
    var n = 0
    while i < bytes.count, bytes[i] >= 0x30, bytes[i] <= 0x39 {
      n = n < 0 || n >= 100_000_000 ? -1 : n * 10 + Int(bytes[i] - 0x30)
      i += 1
    }
    return i == start || bytes[start] == 0x30 && i - start > 1 ? nil : n
  }

  private mutating func repetition(from start: Int, after last: Int?, counts: (min: Int, max: Int?)?) throws(RegularExpressionError)
  {
    if let counts,
      counts.min < 0 || counts.min > Self.repeatLimit || (counts.max ?? 0) > Self.repeatLimit || counts.min > counts.max ?? .max
    {
      throw error("invalid repeat count", start..<position)
    }
    if position < bytes.count, bytes[position] == UInt8(ascii: "?") { position += 1 }
    if let last { throw error("invalid nested repetition operator", last..<position) }
    guard var node = frames[frames.count - 1].last else { throw error("missing argument to repetition operator", start..<position) }
    node.height += 1
    if let counts {
      let most = counts.max ?? counts.min
      node.repeats = counts.max == 0 ? 1 : node.repeats * max(1, most)
      if counts.min >= 2 || most >= 2, node.repeats > Self.repeatLimit { throw error("invalid repeat count", start..<position) }
      node.size = max(
        1, counts.max == nil ? (counts.min == 0 ? 2 + node.size : 1 + counts.min * node.size) : most * node.size + most - counts.min
      )
    } else {
      node.size += bytes[start] == UInt8(ascii: "*") ? 2 : 1
    }
    try checkLimits(node)
    frames[frames.count - 1].last = node
    lastRepeat = start
  }

  private func checkLimits(_ node: Node) throws(RegularExpressionError) {
    if node.height > Self.heightLimit { throw error("expression nests too deeply", 0..<bytes.count) }
    if node.size > Self.sizeLimit { throw error("expression too large", 0..<bytes.count) }
  }

  private mutating func push(_ node: Node) throws(RegularExpressionError) {
    try checkLimits(node)
    frames[frames.count - 1].push(node)
  }

  // MARK: Escapes and classes

  private mutating func readEscapeOutside() throws(RegularExpressionError) {
    if position + 1 < bytes.count {
      switch bytes[position + 1] {
      case UInt8(ascii: "A"), UInt8(ascii: "b"), UInt8(ascii: "B"), UInt8(ascii: "z"):
        position += 2
        return try push(Node())
      case UInt8(ascii: "C"): throw error("invalid escape sequence", position..<position + 2)
      case UInt8(ascii: "Q"): return try readQuotation()
      default: break
      }
    }
    if try !readNamedSet() { position = try readEscape(position).end }
    try push(Node())
  }

  private mutating func readQuotation() throws(RegularExpressionError) {
    position += 2
    while position < bytes.count {
      if bytes[position...].starts(with: "\\E".utf8) {
        position += 2
        return
      }
      position = next(position)
      try push(Node())
    }
    // Otherwise the quotation would go on over what is put around the pattern.
    edits.append((bytes.count..<bytes.count, "\\E"))
  }

  /// `\d`, `\pL`, `\p{Greek}`.
  private mutating func readNamedSet() throws(RegularExpressionError) -> Bool {
    guard position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\") else { return false }
    switch bytes[position + 1] {
    case let c where "dDsSwW".utf8.contains(c):
      position += 2
      return true
    case UInt8(ascii: "p"), UInt8(ascii: "P"): break
    default: return false
    }
    var end = position + 2 < bytes.count ? next(position + 2) : position + 2
    var name = bytes[position + 2..<end]
    if name.first == UInt8(ascii: "{") {
      guard let brace = bytes[position...].firstIndex(of: UInt8(ascii: "}")) else {
        throw error("invalid character class range", position..<bytes.count)
      }
      name = bytes[position + 3..<brace]
      end = brace + 1
    }
    if name.first == UInt8(ascii: "^") { name = name.dropFirst() }
    // The tables of names are RE2's.
    guard !name.isEmpty, name.allSatisfy({ Self.isWord($0) }),
      (try? RE2Handle("\\p{" + String(decoding: name, as: UTF8.self) + "}")) != nil
    else { throw error("invalid character class range", position..<end) }
    position = end
    return true
  }

  private mutating func readClass() throws(RegularExpressionError) {
    let start = position
    position += 1
    if position < bytes.count, bytes[position] == UInt8(ascii: "^") { position += 1 }
    var first = true
    while position >= bytes.count || bytes[position] != UInt8(ascii: "]") || first {
      first = false
      if try readPosixClass() { continue }
      if try readNamedSet() { continue }
      let range = position
      let low = try readClassCharacter(start)
      guard position + 1 < bytes.count, bytes[position] == UInt8(ascii: "-"), bytes[position + 1] != UInt8(ascii: "]") else {
        continue
      }
      position += 1
      if try readClassCharacter(start) < low { throw error("invalid character class range", range..<position) }
    }
    position += 1
  }

  private mutating func readPosixClass() throws(RegularExpressionError) -> Bool {
    guard position + 2 < bytes.count, bytes[position] == UInt8(ascii: "["), bytes[position + 1] == UInt8(ascii: ":") else {
      return false
    }
    var end = position + 2
    while end + 1 < bytes.count, bytes[end] != UInt8(ascii: ":") || bytes[end + 1] != UInt8(ascii: "]") { end += 1 }
    guard end + 1 < bytes.count else { return false }
    var name = bytes[position + 2..<end]
    if name.first == UInt8(ascii: "^") { name = name.dropFirst() }
    guard Self.posixNames.contains(String(decoding: name, as: UTF8.self)) else {
      throw error("invalid character class range", position..<end + 2)
    }
    position = end + 2
    return true
  }

  private static let posixNames: Set<String> = [
    "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space", "upper", "word", "xdigit",
  ]

  private mutating func readClassCharacter(_ classStart: Int) throws(RegularExpressionError) -> UInt32 {
    guard position < bytes.count else { throw error("missing closing ]", classStart..<bytes.count) }
    if bytes[position] == UInt8(ascii: "\\") {
      let (value, end) = try readEscape(position)
      position = end
      return value
    }
    let value = scalar(position)
    position = next(position)
    return value
  }

  /// One escaped character at `start`.
  private func readEscape(_ start: Int) throws(RegularExpressionError) -> (value: UInt32, end: Int) {
    guard start + 1 < bytes.count else { throw error("trailing backslash at end of expression", 0..<0) }
    let byte = bytes[start + 1]
    var i = next(start + 1)
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "7"):
      // One digit other than 0 would be a reference to a group.
      if byte != UInt8(ascii: "0"), i >= bytes.count || !Self.isOctal(bytes[i]) { break }
      var value = UInt32(byte - 0x30)
      while i < bytes.count, i < start + 4, Self.isOctal(bytes[i]) {
        value = value * 8 + UInt32(bytes[i] - 0x30)
        i += 1
      }
      return (value, i)
    case UInt8(ascii: "x"): return try readHexadecimal(start)
    case UInt8(ascii: "a"): return (7, i)
    case UInt8(ascii: "f"): return (12, i)
    case UInt8(ascii: "n"): return (10, i)
    case UInt8(ascii: "r"): return (13, i)
    case UInt8(ascii: "t"): return (9, i)
    case UInt8(ascii: "v"): return (11, i)
    default: if byte < 0x80, !Self.isWord(byte) || byte == UInt8(ascii: "_") { return (UInt32(byte), i) }
    }
    throw error("invalid escape sequence", start..<i)
  }

  private func readHexadecimal(_ start: Int) throws(RegularExpressionError) -> (value: UInt32, end: Int) {
    var i = start + 2
    guard i < bytes.count else { throw error("invalid escape sequence", start..<i) }
    guard bytes[i] == UInt8(ascii: "{") else {
      let high = Self.hexadecimal(bytes[i])
      i = next(i)
      let low = i < bytes.count ? Self.hexadecimal(bytes[i]) : nil
      i = i < bytes.count ? next(i) : i
      guard let high, let low else { throw error("invalid escape sequence", start..<i) }
      return (high * 16 + low, i)
    }
    i += 1
    var value: UInt32 = 0
    let digits = i
    while i < bytes.count {
      let byte = bytes[i]
      i = next(i)
      if byte == UInt8(ascii: "}"), i - 1 > digits { return (value, i) }
      guard let digit = Self.hexadecimal(byte) else { break }
      value = value * 16 + digit
      if value > 0x10_ffff { break }
    }
    throw error("invalid escape sequence", start..<i)
  }

  // MARK: Characters

  /// The offset behind the character at `i`.
  private func next(_ i: Int) -> Int {
    let byte = bytes[i]
    return min(bytes.count, i + (byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4))
  }

  private func scalar(_ i: Int) -> UInt32 {
    String(decoding: bytes[i..<next(i)], as: UTF8.self).unicodeScalars.first!.value
  }

  private static func isOctal(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x37 }
  private static func isWord(_ byte: UInt8) -> Bool {
    byte == 0x5f || byte >= 0x30 && byte <= 0x39 || byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7a && byte < 0x80
  }
  private static func hexadecimal(_ byte: UInt8) -> UInt32? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - 0x30)
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - 0x61 + 10)
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - 0x41 + 10)
    default: nil
    }
  }

  private func error(_ what: String, _ where: Range<Int>) -> RegularExpressionError {
    RegularExpressionError("error parsing regexp: \(what): `\(String(decoding: bytes[`where`], as: UTF8.self))`")
  }
}
