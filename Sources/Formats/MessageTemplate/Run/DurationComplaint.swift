import SeriesModel

/// Why a text is not a duration, in the reference's words.
package enum DurationComplaint {
  package static func about(_ text: String) -> String {
    if text.isEmpty { return "empty duration string" }
    var rest = Array(text.utf8)[...]
    while let first = rest.first, isDigit(first) {
      rest = rest.drop(while: isDigit)
      let unit = String(decoding: rest.prefix { !isDigit($0) }, as: UTF8.self)
      rest = rest.drop { !isDigit($0) }
      if !unit.isEmpty, PromDuration("1" + unit) == nil {
        return "unknown unit \(GoText.quote(unit)) in duration \(GoText.quote(text))"
      }
    }
    return isWellFormed(text) ? "duration out of range" : "not a valid duration string: \(GoText.quote(text))"
  }

  /// Units that exist, from large to small, each behind digits: only the sum can be wrong.
  private static func isWellFormed(_ text: String) -> Bool {
    // With every number cut to one digit nothing is too large.
    let numbers = text.utf8.split { !isDigit($0) }
    guard numbers.allSatisfy({ UInt64(String(decoding: Array($0), as: UTF8.self)) != nil }) else { return false }
    var short: [UInt8] = []
    for byte in text.utf8 where !isDigit(byte) || !(short.last.map(isDigit) ?? false) { short.append(isDigit(byte) ? 0x31 : byte) }
    return PromDuration(String(decoding: short, as: UTF8.self)) != nil
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
}
