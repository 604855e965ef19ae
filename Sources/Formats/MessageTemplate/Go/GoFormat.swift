/// `fmt.Sprintf` with Go's verbs, flags, widths and error texts.
///
/// Argument indexes (`%[1]d`) and `*` are understood. A width or precision beyond ``largest`` is Go's `%!(BADWIDTH)`.
struct GoFormat {
  private static let largest = 1_000_000

  private struct Flags {
    var width: Int?
    var precision: Int?
    var minus = false
    var plus = false
    var sharp = false
    var space = false
    var zero = false
    /// `%#v` and `%+v`, which mean something else than the flags of other verbs.
    var goSyntax = false
    var fieldNames = false
  }

  private let format: [UInt8]
  private let arguments: [GoValue]
  private var i = 0
  private var argument = 0
  private var reordered = false
  private var goodIndex = true
  private var flags = Flags()
  private var out = ""

  static func sprintf(_ format: String, _ arguments: [GoValue], limit: Int) throws(GoError) -> String {
    var run = GoFormat(format, arguments)
    return try run.run(limit)
  }

  private init(_ format: String, _ arguments: [GoValue]) {
    self.format = Array(format.utf8)
    self.arguments = arguments
  }

  private mutating func run(_ limit: Int) throws(GoError) -> String {
    while i < format.count {
      let start = i
      while i < format.count, format[i] != UInt8(ascii: "%") { i += 1 }
      out += String(decoding: format[start..<i], as: UTF8.self)
      guard i < format.count else { break }
      i += 1
      directive()
      guard out.utf8.count <= limit else { throw GoError("printf is longer than the limit output bytes = \(limit)") }
    }
    if !reordered, argument < arguments.count {
      out += "%!(EXTRA " + arguments[argument...].map(typed).joined(separator: ", ") + ")"
    }
    return out
  }

  private func typed(_ value: GoValue) -> String {
    if case .invalid = value { return "<nil>" }
    return "\(value.typeName)=\(GoPrinter.plain(value))"
  }

  // MARK: Directives

  private mutating func directive() {
    flags = Flags()
    goodIndex = true
    readFlags()
    argumentIndex()
    readWidth()
    readPrecision()
    argumentIndex()
    guard let verb = readVerb() else {
      out += "%!(NOVERB)"
      return
    }
    if verb == "v" || verb == "w" {
      (flags.goSyntax, flags.sharp) = (flags.sharp, false)
      (flags.fieldNames, flags.plus) = (flags.plus, false)
    }
    switch verb {
    case "%": out += "%"
    case _ where !goodIndex: out += "%!\(verb)(BADINDEX)"
    case _ where argument >= arguments.count: out += "%!\(verb)(MISSING)"
    default:
      let value = arguments[argument]
      argument += 1
      out += shown(value, verb)
    }
  }

  private mutating func readFlags() {
    while i < format.count {
      switch format[i] {
      case UInt8(ascii: "#"): flags.sharp = true
      case UInt8(ascii: "0"): flags.zero = true
      case UInt8(ascii: "+"): flags.plus = true
      case UInt8(ascii: "-"): flags.minus = true
      case UInt8(ascii: " "): flags.space = true
      default: return
      }
      i += 1
    }
  }

  private mutating func readWidth() {
    if i < format.count, format[i] == UInt8(ascii: "*") {
      i += 1
      guard let width = takeInteger() else {
        out += "%!(BADWIDTH)"
        return
      }
      flags.width = abs(width)
      if width < 0 {
        flags.minus = true
        flags.zero = false
      }
    } else {
      flags.width = number()
    }
  }

  private mutating func readPrecision() {
    // A full stop at the very end is the verb.
    guard i + 1 < format.count, format[i] == UInt8(ascii: ".") else { return }
    i += 1
    argumentIndex()
    if i < format.count, format[i] == UInt8(ascii: "*") {
      i += 1
      if let precision = takeInteger(), precision >= 0 { flags.precision = precision } else { out += "%!(BADPREC)" }
    } else {
      flags.precision = number() ?? 0
    }
  }

  private mutating func takeInteger() -> Int? {
    guard argument < arguments.count else { return nil }
    defer { argument += 1 }
    if case .int(let value) = arguments[argument], abs(value) <= Self.largest { return value }
    return nil
  }

  private mutating func number() -> Int? {
    var value: Int?
    while i < format.count, (0x30...0x39).contains(format[i]) {
      let next = (value ?? 0) * 10 + Int(format[i] - 0x30)
      // Like the reference, which then reads nothing more.
      if (value ?? 0) > Self.largest {
        i = format.count
        return nil
      }
      value = next
      i += 1
    }
    return value
  }

