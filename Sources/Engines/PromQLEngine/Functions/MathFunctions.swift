import SeriesModel

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

extension MathFunction {
  /// The function of one value; `first` and `second` are the scalars beside it.
  @inline(__always)
  func apply(_ x: Double, _ first: Double, _ second: Double) -> Double {
    switch self {
    case .abs: x.magnitude
    case .ceil: x.rounded(.up)
    case .floor: x.rounded(.down)
    case .sqrt: x.squareRoot()
    case .sgn: x < 0 ? -1 : x > 0 ? 1 : x
    case .round: (x * first + 0.5).rounded(.down) / first
    case .clamp, .clampMin, .clampMax: GoMath.maximum(first, GoMath.minimum(second, x))
    case .exp: Glibc.exp(x)
    case .ln: Glibc.log(x)
    case .log2: Glibc.log2(x)
    case .log10: Glibc.log10(x)
    case .deg: x * 180 / .pi
    case .rad: x * .pi / 180
    case .sin, .cos, .tan, .asin, .acos, .atan, .sinh, .cosh, .tanh, .asinh, .acosh, .atanh: trigonometry(x)
    case .minute, .hour, .month, .year, .dayOfMonth, .dayOfWeek, .dayOfYear, .daysInMonth: CivilTime(seconds: x).part(self)
    case .timestamp: first
    }
  }

  private func trigonometry(_ x: Double) -> Double {
    switch self {
    case .sin: Glibc.sin(x)
    case .cos: Glibc.cos(x)
    case .tan: Glibc.tan(x)
    case .asin: Glibc.asin(x)
    case .acos: Glibc.acos(x)
    case .atan: Glibc.atan(x)
    case .sinh: Glibc.sinh(x)
    case .cosh: Glibc.cosh(x)
    case .tanh: Glibc.tanh(x)
    case .asinh: Glibc.asinh(x)
    case .acosh: Glibc.acosh(x)
    default: Glibc.atanh(x)
    }
  }
}

/// A moment in seconds since 1970, taken apart in UTC.
struct CivilTime {
  private let seconds: Int64

  /// The fraction is cut off. What does not fit into the calendar's reach counts as its edge.
  init(seconds: Double) {
    let edge = 9e15
    self.seconds = seconds.isNaN ? 0 : Int64(max(-edge, min(edge, seconds)))
  }

  func part(_ function: MathFunction) -> Double {
    let days = Timestamp.floorDivide(seconds, 86_400)
    let rest = seconds - days * 86_400
    switch function {
    case .minute: return Double(rest / 60 % 60)
    case .hour: return Double(rest / 3600)
    case .dayOfWeek:
      // 1970 began on a Thursday.
      let day = (days + 4) % 7
      return Double(day < 0 ? day + 7 : day)
    default: break
    }
    let date = Timestamp.civil(daysSince1970: days)
    switch function {
    case .month: return Double(date.month)
    case .year: return Double(date.year)
    case .dayOfMonth: return Double(date.day)
    case .dayOfYear: return Double(days - Timestamp.daysSince1970(year: date.year, month: 1, day: 1) + 1)
    default: return Double(Timestamp.days(inMonth: date.month, of: date.year))
    }
  }
}
