import PromQLSyntax

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
    if seconds <= 0, !mayBeNegative { throw .execution("duration must be greater than 0") }
    guard seconds.magnitude < 9.2e15 else { throw .execution("duration is out of range") }
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
        if b == 0 { throw .execution("division by zero") }
        return a / b
      case .modulo:
        if b == 0 { throw .execution("modulo by zero") }
        return fmod(a, b)
      case .power: return pow(a, b)
      }
    }
  }
}
