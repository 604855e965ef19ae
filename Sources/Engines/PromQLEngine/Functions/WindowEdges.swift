import SeriesModel

/// The samples of a window as a range vector shows them. With `anchored` or `smoothed` edges there is one at either end, too.
struct WindowEdges {
  private let start: Int64
  private let end: Int64
  private let isAnchored: Bool
  private let isSmoothed: Bool

  init(_ windows: WindowSpan, end: Int64) {
    self.end = end
    start = end - windows.length
    isSmoothed = windows.behind > 0
    isAnchored = windows.before > 0 && !isSmoothed
  }

  func points(_ columns: borrowing SampleColumns, _ row: Range<Int>) -> ([Int64], [Double]) {
    var times: [Int64] = []
    var values: [Double] = []
    var before: Int?
    var behind: Int?
    let all = columns.timestamps.span
    var low = row.lowerBound
    while low < row.upperBound, all[low] <= start { low += 1 }
    var high = low
    while high < row.upperBound, all[high] <= end { high += 1 }
    if low > row.lowerBound { before = low - 1 }
    if high < row.upperBound { behind = high }
    let room = high - low + (isAnchored || isSmoothed ? 2 : 0)
    times.reserveCapacity(room)
    values.reserveCapacity(room)
    times.append(contentsOf: columns.timestamps[low..<high])
    values.append(contentsOf: columns.values[low..<high])
    guard isAnchored || isSmoothed else { return (times, values) }
    if isAnchored, times.isEmpty { return ([], []) }
    if times.isEmpty, before == nil || behind == nil { return ([], []) }
    return extend(columns, times, values, before, behind)
  }

  private func extend(
    _ columns: borrowing SampleColumns, _ times: [Int64], _ values: [Double], _ before: Int?, _ behind: Int?
  ) -> ([Int64], [Double]) {
    var (times, values) = (times, values)
    let firstTime = times.first ?? columns.timestamps[behind!]
    let firstValue = values.first ?? columns.values[behind!]
    let lastTime = times.last ?? columns.timestamps[before!]
    let lastValue = values.last ?? columns.values[before!]
    var left = firstValue
    var right = lastValue
    if let before {
      left =
        isSmoothed
        ? Self.between(columns.timestamps[before], columns.values[before], firstTime, firstValue, start) : columns.values[before]
    }
    if isSmoothed, let behind, times.last != end {
      right = Self.between(lastTime, lastValue, columns.timestamps[behind], columns.values[behind], end)
    }
    times.insert(start, at: 0)
    values.insert(left, at: 0)
    if times.last != end {
      times.append(end)
      values.append(right)
    }
    return (times, values)
  }

  private static func between(_ t0: Int64, _ v0: Double, _ t1: Int64, _ v1: Double, _ time: Int64) -> Double {
    v0 + (v1 - v0) * Double(time - t0) / Double(t1 - t0)
  }
}
