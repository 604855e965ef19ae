import SeriesModel

/// The `Retry-After` header: whole seconds, or a date.
///
/// - Source: RFC 9110 §10.2.3; of the date forms of §5.6.7 the one that is still to be sent, `Sun, 06 Nov 1994 08:49:37 GMT`.
enum RetryAfter {
  /// A receiver that asks for more waits for a later flush anyway.
  static let longest = PromDuration.hours(24)

  /// - Returns: how long to wait, 0 to ``longest``; `nil` when it says neither.
  static func pause(_ text: String, at now: Timestamp) -> PromDuration? {
    if !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
      return Int64(text).map { min(.seconds(min($0, 1 << 32)), longest) } ?? longest
    }
    return date(text).map { min(max($0 - now, .zero), longest) }
  }

  private static func date(_ text: String) -> Timestamp? {
    let parts = text.split(separator: " ", omittingEmptySubsequences: false)
    guard parts.count == 6, parts[0].utf8.count == 4, parts[0].last == ",", parts[1].utf8.count == 2, parts[3].utf8.count == 4,
      parts[5] == "GMT", let month = months.firstIndex(of: String(parts[2]))
    else { return nil }
    let number = month + 1
    return Timestamp(rfc3339: "\(parts[3])-\(number < 10 ? "0" : "")\(number)-\(parts[1])T\(parts[4])Z")
  }

  private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
}
