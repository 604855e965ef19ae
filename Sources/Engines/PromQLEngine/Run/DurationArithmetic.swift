import PromQLSyntax
import SourceText

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// Works out a duration expression; `step()` and `range()` are the query's.
struct DurationArithmetic {
  let step: Int64
  let range: Int64

  func milliseconds(_ expr: DurationExpr, mayBeNegative: Bool) throws(QueryError) -> Int64 {
    let seconds = try seconds(expr)
    if seconds <= 0, !mayBeNegative { throw Self.refusal("duration must be greater than 0", expr) }
    // As long as a literal may be: 63 bits of nanoseconds.
    guard seconds.magnitude < 9.223372036e9 else { throw Self.refusal("duration is out of range", expr) }
    return Int64(seconds * 1000)
  }

  private func seconds(_ expr: DurationExpr) throws(QueryError) -> Double {
    switch expr {
    case .literal(let length, _): return length.seconds
    case .number(let seconds, _): return seconds
    case .step: return Double(step) / 1000
    case .range: return Double(range) / 1000
    case .paren(let inner, _): return try seconds(inner)
    case .negative(let inner, _): return -(try seconds(inner))
    case .minimum(let a, let b, _): return min(try seconds(a), try seconds(b))
    case .maximum(let a, let b, _): return max(try seconds(a), try seconds(b))
    case .binary(let op, let left, let right, _):
      let (a, b) = (try seconds(left), try seconds(right))
      switch op {
      case .add: return a + b
      case .subtract: return a - b
      case .multiply: return a * b
      case .divide:
        if b == 0 { throw Self.refusal("division by zero", expr) }
        return a / b
      case .modulo:
        if b == 0 { throw Self.refusal("modulo by zero", expr) }
        return fmod(a, b)
      case .power: return pow(a, b)
      }
    }
  }

  /// With the bytes where the expression begins and ends, parentheses apart, as the reference tells them.
  private static func refusal(_ text: String, _ expr: DurationExpr) -> QueryError {
    let place = place(expr)
    return .badData("\(place.lower):\(place.upper): \(text)")
  }

  private static func place(_ expr: DurationExpr) -> SourceRange {
    switch expr {
    case .paren(let inner, _): place(inner)
    case .binary(_, let left, let right, _): SourceRange(place(left).lower, place(right).upper)
    default: expr.range
    }
  }
}
