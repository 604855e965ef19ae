/// What a function takes and yields.
public struct FunctionSignature: Hashable, Sendable {
  public enum Variability: Hashable, Sendable {
    case fixed
    /// The last argument may be missing, and come up to this many times.
    case optional(Int)
    /// The last argument may be missing, and come any number of times.
    case any
  }

  public var name: String
  public var arguments: [ValueType]
  public var variability: Variability
  public var returns: ValueType
  /// Behind the feature flag `promql-experimental-functions`.
  public var isExperimental: Bool
  /// Unknown to the reference's release: experimental, and as unknown as any other name to who has not enabled it.
  public var isNewer: Bool

  /// Fewest and most arguments; `nil`: no bound.
  public var argumentCounts: (least: Int, most: Int?) {
    switch variability {
    case .fixed: (arguments.count, arguments.count)
    case .optional(let most): (arguments.count - 1, arguments.count - 1 + most)
    case .any: (arguments.count - 1, nil)
    }
  }

  /// The type that an argument must have; `nil` beyond the last of a fixed list.
  public func type(ofArgument index: Int) -> ValueType? {
    if index < arguments.count { return arguments[index] }
    return variability == .fixed ? nil : arguments.last
  }

  /// Every function, by name.
  public static let all: [String: FunctionSignature] = Dictionary(uniqueKeysWithValues: table.joined().map { ($0.name, $0) })

  /// Names are told apart by case.
  public static func named(_ name: String) -> FunctionSignature? { all[name] }

  /// The function whose name differs least, if it is near enough to have been meant.
  public static func nearest(to name: String) -> String? {
    let candidates = all.keys.map { ($0, distance(Array(name.utf8), Array($0.utf8))) }
    let best = candidates.min { ($0.1, $0.0) < ($1.1, $1.0) }
    return best.flatMap { $0.1 <= (name.utf8.count < 4 ? 1 : name.utf8.count < 10 ? 2 : 3) ? $0.0 : nil }
  }

  /// Edits from one name to the other, swapped neighbours among them (optimal string alignment).
  private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    if a.count > 64 { return .max }
    var rows = [Array(0...b.count)]
    for i in a.indices {
      var row = [i + 1]
      for j in b.indices {
        var best = min(rows[i][j + 1] + 1, row[j] + 1, rows[i][j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, rows[i - 1][j - 1] + 1) }
        row.append(best)
      }
      rows.append(row)
    }
    return rows[a.count][b.count]
  }
}

extension FunctionSignature {
  private static let table: [[FunctionSignature]] = [
    group(
      "vector",
      [
        "abs", "absent", "acos", "acosh", "asin", "asinh", "atan", "atanh", "ceil", "cos", "cosh", "deg", "exp", "floor",
        "histogram_avg",
        "histogram_count", "histogram_stddev", "histogram_stdvar", "histogram_sum", "ln", "log10", "log2", "rad", "sgn", "sin",
        "sinh", "sort",
        "sort_desc", "sqrt", "tan", "tanh", "timestamp",
      ]),
    group(
      "matrix",
      [
        "absent_over_time", "avg_over_time", "changes", "count_over_time", "delta", "deriv", "idelta", "increase", "irate",
        "last_over_time",
        "max_over_time", "min_over_time", "present_over_time", "rate", "resets", "stddev_over_time", "stdvar_over_time",
        "sum_over_time",
      ]),
    group(
      "matrix",
      ["mad_over_time", "ts_of_last_over_time", "ts_of_max_over_time", "ts_of_min_over_time"], experimental: true),
    group("matrix", ["first_over_time", "ts_of_first_over_time"], newer: true),
    group(
      "vector", ["day_of_month", "day_of_week", "day_of_year", "days_in_month", "hour", "minute", "month", "year"], .optional(1)),
    group("", ["pi", "time"], returns: .scalar),
    group("", ["end", "range", "start", "step"], returns: .scalar, newer: true),
    group("scalar scalar", ["max_of", "min_of"], returns: .scalar, newer: true),
    group("vector scalar", ["clamp_max", "clamp_min"]),
    group("vector scalar scalar", ["clamp"]),
    group("vector scalar", ["round"], .optional(1)),
    group("vector", ["scalar"], returns: .scalar),
    group("scalar", ["vector"]),
    group("scalar vector", ["histogram_quantile"]),
    group("scalar scalar vector", ["histogram_fraction"]),
    group("vector string scalar scalar", ["histogram_quantiles"], .optional(9), newer: true),
    group("scalar matrix", ["quantile_over_time"]),
    group("matrix scalar", ["predict_linear"]),
    group("matrix scalar scalar", ["double_exponential_smoothing"], experimental: true),
    group("vector string string string string", ["label_replace"]),
    group("vector string string string", ["label_join"], .any),
    group("vector string", ["sort_by_label", "sort_by_label_desc"], .any, experimental: true),
    group("vector vector", ["info"], .optional(1), experimental: true),
    group("vector", ["start_timestamp"], newer: true),
  ]

  /// Functions of one shape; the argument types are words.
  private static func group(
    _ arguments: String, _ names: [String], _ variability: Variability = .fixed, returns: ValueType = .vector,
    experimental: Bool = false, newer: Bool = false
  ) -> [FunctionSignature] {
    let types = arguments.split(separator: " ").map { ValueType(rawValue: String($0))! }
    return names.map {
      FunctionSignature(
        name: $0, arguments: types, variability: variability, returns: returns, isExperimental: experimental || newer,
        isNewer: newer)
    }
  }
}