  /// `[n]`, counted from 1.
  private mutating func argumentIndex() {
    guard i < format.count, format[i] == UInt8(ascii: "[") else { return }
    reordered = true
    guard let close = format[i...].firstIndex(of: UInt8(ascii: "]")) else {
      goodIndex = false
      i += 1
      return
    }
    let index = Int(String(decoding: format[i + 1..<close], as: UTF8.self))
    i = close + 1
    if let index, index >= 1, index <= arguments.count { argument = index - 1 } else { goodIndex = false }
  }

  private mutating func readVerb() -> Character? {
    guard i < format.count else { return nil }
    let length = format[i] < 0x80 ? 1 : format[i] < 0xe0 ? 2 : format[i] < 0xf0 ? 3 : 4
    let end = min(format.count, i + length)
    defer { i = end }
    return String(decoding: format[i..<end], as: UTF8.self).first
  }

  // MARK: Values

  private func shown(_ value: GoValue, _ verb: Character) -> String {
    if case .invalid = value {
      switch verb {
      case "T", "v": return pad("<nil>")
      default: return bad(value, verb)
      }
    }
    switch verb {
    case "T": return string(value.typeName, "s") ?? ""
    case "p": return bad(value, verb)
    default: return formatted(value, verb) ?? bad(value, verb)
    }
  }

  /// The value as `%v` shows it under the same flags.
  private func bad(_ value: GoValue, _ verb: Character) -> String {
    if value.isInvalid { return "%!\(verb)(<nil>)" }
    return "%!\(verb)(\(value.typeName)=\(formatted(value, "v") ?? ""))"
  }

  /// `nil`: the verb does not fit the value.
  private func formatted(_ value: GoValue, _ verb: Character) -> String? {
    switch value {
    case .invalid: return verb == "v" ? "<nil>" : nil
    case .bool(let value): return verb == "t" || verb == "v" ? pad(String(value)) : nil
    case .int(let value): return integer(value, verb)
    case .float(let value): return float(value, verb)
    case .string(let value): return string(value, verb)
    case .time(let milliseconds): return string(GoTime.text(milliseconds), verb)
    case .list(let values): return "[" + values.map { element($0, verb) }.joined(separator: " ") + "]"
    case .vector(let samples): return "[" + samples.map { element(.sample($0), verb) }.joined(separator: " ") + "]"
    case .map(let values, let texts):
      let sorted = GoPrinter.sortedKeys(values)
      if verb == "v", flags.goSyntax {
        let type = texts ? "map[string]string" : "map[string]interface {}"
        return type + "{" + sorted.map { GoText.quote($0) + ":" + element(values[$0]!, verb) }.joined(separator: ", ") + "}"
      }
      return "map[" + sorted.map { element(.string($0), verb) + ":" + element(values[$0]!, verb) }.joined(separator: " ") + "]"
    case .record(let fields, _):
      return "{" + fields.map { (flags.fieldNames ? $0.name + ":" : "") + element($0.value, verb) }.joined(separator: " ") + "}"
    case .sample(let sample): return formatted(sample.record, verb).map { "&" + $0 }
    }
  }

  /// Inside a composite every value is formatted for itself, errors included.
  private func element(_ value: GoValue, _ verb: Character) -> String { formatted(value, verb) ?? bad(value, verb) }

  private func integer(_ value: Int, _ verb: Character) -> String? {
    let magnitude = value.magnitude
    switch verb {
    case "d", "v": return signed(String(magnitude), negative: value < 0, prefix: "")
    case "b": return signed(String(magnitude, radix: 2), negative: value < 0, prefix: flags.sharp ? "0b" : "")
    case "o", "O":
      let digits = String(magnitude, radix: 8)
      return signed(digits, negative: value < 0, prefix: verb == "O" ? "0o" : flags.sharp && !digits.hasPrefix("0") ? "0" : "")
    case "x": return signed(String(magnitude, radix: 16), negative: value < 0, prefix: flags.sharp ? "0x" : "")
    case "X": return signed(String(magnitude, radix: 16, uppercase: true), negative: value < 0, prefix: flags.sharp ? "0X" : "")
    case "c": return pad(String(scalar(value)))
    case "q": return pad(GoText.quote(String(scalar(value)), by: "'", ascii: flags.plus))
    case "U":
      let hex = String(magnitude, radix: 16, uppercase: true)
      let code = "U+" + String(repeating: "0", count: max(0, max(4, flags.precision ?? 4) - hex.utf8.count)) + hex
      return pad(flags.sharp && GoText.isPrintable(scalar(value)) ? "\(code) '\(scalar(value))'" : code)
    case "e", "E", "f", "F", "g", "G", "s", "t": return nil
    default: return nil
    }
  }

