/// One line of the table.
struct BenchExpression {
  /// `$w` stands for a window: five minutes, or what is doubled.
  let text: String
  /// What it may allocate beyond the ceiling, and why that is no cost per sample.
  let allowance: Allowance?
  let isInstantOnly: Bool
  /// Where nothing is what there should be.
  let yieldsNothing: Bool

  struct Allowance {
    /// Blocks for each further series of the result, or remark.
    var blocks: Double
    var ways: Set<Measurement.Way>
    var reason: String
  }

  init(_ text: String, allowance: Allowance? = nil, isInstantOnly: Bool = false, yieldsNothing: Bool = false) {
    self.text = text
    self.allowance = allowance
    self.isInstantOnly = isInstantOnly
    self.yieldsNothing = yieldsNothing
  }

  func text(window: String) -> String {
    text.split(separator: "$w", omittingEmptySubsequences: false).joined(separator: window)
  }

  var hasWindow: Bool { text.contains("$w") }

  static let all: [BenchExpression] =
    selectors + overTime + extended + subqueries + aggregations + scalars + besideScalars + betweenVectors + stepwise + functions
    + labels + histograms + nothing + exceptions

  private static func plain(_ texts: [String]) -> [BenchExpression] { texts.map { BenchExpression($0) } }

  /// What names its results step by step begins anew with each query; within one it does so once for each series.
  private static func naming(_ texts: [String]) -> [BenchExpression] {
    texts.map {
      BenchExpression(
        $0, allowance: Allowance(blocks: 16, ways: [.series], reason: "names each series of its result once per query"))
    }
  }

