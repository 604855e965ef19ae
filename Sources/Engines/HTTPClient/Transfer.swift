import SeriesModel

/// A response while it arrives.
final class Transfer {
  private(set) var headers: [(name: String, value: String)] = []
  private(set) var body: [UInt8] = []
  private(set) var isOverflowing = false
  private let limit: Int
  private let patience: PromDuration?
  private let isCanceled: () -> Bool
  private let clock = SystemTime()
  private var isInterim = false
  /// When the last header was there.
  private var answeredAt: Instant?

  init(limit: Int, patience: PromDuration?, isCanceled: @escaping () -> Bool) {
    self.limit = limit
    self.patience = patience
    self.isCanceled = isCanceled
  }

  func headerArrived(_ line: String) {
    // A status line begins another response: an interim one or a redirect came before.
    if line.hasPrefix("HTTP/") {
      headers = []
      body = []
      answeredAt = nil
      isInterim = line.split(separator: " ").dropFirst().first?.hasPrefix("1") ?? false
      return
    }
    if line == "\r\n" || line == "\n", !isInterim { answeredAt = clock.monotonic() }
    guard let colon = line.firstIndex(of: ":") else { return }
    let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
    var end = value.endIndex
    while end > value.startIndex, value[value.index(before: end)].isWhitespace { end = value.index(before: end) }
    headers.append((String(line[..<colon]), String(value[..<end])))
  }

  /// `false` ends the transfer.
  func bodyArrived(_ bytes: borrowing RawSpan) -> Bool {
    guard body.count + bytes.byteCount <= limit else {
      isOverflowing = true
      return false
    }
    body.append(raw: bytes)
    return true
  }

  /// Asked again and again, at least once a second.
  func hasEnough() -> Bool {
    if isCanceled() { return true }
    guard let patience, let answeredAt else { return false }
    return clock.monotonic() - answeredAt >= patience.seconds
  }

  /// Whether a body that was cut is an answer all the same.
  var statusCounts: Bool { patience != nil && answeredAt != nil }

  var overflowReason: String { "more than \(limit) bytes" }
}
