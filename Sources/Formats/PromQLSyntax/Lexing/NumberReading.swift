import SeriesModel

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// Reads the literals that the lexer let through.
enum NumberReading {
  /// A number: an integer with Go's prefixes (`0x`, a leading `0` for octal) if it is one, else a decimal or hexadecimal fraction.
  ///
  /// - Returns: the value, or the reference's text for what is wrong.
  static func number(_ bytes: ArraySlice<UInt8>) -> Result<Double, Problem> {
    if let small = smallInteger(bytes) { return .success(small) }
    let text = String(decoding: bytes, as: UTF8.self)
    guard underscoresAreInPlace(bytes) else { return .failure(.syntax(text)) }
    let plain = text.filter { $0 != "_" }
    if let integer = integer(plain) { return .success(Double(integer)) }
    switch plain.lowercased() {
    case "inf": return .success(.infinity)
    case "nan": return .success(Double(bitPattern: Staleness.ordinaryNaN))
    default: break
    }
    // A hexadecimal number without a binary exponent is no float.
    if plain.lowercased().hasPrefix("0x") { return .failure(.syntax(text)) }
    guard let value = decimal(plain) else { return .failure(.syntax(text)) }
    return value.isInfinite ? .failure(.range(text)) : .success(value)
  }

  enum Problem: Error {
    case syntax(String), range(String)

    var message: String {
      switch self {
      case .syntax(let text): "error parsing number: strconv.ParseFloat: parsing \(GoText.quoted(text)): invalid syntax"
      case .range(let text): "error parsing number: strconv.ParseFloat: parsing \(GoText.quoted(text)): value out of range"
      }
    }
  }

  /// Fast path: up to 15 digits without a leading zero.
  private static func smallInteger(_ bytes: ArraySlice<UInt8>) -> Double? {
    guard bytes.count <= 15, let first = bytes.first, first != UInt8(ascii: "0") || bytes.count == 1 else { return nil }
    var value = 0
    for byte in bytes {
      guard Lexer.isDigit(byte) else { return nil }
      value = value * 10 + Int(byte - 0x30)
    }
    return Double(value)
  }

  private static func integer(_ text: String) -> Int64? {
    let lower = text.lowercased()
    if lower.hasPrefix("0x") { return Int64(lower.dropFirst(2), radix: 16) }
    if lower.utf8.count > 1, lower.hasPrefix("0") { return Int64(lower.dropFirst(), radix: 8) }
    return Int64(text)
  }

  private static func decimal(_ text: String) -> Double? {
    // The standard library wants digits on both sides of the point.
    var text = text
    if text.hasPrefix(".") { text = "0" + text }
    text = text.replacing(".e", with: "e").replacing(".E", with: "E")
    if text.hasSuffix("."), !text.contains(where: { $0 == "e" || $0 == "E" }) { text.removeLast() }
    return Double(text)
  }

  /// Between digits, or between the prefix and a digit.
  private static func underscoresAreInPlace(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard bytes.contains(UInt8(ascii: "_")) else { return true }
    let isHexadecimal = bytes.count > 2 && bytes[bytes.startIndex + 1] | 0x20 == UInt8(ascii: "x")
    var afterDigit = false
    var afterUnderscore = false
    for byte in isHexadecimal ? bytes.dropFirst(2) : bytes {
      if byte == UInt8(ascii: "_") {
        guard afterDigit || isHexadecimal && !afterUnderscore else { return false }
        (afterDigit, afterUnderscore) = (false, true)
      } else if Lexer.isDigit(byte) || isHexadecimal && Lexer.isAlpha(byte) {
        (afterDigit, afterUnderscore) = (true, false)
      } else {
        if afterUnderscore { return false }
        afterDigit = false
      }
    }
    return !afterUnderscore
  }

  /// A duration: numbers with units from large to small.
  static func duration(_ bytes: ArraySlice<UInt8>) -> Result<PromDuration, DurationProblem> {
    let whole = String(decoding: bytes, as: UTF8.self)
    var rest = bytes
    var total: UInt64 = 0
    var lastUnit = -1
    while !rest.isEmpty {
      let digits = rest.prefix { Lexer.isDigit($0) }
      guard !digits.isEmpty, let count = UInt64(String(decoding: digits, as: UTF8.self)) else { return .failure(.invalid(whole)) }
      rest = rest.dropFirst(digits.count)
      let unit = String(decoding: rest.prefix { !Lexer.isDigit($0) }, as: UTF8.self)
      rest = rest.dropFirst(unit.utf8.count)
      guard !unit.isEmpty else { return .failure(.invalid(whole)) }
      guard let place = units.firstIndex(where: { $0.name == unit }) else { return .failure(.unknownUnit(unit, whole)) }
      guard place > lastUnit else { return .failure(.invalid(whole)) }
      lastUnit = place
      let (part, overflow) = count.multipliedReportingOverflow(by: units[place].milliseconds)
      // The reference keeps nanoseconds in 63 bits.
      guard !overflow, part <= longest, total + part <= longest else { return .failure(.outOfRange) }
      total += part
    }
    return .success(PromDuration(milliseconds: Int64(total)))
  }

  enum DurationProblem: Error {
    case invalid(String), unknownUnit(String, String), outOfRange

    var message: String {
      switch self {
      case .invalid(let text): "not a valid duration string: \(GoText.quoted(text))"
      case .unknownUnit(let unit, let text): "unknown unit \(GoText.quoted(unit)) in duration \(GoText.quoted(text))"
      case .outOfRange: "duration out of range"
      }
    }
  }

  private static let longest = UInt64(Int64.max / 1_000_000)
  private static let units: [(name: String, milliseconds: UInt64)] = [
    ("y", 31_536_000_000), ("w", 604_800_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
  ]
}
