import SourceText

/// Reads a scalar's source a second time, now remembering where every byte of its value came from.
///
/// libyaml says what a scalar means and where it stands, not which letter of the one is which letter of the other. The rules for quoting,
/// escaping, folding and indentation are YAML 1.1's, chapters 5 and 9. A test holds the second reading equal to the first.
struct ScalarPlaces {
  private let source: [UInt8]
  private var i: Int
  private let end: Int
  private var out = EmbeddedText.Builder()

  private init(_ source: [UInt8], _ range: SourceRange) {
    self.source = source
    i = range.lower
    end = min(range.upper, source.count)
  }

  /// The value of a scalar with the way back to `source`. Should the second reading differ from libyaml's, the whole scalar is the place.
  static func embedded(_ scalar: YAMLScalar, _ range: SourceRange, in source: [UInt8]) -> EmbeddedText {
    guard range.lower >= 0, range.upper <= source.count else { return EmbeddedText(scalar.text, standingFor: range) }
    switch scalar.style {
    case .plain, .singleQuoted, .doubleQuoted:
      var places = ScalarPlaces(source, range)
      places.readFlow(scalar.style)
      let found = places.out.build()
      if found.text.utf8.elementsEqual(scalar.text.utf8) { return found }
    case .literal, .folded:
      // The indentation is either found from the first line with text, or written in the header and relative to a parent we do not see.
      for indentation in [nil] + (0...40).map(Optional.some) {
        var places = ScalarPlaces(source, range)
        places.readBlock(folded: scalar.style == .folded, indentation: indentation)
        let found = places.out.build()
        if found.text.utf8.elementsEqual(scalar.text.utf8) { return found }
      }
    }
    return EmbeddedText(scalar.text, standingFor: range)
  }

  /// The place behind anchors and tags (and the blanks, comments and line ends after them).
  static func skipProperties(in source: [UInt8], from lower: Int, to upper: Int) -> Int {
    var i = lower
    while i < upper {
      switch source[i] {
      case UInt8(ascii: "&"), UInt8(ascii: "!"):
        while i < upper, !isBlank(source[i]), source[i] != 0x0a, source[i] != 0x0d { i += 1 }
      case UInt8(ascii: " "), UInt8(ascii: "\t"), 0x0a, 0x0d: i += 1
      case UInt8(ascii: "#"):
        while i < upper, source[i] != 0x0a { i += 1 }
      default: return i
      }
    }
    return i
  }

  // MARK: Plain and quoted

  private mutating func readFlow(_ style: YAMLScalar.Style) {
    let quote: UInt8? = style == .plain ? nil : style == .singleQuoted ? UInt8(ascii: "'") : UInt8(ascii: "\"")
    if quote != nil { i += 1 }
    let stop = quote == nil ? end : end - 1
    var kept = i
    while i < stop {
      let byte = source[i]
      if style == .doubleQuoted, byte == UInt8(ascii: "\\") {
        out.copy(kept..<i, of: source)
        readEscape(stop)
        kept = i
      } else if style == .singleQuoted, byte == UInt8(ascii: "'") {
        out.copy(kept..<i, of: source)
        out.put([byte], for: i..<i + 2)
        i += 2
        kept = i
      } else if Self.isBlank(byte) || lineBreak(at: i) > 0 {
        let blanks = i
        while i < stop, Self.isBlank(source[i]) { i += 1 }
        guard i < stop, lineBreak(at: i) > 0 else { continue }
        out.copy(kept..<blanks, of: source)
        fold(from: blanks, to: stop)
        kept = i
      } else {
        i += 1
      }
    }
    out.copy(kept..<min(i, stop), of: source)
  }

  /// One line break is a blank, each further one itself.
  private mutating func fold(from start: Int, to stop: Int) {
    var breaks: [(bytes: [UInt8], range: Range<Int>)] = []
    while i < stop {
      let length = lineBreak(at: i)
      if length > 0 {
        breaks.append((Self.meaning(ofBreak: source[i..<i + length]), i..<i + length))
        i += length
      } else if Self.isBlank(source[i]) {
        i += 1
      } else {
        break
      }
    }
    // Unicode's own separators are never folded away.
    if breaks[0].bytes != [0x0a] {
      for item in breaks { out.put(item.bytes, for: item.range) }
    } else if breaks.count == 1 {
      out.put([0x20], for: start..<i)
    } else {
      for item in breaks.dropFirst() { out.put(item.bytes, for: item.range) }
    }
  }

  private mutating func readEscape(_ stop: Int) {
    let start = i
    guard i + 1 < stop else {
      i = stop
      return
    }
    let letter = source[i + 1]
    let length = lineBreak(at: i + 1)
    if length > 0 {
      // An escaped line break joins two lines; further empty lines count.
      i += 1 + length
      while i < stop {
        let more = lineBreak(at: i)
        if more > 0 {
          out.put(Self.meaning(ofBreak: source[i..<i + more]), for: i..<i + more)
          i += more
        } else if Self.isBlank(source[i]) {
          i += 1
        } else {
          break
        }
      }
      return
    }
    i += 2
    if let digits = Self.hexDigits[letter] {
      let code = UInt32(String(decoding: source[i..<min(stop, i + digits)], as: UTF8.self), radix: 16) ?? 0xfffd
      i = min(stop, i + digits)
      out.put(String(Unicode.Scalar(code) ?? "\u{fffd}").utf8, for: start..<i)
    } else {
      out.put((Self.escapes[letter] ?? "").utf8, for: start..<i)
    }
  }

