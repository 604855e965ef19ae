/// Percent-encoding of URLs and form bodies.
public enum URLCoding {
  /// `nil` when a `%` is not followed by two hexadecimal digits or the bytes are not UTF-8.
  public static func decode(_ text: some StringProtocol, plusIsSpace: Bool = false) -> String? {
    var text = String(text)
    let plain = text.utf8.allSatisfy { $0 != UInt8(ascii: "%") && !(plusIsSpace && $0 == UInt8(ascii: "+")) }
    if plain { return text }
    text.makeContiguousUTF8()
    var out: [UInt8] = []
    out.reserveCapacity(text.utf8.count)
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "%"):
        guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else { return nil }
        out.append(high << 4 | low)
      case UInt8(ascii: "+") where plusIsSpace: out.append(UInt8(ascii: " "))
      default: out.append(byte)
      }
    }
    return String(validating: out, as: UTF8.self)
  }

  /// The pairs of a query or form, in order. A pair with a broken escape is left out, as the reference does.
  public static func pairs(of text: some StringProtocol) -> [(name: String, value: String)] {
    text.isEmpty
      ? []
      : text.split(separator: "&").compactMap { pair in
        let name = pair.prefix { $0 != "=" }
        let value = pair.dropFirst(name.count + 1)
        guard let name = decode(name, plusIsSpace: true), let value = decode(value, plusIsSpace: true) else { return nil }
        return (name, value)
      }
  }

  /// A path whose bytes stand for themselves, slashes included.
  public static func encodePath(_ path: String) -> String { encode(path, keeping: "/:@!$&'()*+,;=") }

  /// A value for a query or form.
  public static func encodeValue(_ value: String) -> String { encode(value, keeping: "") }

  private static func encode(_ text: String, keeping extra: String) -> String {
    let kept = Array(extra.utf8)
    if text.utf8.allSatisfy({ unreserved($0) || kept.contains($0) }) { return text }
    var out: [UInt8] = []
    for byte in text.utf8 {
      if unreserved(byte) || kept.contains(byte) {
        out.append(byte)
      } else {
        out += [UInt8(ascii: "%"), hex(byte >> 4), hex(byte & 15)]
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  private static func unreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
    case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"): true
    default: false
    }
  }

  private static func hex(_ digit: UInt8) -> UInt8 { digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "A") + digit - 10 }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
