/// `host:port`, with brackets around addresses that have colons themselves.
struct HostPort {
  var host: String
  var port: String

  /// `nil` when there is no port, or the text is not of this form.
  init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard let colon = bytes.lastIndex(of: UInt8(ascii: ":")) else { return nil }
    var inside = bytes[..<colon]
    if bytes.first == UInt8(ascii: "[") {
      guard let close = bytes.firstIndex(of: UInt8(ascii: "]")), close + 1 == colon else { return nil }
      inside = bytes[1..<close]
    } else if inside.contains(UInt8(ascii: ":")) || inside.contains(UInt8(ascii: "]")) {
      return nil
    }
    let after = bytes[(colon + 1)...]
    let brackets: [UInt8] = [UInt8(ascii: "["), UInt8(ascii: "]")]
    guard !inside.contains(brackets[0]), !after.contains(where: brackets.contains) else { return nil }
    host = String(decoding: inside, as: UTF8.self)
    port = String(decoding: after, as: UTF8.self)
  }

  /// The first name of a host; addresses stay whole.
  static func withoutDomain(_ text: String) -> String {
    let split = HostPort(text)
    let host = split?.host ?? text
    if isAddress(host) { return text }
    let first = String(host.prefix { $0 != "." })
    guard let port = split?.port, !port.isEmpty else { return first }
    return first.contains(":") ? "[\(first)]:\(port)" : "\(first):\(port)"
  }

  /// An IPv4 or IPv6 address.
  static func isAddress(_ text: String) -> Bool { isIPv4(text) || isIPv6(text) }

  private static func isIPv4(_ text: some StringProtocol) -> Bool {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4
      && parts.allSatisfy { part in
        let isNumber = !part.isEmpty && part.utf8.allSatisfy { (0x30...0x39).contains($0) }
        return isNumber && (part.utf8.count == 1 || part.first != "0") && UInt8(part) != nil
      }
  }

  private static func isIPv6(_ text: String) -> Bool {
    let halves = text.split(separator: "::", omittingEmptySubsequences: false)
    guard text.contains(":"), halves.count <= 2 else { return false }
    var groups = 0
    for (i, half) in halves.enumerated() where !half.isEmpty {
      let parts = half.split(separator: ":", omittingEmptySubsequences: false)
      for (j, part) in parts.enumerated() {
        if i == halves.count - 1, j == parts.count - 1, isIPv4(part) {
          groups += 2
        } else {
          guard (1...4).contains(part.utf8.count), part.allSatisfy(\.isHexDigit) else { return false }
          groups += 1
        }
      }
    }
    return halves.count == 2 ? groups < 8 : groups == 8
  }

  /// The path of a URL, `%` escapes decoded.
  static func path(ofURL url: String) -> String {
    var rest = Array(url.utf8)[...]
    if let mark = url.utf8.firstRange(of: "://".utf8) {
      rest = rest.dropFirst(url.utf8.distance(from: url.startIndex, to: mark.upperBound))
      rest = rest[(rest.firstIndex { "/?#".utf8.contains($0) } ?? rest.endIndex)...]
    }
    rest = rest.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
    var path: [UInt8] = []
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), let code = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16), rest.count >= 2 {
        path.append(code)
        rest = rest.dropFirst(2)
      } else {
        path.append(byte)
      }
    }
    return String(decoding: path, as: UTF8.self)
  }
}
