/// The address at which a rule's expression can be looked at.
enum GeneratorURL {
  /// `<external URL>/graph?g0.expr=<expression>&g0.tab=1`
  static func text(externalURL: String, expression: String) -> String {
    externalURL + "/graph?g0.expr=" + escaped(expression) + "&g0.tab=1"
  }

  /// As a value in a query: letters, digits and `-_.~` stay, a blank becomes `+`.
  private static func escaped(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var out: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "~"):
        out.append(byte)
      case UInt8(ascii: " "): out.append(UInt8(ascii: "+"))
      default: out += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: out, as: UTF8.self)
  }
}