  private func scalar(_ value: Int) -> Unicode.Scalar { UInt32(exactly: value).flatMap(Unicode.Scalar.init) ?? "\u{fffd}" }

  private func signed(_ digits: String, negative: Bool, prefix: String) -> String {
    let sign = negative ? "-" : flags.plus ? "+" : flags.space ? " " : ""
    if flags.precision == 0, digits == "0" { return pad("", zero: false) }
    var digits = digits
    var wanted = flags.precision ?? 0
    // Zeros fill the width behind the sign, unless a precision is given.
    if flags.precision == nil, flags.zero, !flags.minus, let width = flags.width {
      wanted = width - sign.utf8.count
      digits = String(repeating: "0", count: max(0, wanted - digits.utf8.count)) + digits
      return sign + prefix + digits
    }
    digits = String(repeating: "0", count: max(0, wanted - digits.utf8.count)) + digits
    return pad(sign + prefix + digits, zero: false)
  }

  private func float(_ value: Double, _ verb: Character) -> String? {
    let text: String
    switch verb {
    case "v": text = GoFloat.format(value, "g", precision: flags.precision)
    case "g", "G": text = GoFloat.format(value, verb, precision: flags.precision)
    case "e", "E", "f", "F": text = GoFloat.format(value, verb, precision: flags.precision ?? 6)
    case "x", "X", "b": text = GoFloat.format(value, verb, precision: flags.precision)
    default: return nil
    }
    var sign = text.hasPrefix("-") ? "-" : "+"
    var digits = text.hasPrefix("-") || text.hasPrefix("+") ? String(text.dropFirst()) : text
    if flags.space, sign == "+", !flags.plus { sign = " " }
    if value.isInfinite || value.isNaN {
      let bare = value.isNaN && !flags.space && !flags.plus
      return pad(bare ? digits : sign + digits, zero: false)
    }
    if flags.sharp { digits = sharp(digits, verb) }
    guard flags.plus || sign != "+" else { return pad(digits) }
    if flags.zero, !flags.minus, let width = flags.width, width > digits.utf8.count + 1 {
      return sign + String(repeating: "0", count: width - 1 - digits.utf8.count) + digits
    }
    return pad(sign + digits)
  }

  /// The point is always written, and `%g` keeps its trailing zeros.
  private func sharp(_ digits: String, _ verb: Character) -> String {
    let cut = digits.firstIndex { $0 == "e" || $0 == "E" } ?? digits.endIndex
    var head = String(digits[..<cut])
    if !head.contains(".") { head += "." }
    if verb == "g" || verb == "G" {
      let significant = head.drop { $0 == "0" || $0 == "." }.count { $0.isNumber }
      head += String(repeating: "0", count: max(0, (flags.precision ?? 6) - significant))
    }
    return head + digits[cut...]
  }

  private func string(_ value: String, _ verb: Character) -> String? {
    let cut = flags.precision.map { String(String.UnicodeScalarView(value.unicodeScalars.prefix($0))) } ?? value
    switch verb {
    case "v" where flags.goSyntax: return pad(GoText.quote(cut))
    case "v", "s": return pad(cut)
    case "q":
      if flags.sharp, !cut.unicodeScalars.contains(where: { $0 == "`" || ($0.value < 0x20 && $0 != "\t") || $0.value == 0x7f }) {
        return pad("`\(cut)`")
      }
      return pad(GoText.quote(cut, ascii: flags.plus))
    case "x", "X":
      let bytes = flags.precision.map { Array(value.utf8.prefix($0)) } ?? Array(value.utf8)
      let prefix = flags.sharp ? (verb == "x" ? "0x" : "0X") : ""
      let pairs = bytes.map { GoText.hex(UInt32($0), 2, upper: verb == "X") }
      if bytes.isEmpty { return pad("") }
      return pad(flags.space ? pairs.map { prefix + $0 }.joined(separator: " ") : prefix + pairs.joined())
    default: return nil
    }
  }

  private func pad(_ text: String, zero: Bool = true) -> String {
    guard let width = flags.width else { return text }
    let missing = width - text.unicodeScalars.count
    guard missing > 0 else { return text }
    if flags.minus { return text + String(repeating: " ", count: missing) }
    return String(repeating: flags.zero && zero ? "0" : " ", count: missing) + text
  }
}
