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
///
/// The reference's calendar begins in the year -292277022399 and counts seconds from there in 64 bits without a sign. What lies before goes round to the
/// far end, and so does what is no 64-bit number: on its machines that becomes the least one.
struct CivilTime {
  private let days: Int64
  /// Seconds of the day.
  private let rest: Int64

  private static let firstDay: Int64 = -106_751_990_353_932

  /// The fraction is cut off.
  init(seconds: Double) {
    let whole = seconds.magnitude < 0x1p63 ? Int64(seconds) : .min
    let sinceFirst = UInt64(bitPattern: whole &- Self.firstDay &* 86_400)
    days = Int64(sinceFirst / 86_400) + Self.firstDay
    rest = Int64(sinceFirst % 86_400)
  }

  func part(_ function: MathFunction) -> Double {
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
