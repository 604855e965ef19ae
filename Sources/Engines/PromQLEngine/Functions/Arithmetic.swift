import PromQLSyntax

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

extension BinaryOperator {
  /// Whether the result no longer is the metric's value.
  var changesMeaning: Bool { !isComparison && !isSet }

  /// The result of an arithmetic operator; comparisons give the left side.
  @inline(__always)
  func value(_ a: Double, _ b: Double) -> Double {
    switch self {
    case .add: a + b
    case .subtract: a - b
    case .multiply: a * b
    case .divide: a / b
    case .modulo: fmod(a, b)
    case .power: pow(a, b)
    case .atan2: Arithmetic.arcTangent(a, b)
    default: a
    }
  }

  /// Whether a comparison holds; arithmetic always does.
  @inline(__always)
  func holds(_ a: Double, _ b: Double) -> Bool {
    switch self {
    case .equal: a == b
    case .notEqual: a != b
    case .less: a < b
    case .lessOrEqual: a <= b
    case .greater: a > b
    case .greaterOrEqual: a >= b
    default: true
    }
  }

  /// Between scalars a comparison gives 0 or 1.
  func scalar(_ a: Double, _ b: Double) -> Double { isComparison ? (holds(a, b) ? 1 : 0) : value(a, b) }
}

enum Arithmetic {
  static func arcTangent(_ y: Double, _ x: Double) -> Double { atan2(y, x) }
}

extension ScalarMath {
  func apply(_ a: Double, _ b: Double) -> Double {
    switch self {
    case .minimum: GoMath.minimum(a, b)
    case .maximum: GoMath.maximum(a, b)
    }
  }
}

/// Where Go's mathematics differs from the processor's.
enum GoMath {
  /// Minus infinity wins even over NaN; NaN over everything else.
  @inline(__always)
  static func minimum(_ a: Double, _ b: Double) -> Double {
    if a == -.infinity || b == -.infinity { return -.infinity }
    if a.isNaN || b.isNaN { return .nan }
    if a == 0, b == 0 { return a.sign == .minus ? a : b }
    return a < b ? a : b
  }

  @inline(__always)
  static func maximum(_ a: Double, _ b: Double) -> Double {
    if a == .infinity || b == .infinity { return .infinity }
    if a.isNaN || b.isNaN { return .nan }
    if a == 0, b == 0 { return a.sign == .minus ? b : a }
    return a > b ? a : b
  }
}
