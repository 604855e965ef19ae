extension RegularExpression {
  /// The template with `$1`, `${1}`, `$name`, `${name}` replaced by what the groups of a match hold, and `$$` by `$`. A group that is not there or took no
  /// part is empty; a `$` that begins none of these stays.
  ///
  /// - Parameter match: as ``firstMatch(in:from:)`` gives it for `text`.
  /// - Source: Go's `Regexp.Expand`.
  public func expand(template: String, match: [Range<Int>?], in text: String) -> String {
    var out: [UInt8] = []
    appendExpansion(of: Array(template.utf8), match: match, in: Array(text.utf8), to: &out)
    return String(decoding: out, as: UTF8.self)
  }

  /// Every match of the text replaced by the expanded template; an empty match right behind another one is not one.
  ///
  /// - Source: Go's `Regexp.ReplaceAllString`.
  public func replacingAll(in text: String, with template: String) -> String {
    let bytes = Array(text.utf8)
    let template = Array(template.utf8)
    var out: [UInt8] = []
    var done = 0
    var search = 0
    while search <= bytes.count, let match = firstMatch(in: text, from: search), let whole = match[0] {
      out += bytes[done..<whole.lowerBound]
      if whole.upperBound > done || whole.lowerBound == 0 { appendExpansion(of: template, match: match, in: bytes, to: &out) }
      done = whole.upperBound
      var next = search + 1
      while next < bytes.count, bytes[next] & 0xc0 == 0x80 { next += 1 }
      search = max(next, whole.upperBound)
    }
    out += bytes[min(done, bytes.count)...]
    return String(decoding: out, as: UTF8.self)
  }

  private func appendExpansion(of template: [UInt8], match: [Range<Int>?], in text: [UInt8], to out: inout [UInt8]) {
    var i = 0
    while i < template.count {
      guard template[i] == UInt8(ascii: "$") else {
        out.append(template[i])
        i += 1
        continue
      }
      i += 1
      if i < template.count, template[i] == UInt8(ascii: "$") {
        out.append(template[i])
        i += 1
        continue
      }
      guard let (name, end) = Self.reference(template, i) else {
        out.append(UInt8(ascii: "$"))
        continue
      }
      i = end
      if let group = Self.groupNumber(name) ?? group(named: name), group < match.count, let range = match[group] {
        out += text[range]
      }
    }
  }

  /// The name at `start`, with or without braces, and where it ends.
  private static func reference(_ template: [UInt8], _ start: Int) -> (name: String, end: Int)? {
    let braced = start < template.count && template[start] == UInt8(ascii: "{")
    let nameStart = braced ? start + 1 : start
    var name = ""
    for scalar in String(decoding: template[min(nameStart, template.count)...], as: UTF8.self).unicodeScalars {
      let properties = scalar.properties
      guard scalar == "_" || isLetter(properties.generalCategory) || properties.generalCategory == .decimalNumber else { break }
      name.unicodeScalars.append(scalar)
    }
    let end = nameStart + name.utf8.count
    guard !name.isEmpty else { return nil }
    if !braced { return (name, end) }
    return end < template.count && template[end] == UInt8(ascii: "}") ? (name, end + 1) : nil
  }

  private static func isLetter(_ category: Unicode.GeneralCategory) -> Bool {
    switch category {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
    default: false
    }
  }

  private static func groupNumber(_ name: String) -> Int? {
    guard name.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), name.utf8.count < 10, name == "0" || !name.hasPrefix("0") else {
      return nil
    }
    return Int(name)
  }
}
