/// Numbers as Go writes and reads them: the texts of exposition, JSON and PromQL.
///
/// All writers give the shortest digits that read back as the same value; the infinities are `+Inf` and `-Inf`.
public enum NumberText {
  /// Go's `'f'`, precision -1: never an exponent. PromQL's printer and sample values in label texts use it.
  public static func appendFixed(_ value: Double, to out: inout [UInt8]) {
    if appendInteger(value, below: 1e15, to: &out) || appendDecimal(value, below: 1e9, to: &out) || appendSpecial(value, to: &out) {
      return
    }
    ShortestDecimal(value).appendFixed(to: &out)
  }

  /// Go's `'g'`, precision -1: exponents below 1e-4 and from 1e6 on. `%v` of templates and the bounds of buckets use it.
  public static func appendGeneral(_ value: Double, to out: inout [UInt8]) {
    if appendInteger(value, below: 1e6, to: &out) || appendDecimal(value, below: 1e6, to: &out) || appendSpecial(value, to: &out) {
      return
    }
    let decimal = ShortestDecimal(value)
    if decimal.exponent < -4 || decimal.exponent >= 6 {
      decimal.appendScientific(to: &out)
    } else {
      decimal.appendFixed(to: &out)
    }
  }

  /// Exponents below 1e-4 and from 1e15 on: for readers that take any form, such as those of exposition pages. The cheapest.
  public static func appendCompact(_ value: Double, to out: inout [UInt8]) {
    if appendInteger(value, below: 1e15, to: &out) || appendDecimal(value, below: 1e9, to: &out) || appendSpecial(value, to: &out) {
      return
    }
    let decimal = ShortestDecimal(value)
    if decimal.exponent < -4 || decimal.exponent >= 15 {
      decimal.appendScientific(to: &out)
    } else {
      decimal.appendFixed(to: &out)
    }
  }

  /// The HTTP API's form: exponents below 1e-6 and from 1e21 on.
  public static func appendJSON(_ value: Double, to out: inout [UInt8]) {
    if appendInteger(value, below: 1e15, to: &out) || appendDecimal(value, below: 1e9, to: &out) || appendSpecial(value, to: &out) {
      return
    }
    let decimal = ShortestDecimal(value)
    if decimal.exponent < -6 || decimal.exponent >= 21 {
      decimal.appendScientific(to: &out)
    } else {
      decimal.appendFixed(to: &out)
    }
  }

  /// Go's `'e'`, precision -1: `7e+00`.
  public static func appendScientific(_ value: Double, to out: inout [UInt8]) {
    if appendSpecial(value, to: &out) { return }
    ShortestDecimal(value).appendScientific(to: &out)
  }

  public static func fixed(_ value: Double) -> String { text(value, appendFixed) }
  public static func general(_ value: Double) -> String { text(value, appendGeneral) }
  public static func json(_ value: Double) -> String { text(value, appendJSON) }
  public static func compact(_ value: Double) -> String { text(value, appendCompact) }
  public static func scientific(_ value: Double) -> String { text(value, appendScientific) }

  public static func appendInteger(_ value: Int64, to out: inout [UInt8]) {
    if value < 0 { out.append(UInt8(ascii: "-")) }
    appendDigits(value.magnitude, to: &out)
  }

  /// Fast path: whole numbers of fewer than 16 digits, which need no shortest-digits search. Minus zero is not one.
  private static func appendInteger(_ value: Double, below limit: Double, to out: inout [UInt8]) -> Bool {
    guard value.magnitude < limit, value == value.rounded(.towardZero), value != 0 || value.sign == .plus else { return false }
    appendInteger(Int64(value), to: &out)
    return true
  }

  /// Fast path: fractions that need no exponent.
  ///
  /// With at most six decimals the digits come from scaling. `n / 10^6` is rounded as a reader rounds the text of it, so equality proves that the text
  /// reads back as the value; and of the decimals with at most 15 digits only one does, so without trailing zeros it is the shortest.
  private static func appendDecimal(_ value: Double, below limit: Double, to out: inout [UInt8]) -> Bool {
    let magnitude = value.magnitude
    guard magnitude >= 1e-3, magnitude < limit else { return false }
    let scaled = (magnitude * 1e6).rounded()
    guard scaled < 1e15, scaled / 1e6 == magnitude else {
      // In this range the standard library's text has no exponent, and it is the shortest.
      let text = value.description
      let utf8 = text.utf8.span
      for i in utf8.indices { out.append(utf8[i]) }
      return true
    }
    let all = UInt64(scaled)
    if value < 0 { out.append(UInt8(ascii: "-")) }
    appendDigits(all / 1_000_000, to: &out)
    let fraction = all % 1_000_000
    if fraction == 0 { return true }
    out.append(UInt8(ascii: "."))
    appendFraction(fraction, to: &out)
    return true
  }