  private static let hexDigits: [UInt8: Int] = [UInt8(ascii: "x"): 2, UInt8(ascii: "u"): 4, UInt8(ascii: "U"): 8]
  private static let escapes: [UInt8: String] = [
    UInt8(ascii: "0"): "\0", UInt8(ascii: "a"): "\u{07}", UInt8(ascii: "b"): "\u{08}", UInt8(ascii: "t"): "\t",
    UInt8(ascii: "\t"): "\t",
    UInt8(ascii: "n"): "\n", UInt8(ascii: "v"): "\u{0b}", UInt8(ascii: "f"): "\u{0c}", UInt8(ascii: "r"): "\r",
    UInt8(ascii: "e"): "\u{1b}", UInt8(ascii: " "): " ", UInt8(ascii: "\""): "\"", UInt8(ascii: "/"): "/", UInt8(ascii: "\\"): "\\",
    UInt8(ascii: "N"): "\u{85}", UInt8(ascii: "_"): "\u{a0}", UInt8(ascii: "L"): "\u{2028}", UInt8(ascii: "P"): "\u{2029}",
  ]

  // MARK: Block scalars

  private enum Chomping { case strip, clip, keep }

  private mutating func readBlock(folded: Bool, indentation: Int?) {
    var chomping = Chomping.clip
    i += 1
    while i < end, lineBreak(at: i) == 0 {
      if source[i] == UInt8(ascii: "#") {
        while i < end, lineBreak(at: i) == 0 { i += 1 }
      } else {
        if source[i] == UInt8(ascii: "-") { chomping = .strip }
        if source[i] == UInt8(ascii: "+") { chomping = .keep }
        i += 1
      }
    }
    i += lineBreak(at: i)
    let indent = indentation ?? foundIndentation()
    var trailing = blankLines(indent)
    var leading: Range<Int>?
    var wasBlank = false
    while i < end, lineBreak(at: i) == 0, column(i) == indent {
      let isBlank = Self.isBlank(source[i])
      if let range = leading {
        let meaning = Self.meaning(ofBreak: source[range])
        if folded, meaning == [0x0a], !wasBlank, !isBlank {
          if trailing.isEmpty { out.put([0x20], for: range.lowerBound..<i) }
        } else {
          put(range)
        }
      }
      for range in trailing { put(range) }
      wasBlank = isBlank
      let start = i
      while i < end, lineBreak(at: i) == 0 { i += 1 }
      out.copy(start..<i, of: source)
      leading = i < end ? i..<i + lineBreak(at: i) : nil
      i += lineBreak(at: i)
      trailing = blankLines(indent)
    }
    if chomping != .strip, let leading { put(leading) }
    if chomping == .keep { for range in trailing { put(range) } }
  }

  private mutating func put(_ lineBreak: Range<Int>) {
    out.put(Self.meaning(ofBreak: source[lineBreak]), for: lineBreak)
  }

  /// Skips indentation and lines that have nothing else, and says where their breaks are.
  private mutating func blankLines(_ indent: Int) -> [Range<Int>] {
    var breaks: [Range<Int>] = []
    while i < end {
      let start = i
      while i < end, source[i] == UInt8(ascii: " "), i - start < indent { i += 1 }
      let length = lineBreak(at: i)
      guard length > 0 else { break }
      breaks.append(i..<i + length)
      i += length
    }
    return breaks
  }

  /// The deepest of the first line with text and the empty lines before it.
  private func foundIndentation() -> Int {
    var (j, deepest) = (i, 0)
    while j < end {
      let start = j
      while j < end, source[j] == UInt8(ascii: " ") { j += 1 }
      deepest = max(deepest, j - start)
      let length = lineBreak(at: j)
      if length == 0 { break }
      j += length
    }
    return deepest
  }

  /// Characters between the start of the line and `offset`; only blanks stand there.
  private func column(_ offset: Int) -> Int {
    var start = offset
    while start > 0, source[start - 1] == UInt8(ascii: " ") { start -= 1 }
    return offset - start
  }

  // MARK: Characters

  private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

  /// The length of the line break at an offset, 0 when there is none.
  private func lineBreak(at offset: Int) -> Int {
    guard offset < source.count else { return 0 }
    switch source[offset] {
    case 0x0a: return 1
    case 0x0d: return offset + 1 < source.count && source[offset + 1] == 0x0a ? 2 : 1
    case 0xc2: return offset + 1 < source.count && source[offset + 1] == 0x85 ? 2 : 0
    case 0xe2:
      guard offset + 2 < source.count, source[offset + 1] == 0x80 else { return 0 }
      return source[offset + 2] == 0xa8 || source[offset + 2] == 0xa9 ? 3 : 0
    default: return 0
    }
  }

  /// Every line break is a line feed, but Unicode's separators stay.
  private static func meaning(ofBreak bytes: ArraySlice<UInt8>) -> [UInt8] { bytes.count == 3 ? Array(bytes) : [0x0a] }
}
