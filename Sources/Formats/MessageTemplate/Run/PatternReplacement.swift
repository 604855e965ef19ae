import SeriesModel

/// Patterns that were compiled in one expansion.
struct PatternCache {
  private var compiled: [String: RegularExpression] = [:]

  mutating func pattern(_ text: String) throws(GoError) -> RegularExpression {
    if let known = compiled[text] { return known }
    do {
      let made = try RegularExpression(text, anchored: false)
      compiled[text] = made
      return made
    } catch {
      throw GoError(error.message.hasPrefix("error parsing regexp") ? error.message : "error parsing regexp: \(error.message)")
    }
  }
}

/// Go's `ReplaceAllString`, with `$1`, `${name}` and `$$` in the replacement.
enum PatternReplacement {
  static func replaceAll(_ pattern: RegularExpression, in text: String, with replacement: String, limit: Int) throws(GoError)
    -> String
  {
    let source = Array(text.utf8)
    let template = Array(replacement.utf8)
    var out: [UInt8] = []
    var (search, lastEnd) = (0, 0)
    while search <= source.count, let groups = pattern.firstMatch(in: text, from: search), let whole = groups[0] {
      out += source[lastEnd..<whole.lowerBound]
      // An empty match right behind another one is not replaced again.
      if whole.upperBound > lastEnd || whole.lowerBound == 0 { expand(template, groups, pattern, source, into: &out) }
      guard out.count <= limit else { throw GoError("the text is longer than the limit output bytes = \(limit)") }
      lastEnd = whole.upperBound
      let width = search < source.count ? 1 + source[(search + 1)...].prefix { $0 & 0xc0 == 0x80 }.count : 1
      search = max(whole.upperBound, search + width)
    }
    return String(decoding: out + source[lastEnd...], as: UTF8.self)
  }

  private static func expand(
    _ template: [UInt8], _ groups: [Range<Int>?], _ pattern: RegularExpression, _ source: [UInt8], into out: inout [UInt8]
  ) {
    var rest = template[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "$") else {
        out.append(byte)
        continue
      }
      if rest.first == UInt8(ascii: "$") {
        out.append(rest.removeFirst())
        continue
      }
      guard let name = reference(&rest) else {
        out.append(byte)
        continue
      }
      guard let group = number(name) ?? pattern.group(named: name), group < groups.count, let range = groups[group] else {
        continue
      }
      out += source[range]
    }
  }

  /// `name` or `{name}`; `nil`, and nothing taken, when it is neither.
  private static func reference(_ rest: inout ArraySlice<UInt8>) -> String? {
    var ahead = rest
    let braced = ahead.first == UInt8(ascii: "{")
    if braced { ahead.removeFirst() }
    let text = String(decoding: ahead, as: UTF8.self)
    let name = String(
      String.UnicodeScalarView(
        text.unicodeScalars.prefix { $0 == "_" || $0.properties.isAlphabetic || $0.properties.numericType == .decimal }))
    guard !name.isEmpty else { return nil }
    ahead = ahead.dropFirst(name.utf8.count)
    if braced {
      guard ahead.first == UInt8(ascii: "}") else { return nil }
      ahead.removeFirst()
    }
    rest = ahead
    return name
  }

  private static func number(_ name: String) -> Int? {
    guard name.utf8.allSatisfy({ (0x30...0x39).contains($0) }), name == "0" || !name.hasPrefix("0"), name.utf8.count <= 9 else {
      return nil
    }
    return Int(name)
  }
}
