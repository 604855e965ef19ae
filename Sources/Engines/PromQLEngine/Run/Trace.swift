/// Counts of what each operator yielded in one run.
struct Trace {
  struct Count {
    var runs = 0
    var series = 0
    var samples = 0
  }
  private var counts: [ObjectIdentifier: Count] = [:]

  mutating func note(_ op: any PlanOperator, series: Int, samples: Int) {
    counts[ObjectIdentifier(op), default: Count()].runs += 1
    counts[ObjectIdentifier(op)]!.series += series
    counts[ObjectIdentifier(op)]!.samples += samples
  }

  /// The operators as an indented tree with their counts.
  func text(of op: any PlanOperator, depth: Int = 0) -> String {
    var line = String(repeating: "  ", count: depth) + op.title
    if let count = counts[ObjectIdentifier(op)] {
      line += "  — \(count.series) series, \(count.samples) samples"
      if count.runs > 1 { line += " in \(count.runs) runs" }
    }
    return ([line] + op.inputs.map { text(of: $0, depth: depth + 1) }).joined(separator: "\n")
  }
}