  private static func appendSpecial(_ value: Double, to out: inout [UInt8]) -> Bool {
    if value.isFinite { return false }
    out.append(contentsOf: (value.isNaN ? "NaN" : value < 0 ? "-Inf" : "+Inf").utf8)
    return true
  }

  private static func appendDigits(_ value: UInt64, to out: inout [UInt8]) {
    if value < 10 {
      out.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value))
      return
    }
    var digits = InlineArray<20, UInt8>(repeating: 0)
    var first = 20
    var rest = value
    while rest > 0 {
      first -= 1
      digits[first] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    }
    for i in first..<20 { out.append(digits[i]) }
  }

  /// Six digits without the zeros at their end.
  private static func appendFraction(_ millionths: UInt64, to out: inout [UInt8]) {
    var digits = InlineArray<6, UInt8>(repeating: 0)
    var rest = millionths
    var count = 0
    for i in stride(from: 5, through: 0, by: -1) {
      let digit = UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
      if count == 0, digit != 0 { count = i + 1 }
      digits[i] = UInt8(ascii: "0") + digit
    }
    for i in 0..<count { out.append(digits[i]) }
  }

  private static func text(_ value: Double, _ append: (Double, inout [UInt8]) -> Void) -> String {
    var out: [UInt8] = []
    append(value, &out)
    return String(decoding: out, as: UTF8.self)
  }
}

/// The shortest decimal that reads back as a finite value: `0.d1d2d3… × 10^(exponent + 1)`.
struct ShortestDecimal {
  var negative: Bool
  /// ASCII digits without leading or trailing zeros, at least one.
  var digits: [UInt8]
  /// Of the first digit.
  var exponent: Int

  init(_ value: Double) {
    negative = value.sign == .minus
    digits = []
    exponent = 0
    // The standard library prints the shortest digits, as 123.45, 1e-05 or 1.5e+20.
    var point: Int?
    var written = 0
    var bytes = value.magnitude.description.utf8.makeIterator()
    while let byte = bytes.next() {
      switch byte {
      case UInt8(ascii: "."): point = digits.count
      case UInt8(ascii: "e"):
        var text = ""
        while let rest = bytes.next() { text.unicodeScalars.append(Unicode.Scalar(rest)) }
        written = Int(text)!
      default: digits.append(byte)
      }
    }
    exponent = (point ?? digits.count) - 1 + written
    let leading = digits.prefix { $0 == UInt8(ascii: "0") }.count
    if leading == digits.count {
      digits = [UInt8(ascii: "0")]
      exponent = 0
      return
    }
    digits.removeFirst(leading)
    exponent -= leading
    while digits.count > 1, digits.last == UInt8(ascii: "0") { digits.removeLast() }
  }

  func appendFixed(to out: inout [UInt8]) {
    if negative { out.append(UInt8(ascii: "-")) }
    if exponent < 0 {
      out.append(contentsOf: "0.".utf8)
      out.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: -exponent - 1))
      out.append(contentsOf: digits)
      return
    }
    let whole = exponent + 1
    out.append(contentsOf: digits.prefix(whole))
    if digits.count <= whole {
      out.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: whole - digits.count))
    } else {
      out.append(UInt8(ascii: "."))
      out.append(contentsOf: digits.dropFirst(whole))
    }
  }

  /// At least two digits of exponent, always with a sign.
  func appendScientific(to out: inout [UInt8]) {
    if negative { out.append(UInt8(ascii: "-")) }
    out.append(digits[0])
    if digits.count > 1 {
      out.append(UInt8(ascii: "."))
      out.append(contentsOf: digits.dropFirst())
    }
    out.append(UInt8(ascii: "e"))
    out.append(UInt8(ascii: exponent < 0 ? "-" : "+"))
    let text = String(abs(exponent))
    if text.utf8.count < 2 { out.append(UInt8(ascii: "0")) }
    out.append(contentsOf: text.utf8)
  }
}
