import SeriesModel

enum EventTime {
  /// An RFC 3339 time. Fast path: UTC with `T`, `Z` and at most nine digits of a second.
  static func parse(_ text: Span<UInt8>) -> Timestamp? {
    guard text.count >= 20, text.count <= 30, text[4] == minus, text[7] == minus, text[10] == UInt8(ascii: "T"), text[13] == colon,
      text[16] == colon,
      text[text.count - 1] == UInt8(ascii: "Z"),
      let year = digits(text, 0..<4), let month = digits(text, 5..<7), let day = digits(text, 8..<10),
      let hour = digits(text, 11..<13), let minute = digits(text, 14..<16), let second = digits(text, 17..<19),
      (1...12).contains(month), day >= 1, day <= Timestamp.days(inMonth: month, of: year), hour < 24, minute < 60, second < 60,
      let fraction = milliseconds(text, 19..<text.count - 1)
    else { return slow(text) }
    let days = Timestamp.daysSince1970(year: year, month: month, day: day)
    return Timestamp(milliseconds: ((days * 24 + hour) * 60 + minute) * 60_000 + second * 1000 + fraction)
  }

  private static let minus = UInt8(ascii: "-")
  private static let colon = UInt8(ascii: ":")

  /// Slow path: whatever the standard allows.
  private static func slow(_ text: Span<UInt8>) -> Timestamp? {
    guard text.count <= 64 else { return nil }
    var copy: [UInt8] = []
    for i in text.indices { copy.append(text[i]) }
    return Timestamp(rfc3339: String(decoding: copy, as: UTF8.self))
  }

  private static func digits(_ text: Span<UInt8>, _ range: Range<Int>) -> Int64? {
    var n: Int64 = 0
    for i in range {
      guard text[i] >= 0x30, text[i] <= 0x39 else { return nil }
      n = n * 10 + Int64(text[i] - 0x30)
    }
    return n
  }

  /// Of nothing, or of a point and digits.
  private static func milliseconds(_ text: Span<UInt8>, _ range: Range<Int>) -> Int64? {
    if range.isEmpty { return 0 }
    guard text[range.lowerBound] == UInt8(ascii: "."), range.count > 1,
      let n = digits(text, range.lowerBound + 1..<range.upperBound)
    else {
      return nil
    }
    var (value, places) = (n, range.count - 1)
    while places > 3 {
      value /= 10
      places -= 1
    }
    while places < 3 {
      value *= 10
      places += 1
    }
    return value
  }
}
