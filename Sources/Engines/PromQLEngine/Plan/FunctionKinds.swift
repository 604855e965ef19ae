/// Functions of a range of samples. The raw values are PromQL's names.
enum OverTimeFunction: String, Hashable, Sendable, CaseIterable {
  case rate, increase, delta, irate, idelta, deriv, changes, resets
  case predictLinear = "predict_linear"
  case smoothing = "double_exponential_smoothing"
  case average = "avg_over_time"
  case count = "count_over_time"
  case first = "first_over_time"
  case last = "last_over_time"
  case maximum = "max_over_time"
  case minimum = "min_over_time"
  case present = "present_over_time"
  case quantile = "quantile_over_time"
  case deviation = "stddev_over_time"
  case variance = "stdvar_over_time"
  case sum = "sum_over_time"
  case medianDeviation = "mad_over_time"
  case timeOfFirst = "ts_of_first_over_time"
  case timeOfLast = "ts_of_last_over_time"
  case timeOfMaximum = "ts_of_max_over_time"
  case timeOfMinimum = "ts_of_min_over_time"

  /// These act like an offset: the value is still the metric's.
  var keepsName: Bool { self == .last || self == .first }

  /// Whether the reference expects a counter and remarks on names that look otherwise.
  var expectsCounter: Bool { self == .rate || self == .increase }
}

/// Functions of one value, and maybe of scalars beside it. The raw values are PromQL's names.
enum MathFunction: String, Hashable, Sendable, CaseIterable {
  case abs, ceil, exp, floor, ln, log10, log2, sgn, sqrt, round, clamp
  case sin, cos, tan, asin, acos, atan, sinh, cosh, tanh, asinh, acosh, atanh, deg, rad
  case clampMin = "clamp_min"
  case clampMax = "clamp_max"
  case minute, hour, month, year
  case dayOfMonth = "day_of_month"
  case dayOfWeek = "day_of_week"
  case dayOfYear = "day_of_year"
  case daysInMonth = "days_in_month"
  /// Of anything but a selector it is the time of evaluation.
  case timestamp

  var isDate: Bool {
    switch self {
    case .minute, .hour, .month, .year, .dayOfMonth, .dayOfWeek, .dayOfYear, .daysInMonth: true
    default: false
    }
  }

  /// Whether the result depends on when it is evaluated even if the arguments do not. The reference counts the date functions among these.
  var dependsOnTime: Bool { isDate || self == .timestamp }
}

/// Scalars that the query's times give.
enum ClockFunction: String, Hashable, Sendable, CaseIterable {
  case time, start, end, step, range
}

enum ScalarMath: String, Hashable, Sendable, CaseIterable {
  case minimum = "min_of"
  case maximum = "max_of"
}
