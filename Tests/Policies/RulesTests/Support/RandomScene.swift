import SeriesModel

/// Random series and rules, written as scripts of promtool's rule tests have them.
struct RandomScene {
  /// The values of a series, one a minute from minute 0.
  struct Script {
    var labels: LabelSet
    var values: [Double?]

    var text: String {
      values.map { $0.map { Staleness.isMarker($0) ? "stale" : "\(Int($0))" } ?? "_" }.joined(separator: " ")
    }
  }

  static let minutes = 30
  private static let conditions = [
    "m1 > 2", "m1 > 4", "sum by (job) (m1) > 5", "rate(m2[3m]) > 0.03", "absent(m3)", "rec1 > 6", "m3 == 0",
    "m1 > on (job, inst) m3",
    "rec2 < 3", "count(ALERTS{alertstate=\"firing\"}) > 1", "count by (job) (ALERTS_FOR_STATE) > 1", "m1 unless m3",
    "max by (inst) (time() - ALERTS_FOR_STATE) > 120", "max_over_time(rec1[4m]) > 8", "5",
  ]
  private static let recorded = ["m1 * 2", "m3 + 1", "sum by (job) (m1)", "m1 > 1", "sum by (job) (rec1)", "count(ALERTS)"]

  var random: SeededRandom
  private(set) var series: [Script] = []
  private(set) var rules = ""
  private(set) var alerts: [String] = []

  /// - Parameter records: Among the rules are recording rules, and alerting rules that read them.
  init(seed: UInt64, records: Bool) {
    random = SeededRandom(seed)
    for name in ["m1", "m2", "m3"] {
      for k in 0..<Int.random(in: 1...4, using: &random) {
        series.append(
          Script(labels: ["__name__": name, "job": "j\(k % 2)", "inst": "i\(k)"], values: values(rising: name == "m2")))
      }
    }
    rules = "groups:\n- name: g\n" + pick(["", "", "  query_offset: 1m\n"]) + "  rules:\n"
    for i in 0..<8 {
      if records, Int.random(in: 0..<3, using: &random) == 0 { record(i) } else { alert(i) }
    }
  }

  private mutating func pick(_ texts: [String]) -> String { texts.randomElement(using: &random)! }

  /// Steps, gaps and ends.
  private mutating func values(rising: Bool) -> [Double?] {
    let stay = Double.random(in: 0.5...0.95, using: &random)
    var (value, sum) = (0, 0)
    return (0...Self.minutes).map { _ in
      if Double.random(in: 0..<1, using: &random) > stay { value = Int.random(in: -1...6, using: &random) }
      if value < 0 { return Bool.random(using: &random) ? Staleness.marker : nil }
      sum += value
      return Double(rising ? sum : value)
    }
  }

  private mutating func record(_ i: Int) {
    rules += "  - {record: rec\(Int.random(in: 1...3, using: &random)), expr: '\(pick(Self.recorded))', labels: {at: r\(i)}}\n"
  }

  private mutating func alert(_ i: Int) {
    let name = "A\(i)"
    alerts.append(name)
    rules += "  - alert: \(name)\n    expr: '\(pick(Self.conditions))'\n"
    if Bool.random(using: &random) { rules += "    for: \(pick(["1m", "2m", "3m", "30s", "5m"]))\n" }
    if Bool.random(using: &random) { rules += "    keep_firing_for: \(pick(["1m", "2m", "3m", "30s"]))\n" }
    if Bool.random(using: &random) {
      let severity = pick(["page", "{{ if gt $value 4.0 }}high{{ else }}low{{ end }}", "t{{ $labels.job }}", ""])
      rules += "    labels: {severity: '\(severity)', alertstate: mine}\n"
    }
    rules += "    annotations: {note: '{{ $labels.job }} {{ $value }} {{ humanize $value }}'}\n"
  }
}
