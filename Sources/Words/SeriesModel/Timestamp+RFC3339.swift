extension Timestamp {
  /// `2026-11-21T02:25:12.573Z`; the fraction is left out when it is zero.
  public var rfc3339: String {
    let days = Self.floorDivide(milliseconds, 86_400_000)
    let rest = milliseconds - days * 86_400_000
    let (year, month, day) = Self.civil(daysSince1970: days)
    let (seconds, fraction) = (rest / 1000, rest % 1000)
    let clock = "\(Self.pad(seconds / 3600, 2)):\(Self.pad(seconds / 60 % 60, 2)):\(Self.pad(seconds % 60, 2))"
    let tail = fraction == 0 ? "Z" : ".\(Self.pad(fraction, 3))Z"
    return "\(Self.pad(year, 4))-\(Self.pad(month, 2))-\(Self.pad(day, 2))T\(clock)\(tail)"
  }

  /// Reads an RFC 3339 time with `T` or a blank, any fraction and `Z` or a numeric zone. `nil` when it is not one.
  public init?(rfc3339 text: String) {
    var bytes = Array(text.utf8)[...]
    func number(_ digits: Int) -> Int64? {
      guard bytes.count >= digits else { return nil }
      var n: Int64 = 0
      for byte in bytes.prefix(digits) {
        guard byte >= 0x30, byte <= 0x39 else { return nil }
        n = n * 10 + Int64(byte - 0x30)
      }
      bytes = bytes.dropFirst(digits)
      return n
    }
    func mark(_ allowed: String) -> Bool {
      guard let first = bytes.first, allowed.utf8.contains(first) else { return false }
      bytes = bytes.dropFirst()
      return true
    }
    guard let year = number(4), mark("-"), let month = number(2), mark("-"), let day = number(2), mark("Tt "),
      let hour = number(2), mark(":"), let minute = number(2), mark(":"), let second = number(2),
      (1...12).contains(month), day >= 1, day <= Self.days(inMonth: month, of: year), hour < 24, minute < 60, second < 60
    else { return nil }
    var nanoseconds: Int64 = 0
    if mark(".") {
      var scale: Int64 = 100_000_000
      var seen = false
      while let byte = bytes.first, byte >= 0x30, byte <= 0x39 {
        nanoseconds += Int64(byte - 0x30) * scale
        scale /= 10
        seen = true
        bytes = bytes.dropFirst()
      }
      guard seen else { return nil }
    }
    var zone: Int64 = 0
    if mark("Zz") {
    } else {
      let sign: Int64 = mark("+") ? 1 : mark("-") ? -1 : 0
      guard sign != 0, let hours = number(2), mark(":"), let minutes = number(2), hours < 24, minutes < 60 else { return nil }
      zone = sign * (hours * 3600 + minutes * 60)
    }
    guard bytes.isEmpty else { return nil }
    let total = Self.daysSince1970(year: year, month: month, day: day) * 86_400 + hour * 3600 + minute * 60 + second - zone
    milliseconds = total * 1000 + nanoseconds / 1_000_000
  }

  /// The proleptic Gregorian date of a day number.
  ///
  /// - Source: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`.
  package static func civil(daysSince1970 days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let shifted = days + 719_468
    let era = floorDivide(shifted, 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
  }

  /// The day number of a proleptic Gregorian date.
  package static func daysSince1970(year: Int64, month: Int64, day: Int64) -> Int64 {
    let y = month <= 2 ? year - 1 : year
    let era = floorDivide(y, 400)
    let yearOfEra = y - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  package static func days(inMonth month: Int64, of year: Int64) -> Int64 {
    switch month {
    case 4, 6, 9, 11: 30
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    default: 31
    }
  }

  package static func floorDivide(_ a: Int64, _ b: Int64) -> Int64 { a >= 0 ? a / b : -((-a + b - 1) / b) }

  private static func pad(_ n: Int64, _ width: Int) -> String {
    let digits = String(n)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }
}
