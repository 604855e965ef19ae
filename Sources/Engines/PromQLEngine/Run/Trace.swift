import TextCoding

/// Counts of what each operator yielded in one run.
struct Trace {
  struct Count {
    var runs = 0
    var series = 0
    var samples = 0
    /// Its inputs' time included.
    var seconds = 0.0
  }
  private var counts: [ObjectIdentifier: Count] = [:]

  mutating func note(_ op: any PlanOperator, series: Int, samples: Int, seconds: Double = 0) {
    counts[ObjectIdentifier(op), default: Count()].runs += 1
    counts[ObjectIdentifier(op)]!.series += series
    counts[ObjectIdentifier(op)]!.samples += samples
    counts[ObjectIdentifier(op)]!.seconds += seconds
  }

  /// `1.25 ms`: three digits, as far as there are microseconds.
  private static func milliseconds(_ seconds: Double) -> String {
    let milliseconds = seconds * 1000
    let scale = milliseconds >= 100 ? 1.0 : milliseconds >= 10 ? 10 : milliseconds >= 1 ? 100 : 1000
    return NumberText.fixed((milliseconds * scale).rounded() / scale) + " ms"
  }

  /// The operators as an indented tree with their counts.
  func text(of op: any PlanOperator, depth: Int = 0) -> String {
    var line = String(repeating: "  ", count: depth) + op.title
    if let count = counts[ObjectIdentifier(op)] {
      line += "  — \(count.series) series, \(count.samples) samples"
      if count.seconds > 0 { line += ", " + Self.milliseconds(count.seconds) }
      if count.runs > 1 { line += " in \(count.runs) runs" }
    }
    return ([line] + op.inputs.map { text(of: $0, depth: depth + 1) }).joined(separator: "\n")
  }
}
