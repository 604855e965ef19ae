import SeriesModel

/// Points in time as Go's `time.Time` in UTC shows them.
enum GoTime {
  /// `2026-11-21 02:25:12.573 +0000 UTC`
  static func text(_ milliseconds: Int64) -> String { format(milliseconds, "2006-01-02 15:04:05.999999999 -0700 MST") }

  struct Parts {
    var year: Int64
    var month: Int64
    var day: Int64
    var hour: Int64
    var minute: Int64
    var second: Int64
    var millisecond: Int64
    /// Sunday is 0.
    var weekday: Int
    var yearDay: Int64

    init(_ milliseconds: Int64) {
      let days = Timestamp.floorDivide(milliseconds, 86_400_000)
      let rest = milliseconds - days * 86_400_000
      (year, month, day) = Timestamp.civil(daysSince1970: days)
      (hour, minute, second, millisecond) = (rest / 3_600_000, rest / 60_000 % 60, rest / 1000 % 60, rest % 1000)
      weekday = Int(((days + 4) % 7 + 7) % 7)
      yearDay = days - Timestamp.daysSince1970(year: year, month: 1, day: 1) + 1
    }
  }

  static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
  ]
  static let weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]

  /// Writes a time after an example of Monday, 2 January 2006, 15:04:05.
  static func format(_ milliseconds: Int64, _ layout: String) -> String {
    let parts = Parts(milliseconds)
    var out = ""
    var rest = Array(layout.utf8)[...]
    scan: while !rest.isEmpty {
      // Longer elements come first in the table; a short name must not be the beginning of another word.
      for (element, write) in elements where rest.starts(with: element.utf8) {
        if element == "Jan" || element == "Mon", let next = rest.dropFirst(3).first, (0x61...0x7a).contains(next) { continue }
        out += write(parts)
        rest = rest.dropFirst(element.utf8.count)
        continue scan
      }
      if let fraction = fraction(&rest, parts) {
        out += fraction
        continue
      }
      let length = rest[rest.startIndex] < 0x80 ? 1 : rest.dropFirst().prefix { $0 & 0xc0 == 0x80 }.count + 1
      out += String(decoding: rest.prefix(length), as: UTF8.self)
      rest = rest.dropFirst(length)
    }
    return out
  }

  /// `.000` keeps its digits, `.999` drops trailing zeros; the digits must end there.
  private static func fraction(_ rest: inout ArraySlice<UInt8>, _ parts: Parts) -> String? {
    guard let mark = rest.first, mark == UInt8(ascii: ".") || mark == UInt8(ascii: ","), let digit = rest.dropFirst().first,
      digit == UInt8(ascii: "0") || digit == UInt8(ascii: "9")
    else { return nil }
    let count = rest.dropFirst().prefix { $0 == digit }.count
    if let after = rest.dropFirst(1 + count).first, (0x30...0x39).contains(after) { return nil }
    rest = rest.dropFirst(1 + count)
    var digits = String((padded(parts.millisecond, 3) + "000000").prefix(count))
    if digit == UInt8(ascii: "9") { while digits.hasSuffix("0") { digits.removeLast() } }
    return digits.isEmpty ? "" : String(Unicode.Scalar(mark)) + digits
  }

  private static let elements: [(String, @Sendable (Parts) -> String)] = [
    ("January", { months[Int($0.month) - 1] }), ("Jan", { String(months[Int($0.month) - 1].prefix(3)) }),
    ("Monday", { weekdays[$0.weekday] }), ("Mon", { String(weekdays[$0.weekday].prefix(3)) }), ("MST", { _ in "UTC" }),
    ("2006", { padded($0.year, 4) }), ("002", { padded($0.yearDay, 3) }), ("01", { padded($0.month, 2) }),
    ("02", { padded($0.day, 2) }),
    ("03", { padded(($0.hour + 11) % 12 + 1, 2) }), ("04", { padded($0.minute, 2) }), ("05", { padded($0.second, 2) }),
    ("06", { padded($0.year % 100, 2) }), ("15", { padded($0.hour, 2) }), ("PM", { $0.hour < 12 ? "AM" : "PM" }),
    ("pm", { $0.hour < 12 ? "am" : "pm" }), ("-07:00:00", { _ in "+00:00:00" }), ("-070000", { _ in "+000000" }),
    ("-07:00", { _ in "+00:00" }), ("-0700", { _ in "+0000" }), ("-07", { _ in "+00" }), ("Z07:00:00", { _ in "Z" }),
    ("Z070000", { _ in "Z" }), ("Z07:00", { _ in "Z" }), ("Z0700", { _ in "Z" }), ("Z07", { _ in "Z" }),
    ("__2", { blankPadded($0.yearDay, 3) }),
    ("_2", { blankPadded($0.day, 2) }), ("1", { String($0.month) }), ("2", { String($0.day) }),
    ("3", { String(($0.hour + 11) % 12 + 1) }), ("4", { String($0.minute) }), ("5", { String($0.second) }),
  ]

  private static func padded(_ value: Int64, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }

  private static func blankPadded(_ value: Int64, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - String(value).utf8.count)) + String(value)
  }
}