  private static let selectors =
    plain([
      "temperature", "temperature offset 5m", "temperature @ end()", "temperature smoothed", "temperature offset step()",
      "timestamp(temperature)", "timestamp(temperature offset 1m)", #"{__name__=~"temp.*",sensor!="s0"}"#,
    ]) + [
      BenchExpression("temperature[$w]", isInstantOnly: true), BenchExpression("temperature[$w] offset 1m", isInstantOnly: true),
      BenchExpression("temperature[$w] anchored", isInstantOnly: true),
      BenchExpression("temperature[$w] smoothed", isInstantOnly: true),
      BenchExpression("temperature[$w:1m]", isInstantOnly: true), BenchExpression(#""text""#, isInstantOnly: true),
    ]

  private static let overTime = plain(
    [
      "avg_over_time", "count_over_time", "deriv", "first_over_time", "idelta", "last_over_time", "mad_over_time", "max_over_time",
      "min_over_time", "present_over_time", "stddev_over_time", "stdvar_over_time", "sum_over_time", "ts_of_first_over_time",
      "ts_of_last_over_time", "ts_of_max_over_time", "ts_of_min_over_time",
    ].map { "\($0)(temperature[$w])" }
      + ["changes", "delta", "increase", "irate", "rate", "resets"].map { "\($0)(requests_total[$w])" } + [
        "quantile_over_time(0.9, temperature[$w])", "quantile_over_time(0.9, temperature[30m])",
        "mad_over_time(temperature[30m])", "quantile_over_time(time() % 2, temperature[$w])",
        "predict_linear(temperature[$w], 600)", "double_exponential_smoothing(temperature[$w], 0.5, 0.3)",
        "rate(requests_total[$w] offset 1m)", "rate(requests_total[$w] @ end())", "sum_over_time(temperature[max_of(step(), 5m)])",
      ])

  private static let extended = plain(
    ["changes", "delta", "increase", "rate", "resets"].map { "\($0)(requests_total[$w] anchored)" }
      + ["delta", "increase", "rate"].map { "\($0)(requests_total[$w] smoothed)" })

  private static let subqueries = plain([
    "max_over_time(rate(requests_total[5m])[$w:15s])", "avg_over_time(temperature[$w:1m])", "sum_over_time(vector(time())[$w:15s])",
    "quantile_over_time(0.5, (temperature > 10)[$w:15s])", "absent_over_time((temperature > 100)[$w:15s])",
    "max_over_time(sum by (job) (temperature)[$w:30s] offset 1m)", "last_over_time(temperature[$w:])",
  ])

  private static let aggregations =
    plain(
      ["sum", "avg", "count", "min", "max", "group", "stddev", "stdvar"].flatMap {
        ["\($0)(temperature)", "\($0) by (job) (temperature)"]
      }
        + [
          "sum without (sensor) (temperature)", "quantile(0.9, temperature)", "quantile by (job) (0.5, temperature)",
          "quantile(time() % 2, temperature)", "topk(3, temperature)", "topk by (job) (3, temperature)", "bottomk(3, temperature)",
          "topk(100, temperature)", "topk(time() % 7, temperature)", "limitk(3, temperature)", "limitk by (job) (3, temperature)",
          "limit_ratio(0.5, temperature)", "limit_ratio(-0.5, temperature)",
          "sum by (code) (rate(requests_total[$w]))",
        ])
    + naming([
      #"count_values("value", level)"#, #"count_values by (job) ("value", level)"#,
      #"count_values without (sensor) ("value", level)"#,
    ])

  private static let comparisons = ["==", "!=", "<", "<=", ">", ">="]
  private static let arithmetic = ["+", "-", "*", "/", "%", "^", "atan2"]

  private static let scalars = plain(
    [
      "1", "time()", "start()", "end()", "step()", "range()", "-time()", "min_of(time(), 3)", "max_of(time(), 3)",
      "scalar(temperature)", #"scalar(errors_total{instance="instance-0",job="api"})"#, "vector(time())", "vector(3)",
      "vector(scalar(errors_total @ end()))",
    ] + arithmetic.map { "time() \($0) 7" } + comparisons.map { "time() \($0) bool 7" })

  private static let besideScalars = plain(
    arithmetic.map { "temperature \($0) 7" } + comparisons.map { "level \($0) 2" } + comparisons.map { "20 \($0) bool temperature" }
      + [
        "2 ^ level", "temperature / time()", "-temperature", "+temperature",
      ])

  private static let betweenVectors = plain(
    arithmetic.map { "temperature \($0) level" } + comparisons.map { "level \($0) 4 - level" }
      + comparisons.map { "temperature \($0) bool on (job, instance, sensor) level" } + [
        "temperature - ignoring (sensor) group_left errors_total",
        "temperature * on (job, instance) group_left (version) target_info",
        "target_info * on (job, instance) group_right (version) temperature",
        "requests_total and ignoring (code, sensor) temperature",
        "requests_total and on (job, instance) errors_total", #"errors_total unless on (instance) pod_info{instance="instance-0"}"#,
        "temperature or level", "temperature or on (instance) pod_info", "temperature and (level > 2)",
        "temperature unless (level > 2)",
      ])

  /// Which rows meet changes from step to step.
  private static let stepwise = naming([
    #"errors_total{job="api"} + on (instance) pod_info"#, #"errors_total{job="api"} > bool on (instance) pod_info"#,
    #"errors_total{job="api"} < on (instance) pod_info"#, "errors_total * on (instance) group_left (pod) pod_info",
    "pod_info * on (instance) group_right (pod) errors_total", "temperature + fill (0) (level > 2)",
    "temperature + fill_left (0) fill_right (1) level", "(temperature > 20) * ignoring (sensor) group_left fill (2) errors_total",
    "pod_info == on (instance) group_right (pod) (level % 2)",
  ])

  private static let functions = plain(
    [
      "abs", "ceil", "exp", "floor", "ln", "log10", "log2", "sgn", "sqrt", "sin", "cos", "tan", "asin", "acos", "atan", "sinh",
      "cosh", "tanh", "asinh", "acosh", "atanh", "deg", "rad", "minute", "hour", "month", "year", "day_of_month", "day_of_week",
      "day_of_year", "days_in_month", "round", "sort", "sort_desc",
    ].map { "\($0)(temperature)" } + [
      "round(temperature, 0.5)", "clamp(temperature, 10, 20)", "clamp_min(temperature, 10)", "clamp_max(temperature, 20)",
      "clamp(temperature, time() % 20, 20)", "timestamp(temperature + 1)", "hour()", "absent(temperature > 100)",
      #"sort_by_label(temperature, "sensor", "instance")"#, #"sort_by_label_desc(temperature, "sensor", "instance")"#,
    ])

  private static let labels =
    plain([
      #"label_replace(temperature, "place", "$1", "instance", "instance-(.*)")"#,
      #"label_join(temperature, "place", "/", "job", "instance")"#,
    ])
    + naming([
      "info(temperature)", #"info(temperature, {version=~".+"})"#, #"info(level > 2, {__name__=~".+_info"})"#,
    ])

  private static let histograms =
    plain([
      "histogram_quantile(0.9, latency_bucket)", "histogram_quantile(0.9, rate(latency_bucket[$w]))",
      "histogram_quantile(0.9, sum by (le) (rate(latency_bucket[$w])))", "histogram_fraction(0, 0.5, latency_bucket)",
      "histogram_quantile(2, latency_bucket)",
      "histogram_quantile(scalar(level) % 2, latency_bucket)",
    ])
    + naming([#"histogram_quantiles(latency_bucket, "q", 0.5, 0.9, 0.99)"#])

  private static let nothing = ["absent(temperature)", "absent_over_time(temperature[$w])", "histogram_avg(temperature)"].map {
    BenchExpression($0, yieldsNothing: true)
  }

  private static let exceptions = [
    BenchExpression(
      #"count_values("value", time() - errors_total{instance="instance-0",job="api"})"#,
      allowance: Allowance(
        blocks: 20, ways: [.steps, .series],
        reason: "every value is another one, and each makes a series: its text, its labels, its row")
    ),
    BenchExpression(
      "histogram_quantile(time(), latency_bucket)",
      allowance: Allowance(
        blocks: 20, ways: [.steps],
        reason: "every step has another quantile that is none, and each is remarked on")),
  ]
}
