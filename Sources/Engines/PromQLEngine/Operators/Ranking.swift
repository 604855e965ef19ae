import PromQLSyntax
import SeriesModel
import SourceText
import TextCoding

/// `topk`, `bottomk`, `limitk`, `limit_ratio`: some of the series of each group, as they are.
struct Ranking: VectorOperator {
  let slot: Int
  let op: AggregateOperator
  let operand: any VectorOperator
  let parameter: any ScalarOperator
  let key: GroupingKey
  /// Where the parameter stands.
  let range: SourceRange

  func rows(_ run: Run) throws(QueryError) -> Rows {
    let parameters = try run.values(parameter)
    try check(parameters, run)
    let rows = try run.rows(operand)
    let groups = try key.table(rows.series, run, slot: slot)
    var out = try run.emptyRows(rows.series)
    var order: [Int] = []
    let shares = op == .limitRatio ? rows.series.labels.map { Double(StableHash.of($0.bytes.span)) / 0x1p64 } : []
    var present: [Int] = []
    for members in groups.members {
      for k in 0..<rows.steps {
        present.removeAll(keepingCapacity: true)
        for i in members where !rows.values[i * rows.steps + k].isAbsent { present.append(i) }
        if present.isEmpty { continue }
        let chosen = choose(present, rows, k, parameters[k], shares)
        for i in chosen { out.values[i * rows.steps + k] = rows.values[i * rows.steps + k] }
        if rows.steps == 1 { order += chosen }
      }
    }
    if run.isInstant, rows.steps == 1 { out.order = order }
    return out
  }

  private func choose(_ present: [Int], _ rows: Rows, _ k: Int, _ parameter: Double, _ shares: [Double]) -> [Int] {
    if op == .limitRatio {
      let ratio = min(max(parameter, -1), 1)
      return present.filter { ratio >= 0 ? shares[$0] < ratio : shares[$0] >= 1 + ratio }
    }
    let wanted = Int(min(parameter, Double(present.count)))
    if wanted < 1 { return [] }
    if op == .limitk { return Array(present.prefix(wanted)) }
    let steps = rows.steps
    let isTop = op == .topk
    func isBetter(_ x: Int, _ y: Int) -> Bool {
      let (a, b) = (rows.values[x * steps + k], rows.values[y * steps + k])
      if a.isNaN || b.isNaN { return a.isNaN == b.isNaN ? x < y : b.isNaN }
      return a == b ? x < y : isTop ? a > b : a < b
    }
    if wanted * 8 < present.count { return Self.best(wanted, of: present, isBetter) }
    return Array(present.sorted(by: isBetter).prefix(wanted))
  }

  /// The first few in order, found without sorting the rest.
  private static func best(_ wanted: Int, of all: [Int], _ isBetter: (Int, Int) -> Bool) -> [Int] {
    var chosen: [Int] = []
    for i in all {
      if chosen.count == wanted {
        if !isBetter(i, chosen[wanted - 1]) { continue }
        chosen.removeLast()
      }
      let place = chosen.firstIndex(in: 0..<chosen.count) { isBetter(i, $0) }
      chosen.insert(i, at: place)
    }
    return chosen
  }

  private func check(_ parameters: [Double], _ run: Run) throws(QueryError) {
    if parameters.contains(where: \.isNaN) {
      throw .execution(op == .limitRatio ? "Ratio value is NaN" : "Parameter value is NaN")
    }
    if op == .limitRatio {
      var said: Set<Double> = []
      for ratio in parameters where ratio > 1 || ratio < -1 {
        if !said.insert(ratio).inserted { continue }
        let text =
          "ratio value should be between -1 and 1, got \(NumberText.general(ratio)), capping to \(ratio > 1 ? "1" : "-1")"
        run.remarks.add(.warning, text, at: range)
      }
      return
    }
    for value in parameters where value.magnitude >= 0x1p63 {
      throw .execution("Scalar value \(NumberText.general(value)) \(value > 0 ? "overflows" : "underflows") int64")
    }
  }

  var explanation: Explanation { Explanation(op.rawValue + key.suffix, [parameter.explanation, operand.explanation]) }
}
