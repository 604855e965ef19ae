import PromQLSyntax

/// Writes queries of the right types, every function and operator among them, as an input decides.
///
/// The labels and names are those of ``SmallStore``, so that queries find and join something.
struct QueryWriter {
  private var supply: ByteSupply
  /// Nodes that may still be written; bounds the text.
  private var left = 40

  init(_ bytes: [UInt8], from position: Int = 0) { supply = ByteSupply(bytes, from: position) }

  /// The query that an input stands for: a text, or after a control character the decisions that make one.
  static func query(_ bytes: [UInt8]) -> String {
    guard let first = bytes.first, first < 0x09 else { return String(decoding: bytes, as: UTF8.self) }
    var writer = QueryWriter(bytes, from: 1)
    return writer.supply.chance(8) ? writer.scalar() : writer.vector()
  }

  /// Decisions at random, always the same.
  static let seeds: [[UInt8]] = (0..<64).map { n in
    var state = UInt64(n) + 1
    return [UInt8(n % 9)]
      + (0..<8 * (n % 16 + 1)).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return UInt8(truncatingIfNeeded: state >> 56)
      }
  }

  private static let functions = FunctionSignature.all.values.sorted { $0.name < $1.name }
  private static let vectorFunctions = functions.filter { $0.returns == .vector }
  private static let scalarFunctions = functions.filter { $0.returns == .scalar }
  private static let labels = ["job", "instance", "code", "le", "quantile", "__name__", "missing", "\"dotted.name\""]
  private static let numbers = [
    "0", "1", "-1", "2", "0.5", "1e3", "-0", "NaN", "Inf", "-Inf", "0x1F", "5m", "1e-300", "1e300", "9223372036854775807", "0.1",
    "1_000",
    "100", "0.9", ".5",
  ]
  private static let texts = [
    "\"\"", "\"a\"", "\"b\"", "\"(.*)\"", "\"$1\"", "\"job\"", "'x\\ny'", "`raw`", "\"__name__\"", "\"\\u00fc\"", "\"le\"", "\"-\"",
  ]

  mutating func vector() -> String {
    left -= 1
    if left <= 0 || supply.isEmpty { return selector() }
    switch supply.below(16) {
    case 0, 1: return selector()
    case 2, 3, 4, 5: return call(supply.pick(Self.vectorFunctions))
    case 6, 7, 8: return aggregation()
    case 9: return supply.pick(["-", "+"]) + vector()
    case 10: return "(" + vector() + ")"
    case 11: return "rate(" + matrix() + ")"
    default: return binary()
    }
  }

  private mutating func scalar() -> String {
    left -= 1
    if left <= 0 || supply.isEmpty { return supply.pick(Self.numbers) }
    switch supply.below(8) {
    case 0, 1, 2, 3: return supply.pick(Self.numbers)
    case 4: return call(supply.pick(Self.scalarFunctions))
    case 5:
      return "(" + scalar() + " " + supply.pick(["+", "-", "*", "/", "%", "^", "atan2", "== bool", "< bool"]) + " " + scalar() + ")"
    case 6: return "-" + scalar()
    default: return "scalar(" + vector() + ")"
    }
  }

  private mutating func call(_ function: FunctionSignature) -> String {
    let (least, most) = function.argumentCounts
    var arguments: [String] = []
    for i in 0..<least + supply.below((most ?? least + 3) - least + 1) {
      switch function.type(ofArgument: i) {
      case .scalar: arguments.append(scalar())
      case .string: arguments.append(supply.pick(Self.texts))
      case .matrix: arguments.append(matrix())
      default:
        // The second argument of `info` is a selector of labels.
        arguments.append(function.name == "info" && i == 1 ? "{" + matcher() + "}" : vector())
      }
    }
    return function.name + "(" + arguments.joined(separator: ", ") + ")"
  }

  private mutating func aggregation() -> String {
    let op = supply.pick(AggregateOperator.allCases)
    var inside = vector()
    if op.takesParameter { inside = (op == .countValues ? supply.pick(Self.texts) : scalar()) + ", " + inside }
    let grouping = supply.pick(["by ", "without "]) + list()
    switch supply.below(3) {
    case 0: return op.rawValue + "(" + inside + ")"
    case 1: return op.rawValue + " " + grouping + " (" + inside + ")"
    default: return op.rawValue + "(" + inside + ") " + grouping
    }
  }

  private mutating func list() -> String {
    "(" + (0..<supply.below(3)).map { _ in supply.pick(Self.labels) }.joined(separator: ", ") + ")"
  }

  private mutating func binary() -> String {
    let op = supply.pick(BinaryOperator.allCases)
    var head = op.rawValue + (op.isComparison && supply.chance(2) ? " bool" : "")
    let (left, right): (String, String)
    switch supply.below(5) {
    case 0 where !op.isSet: (left, right) = (vector(), scalar())
    case 1 where !op.isSet: (left, right) = (scalar(), vector())
    default:
      (left, right) = (vector(), vector())
      if supply.chance(2) {
        head += supply.pick([" on ", " ignoring "]) + list()
        if !op.isSet, supply.chance(2) {
          head += supply.pick([" group_left ", " group_right "]) + (supply.chance(2) ? list() : "")
        }
        if !op.isSet, supply.chance(4) {
          head += supply.pick([" fill(0)", " fill_left(NaN)", " fill_right(-1)", " fill_left(1) fill_right(2)"])
        }
      }
    }
    return left + " " + head + " " + right
  }

  // MARK: Selectors

  private mutating func matrix() -> String {
    if left > 0, supply.chance(4) {
      let inner = vector()
      return "(" + inner + ")[" + duration() + ":" + (supply.chance(2) ? duration() : "") + "]" + modifiers()
    }
    let core = bareSelector() + "[" + duration() + "]"
    return core + (supply.chance(8) ? supply.pick([" anchored", " smoothed"]) : "") + modifiers()
  }

  private mutating func selector() -> String {
    bareSelector() + (supply.chance(16) ? supply.pick([" smoothed", " anchored"]) : "") + modifiers()
  }

  private mutating func bareSelector() -> String {
    let name = supply.pick(SmallStore.names + [""])
    let matchers = (0..<supply.below(3)).map { _ in matcher() } + (name.isEmpty ? ["__name__!=\"\""] : [])
    return name + (matchers.isEmpty ? "" : "{" + matchers.joined(separator: ",") + "}")
  }

  private mutating func matcher() -> String {
    let op = supply.pick(["=", "!=", "=~", "!~"])
    let label = supply.pick(Self.labels)
    let value = supply.pick(["a", "b", "", "500", "a|b", ".*", ".+", "[ab]", "a.*|5.*", "(?i)A", "+Inf", "0.1"])
    return label + op + "\"" + (op.hasSuffix("~") && value == "+Inf" ? "\\\\+Inf" : value) + "\""
  }

  private mutating func modifiers() -> String {
    let offset =
      supply.chance(4) ? " offset " + supply.pick(["1m", "-30s", "5m", "0s", "1h", "90", "-(step())", "step() + 1"]) : ""
    let at = supply.chance(4) ? " @ " + supply.pick(["start()", "end()", "1700000900", "1700000000.123", "0", "-5"]) : ""
    return supply.chance(2) ? offset + at : at + offset
  }

  private mutating func duration() -> String {
    supply.pick([
      "1m", "5m", "30s", "1h", "15s", "1ms", "2m30s", "90", "step() + 1s", "range() + 1s", "min_of(5m, 10m)", "1m * 2", "10m",
    ])
  }
}
