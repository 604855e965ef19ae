/// Folds rows into one row per group. Every function takes a row at a time and all its steps, so memory is walked forward.
enum GroupFold {
  static func sum(_ input: Rows, _ grouping: Grouping) -> [Double] {
    let steps = input.steps
    var sums = [CompensatedSum?](repeating: nil, count: grouping.count * steps)
    fold(input, grouping) { cell, value in
      if sums[cell] == nil {
        sums[cell] = CompensatedSum(sum: value, compensation: 0)
      } else {
        sums[cell]!.add(value)
      }
    }
    return sums.map { $0?.total ?? Cell.absent }
  }

  static func average(_ input: Rows, _ grouping: Grouping) -> [Double] {
    var means = [CompensatedMean?](repeating: nil, count: grouping.count * input.steps)
    fold(input, grouping) { cell, value in
      if means[cell] == nil {
        means[cell] = CompensatedMean(first: value)
      } else {
        means[cell]!.add(value)
      }
    }
    return means.map { $0?.mean ?? Cell.absent }
  }

  static func count(_ input: Rows, _ grouping: Grouping) -> [Double] {
    var counts = [Double](repeating: 0, count: grouping.count * input.steps)
    fold(input, grouping) { cell, _ in counts[cell] += 1 }
    return counts.map { $0 == 0 ? Cell.absent : $0 }
  }

  static func present(_ input: Rows, _ grouping: Grouping) -> [Double] {
    var values = [Double](repeating: Cell.absent, count: grouping.count * input.steps)
    fold(input, grouping) { cell, _ in values[cell] = 1 }
    return values
  }

  /// `NaN` only counts where there is nothing else.
  static func extreme(_ input: Rows, _ grouping: Grouping, isMaximum: Bool) -> [Double] {
    var values = [Double](repeating: Cell.absent, count: grouping.count * input.steps)
    fold(input, grouping) { cell, value in
      // The absent pattern is a NaN as well.
      let old = values[cell]
      if old.isNaN || (isMaximum ? old < value : old > value) { values[cell] = value }
    }
    return values
  }

  static func variance(_ input: Rows, _ grouping: Grouping, takesRoot: Bool) -> [Double] {
    struct Moments {
      var count = 0.0
      var mean = 0.0
      var squares = 0.0
    }
    var moments = [Moments](repeating: Moments(), count: grouping.count * input.steps)
    fold(input, grouping) { cell, value in
      moments[cell].count += 1
      if moments[cell].count == 1 {
        moments[cell].mean = value
        moments[cell].squares = value.isFinite ? 0 : .nan
      } else {
        let delta = value - moments[cell].mean
        moments[cell].mean += delta / moments[cell].count
        moments[cell].squares += delta * (value - moments[cell].mean)
      }
    }
    return moments.map { moment in
      if moment.count == 0 { return Cell.absent }
      let variance = moment.squares / moment.count
      return takesRoot ? variance.squareRoot() : variance
    }
  }

  static func quantile(_ input: Rows, _ grouping: Grouping, _ q: ScalarRow, _ run: Evaluation) throws(QueryError) -> [Double] {
    var members = [[Int]](repeating: [], count: grouping.count)
    for row in 0..<input.count { members[Int(grouping.groups[row])].append(row) }
    var values = [Double](repeating: Cell.absent, count: grouping.count * input.steps)
    var numbers = SortedNumbers()
    var looked = 0
    let cells = input.values.span
    for (group, rows) in members.enumerated() {
      for step in 0..<input.steps {
        looked += rows.count
        if looked >= 1 << 18 {
          try run.checkpoint()
          looked = 0
        }
        numbers.removeAll()
        for row in rows {
          let value = cells[row * input.steps + step]
          if Cell.isPresent(value) { numbers.append(value) }
        }
        if numbers.values.isEmpty { continue }
        numbers.sort()
        values[group * input.steps + step] = Quantile.of(q[step], sorted: numbers.values.span)
      }
    }
    return values
  }

  /// Calls `add` with each value and the cell of its group.
  @inline(__always)
  private static func fold(_ input: Rows, _ grouping: Grouping, _ add: (Int, Double) -> Void) {
    let steps = input.steps
    let values = input.values.span
    let groups = grouping.groups.span
    for row in 0..<input.count {
      let target = Int(groups[row]) * steps
      let source = row * steps
      for step in 0..<steps {
        let value = values[source + step]
        if Cell.isPresent(value) { add(target + step, value) }
      }
    }
  }
}
