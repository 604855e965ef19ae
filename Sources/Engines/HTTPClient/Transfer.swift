/// A response while it arrives.
final class Transfer {
  private(set) var headers: [(name: String, value: String)] = []
  private(set) var body: [UInt8] = []
  private(set) var isOverflowing = false
  private let limit: Int
  let isCanceled: () -> Bool

  init(limit: Int, isCanceled: @escaping () -> Bool) {
    self.limit = limit
    self.isCanceled = isCanceled
  }

  func headerArrived(_ line: String) {
    // A status line begins another response: an interim one or a redirect came before.
    if line.hasPrefix("HTTP/") {
      headers = []
      body = []
      return
    }
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

  var overflowReason: String { "more than \(limit) bytes" }
}
