import TextCoding

/// Floating-point numbers as Go's `strconv.FormatFloat` writes them.
enum GoFloat {
  /// - Parameters:
  ///   - verb: `e`, `f`, `g` (or upper case).
  ///   - precision: digits, or `nil` for the fewest that read back as the same value.
  static func format(_ value: Double, _ verb: Character, precision: Int?) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
    if verb == "b" { return binary(value) }
    if verb == "x" || verb == "X" { return hexadecimal(value, precision, upper: verb == "X") }
    let text = precision.map { exact(value, verb, $0) } ?? shortest(value, verb)
    return verb.isUppercase ? text.uppercased() : text
  }

  /// `%v`: the fewest digits, with an exponent below 1e-4 and from 1e6 on.
  static func plain(_ value: Double) -> String { format(value, "g", precision: nil) }

  private static func shortest(_ value: Double, _ verb: Character) -> String {
    switch verb {
    case "e", "E": return NumberText.scientific(value)
    case "f", "F": return NumberText.fixed(value)
    default:
      let scientific = NumberText.scientific(value)
      let exponent = Int(scientific[scientific.index(after: scientific.lastIndex(of: "e")!)...]) ?? 0
      return exponent < -4 || exponent >= shortestThreshold ? scientific : NumberText.fixed(value)
    }
  }

  /// A Go formatter without a precision decides as with this one.
  private static let shortestThreshold = 6

  /// `6755399441055744p-52`: all bits of the mantissa and the power of two.
  private static func binary(_ value: Double) -> String {
    let isSubnormal = value.exponentBitPattern == 0
    let mantissa = value.significandBitPattern | (isSubnormal ? 0 : 1 << 52)
    let exponent = max(1, Int(value.exponentBitPattern)) - 1023 - 52
    return "\(value.sign == .minus ? "-" : "")\(mantissa)p\(exponent < 0 ? "" : "+")\(exponent)"
  }

  /// `0x1.8p+00`
  private static func hexadecimal(_ value: Double, _ precision: Int?, upper: Bool) -> String {
    var text = CFloatText.format(value, .hexadecimal, precision: precision)
    let sign = text.index(after: text.lastIndex(of: "p")!)
    if text.distance(from: sign, to: text.endIndex) < 3 { text.insert("0", at: text.index(after: sign)) }
    return upper ? text.uppercased() : text
  }

  private static func exact(_ value: Double, _ verb: Character, _ precision: Int) -> String {
    switch verb {
    case "e", "E": CFloatText.format(value, .scientific, precision: precision)
    case "f", "F": CFloatText.format(value, .fixed, precision: precision)
    default: CFloatText.format(value, .general, precision: precision)
    }
  }
}
