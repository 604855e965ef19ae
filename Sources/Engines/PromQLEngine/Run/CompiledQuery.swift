import PromQLSyntax
import SeriesModel
import Synchronization

/// An expression compiled to operators, with what they have learned of the series they see.
///
/// Evaluate it on views of one source: generations, which say whether what was learned still holds, are counted there.
final class CompiledQuery: Sendable {
  enum Root: Sendable {
    case vector(any VectorOperator)
    case scalar(any ScalarOperator)
    case range(any RangeOperator)
    case text(String)

    var asOperator: (any PlanOperator)? {
      switch self {
      case .vector(let op): op
      case .scalar(let op): op
      case .range(let op): op
      case .text: nil
      }
    }
  }

  /// The query as it was written; places of annotations are counted in it.
  let source: String
  let plan: Plan
  /// Whether it is evaluated again and again on views of one source, so that what it learns is worth keeping.
  let isKept: Bool
  /// How many series its operators remember.
  let seriesKept = Atomic<Int>(0)
  let root: Root

  init(
    _ expr: Expr, source: String, features: SyntaxFeatures, isKept: Bool = false, passes: [any PlanPass] = PlanPasses.all
  ) throws(QueryError) {
    self.source = source
    self.isKept = isKept
    plan = try passes.reduce(Lowering(features: features).lower(expr)) { $1.apply(to: $0) }
    let compiler = Compiler()
    switch plan.type {
    case .vector: root = .vector(try compiler.vector(plan))
    case .scalar: root = .scalar(try compiler.scalar(plan))
    case .matrix: root = .range(try compiler.range(plan))
    case .string, .none:
      guard case .text(let text) = plan else { throw .internal("\(plan) yields nothing") }
      root = .text(text)
    }
  }

  // MARK: Instant

  func instant(_ run: Evaluation, at time: Timestamp) throws(QueryError) -> QueryValue {
    let grid = StepGrid(at: time)
    switch root {
    case .text(let text): return .string(text, time)
    case .scalar(let op): return .scalar(Sample(time, try run.values(of: op, over: grid)[0]))
    case .vector(let op):
      let rows = try finish(run, try run.rows(of: op, over: grid))
      var elements: [VectorElement] = []
      elements.reserveCapacity(rows.count)
      for row in 0..<rows.count where Cell.isPresent(rows.values[row]) {
        elements.append(VectorElement(labels: rows.set.labels[row], timestamp: time, value: rows.values[row]))
      }
      return .vector(elements)
    case .range(let op): return .matrix(try samples(run, op, grid))
    }
  }

  /// The samples of one window as they are.
  private func samples(_ run: Evaluation, _ op: any RangeOperator, _ grid: StepGrid) throws(QueryError) -> [SeriesPoints] {
    var points: [SeriesPoints] = []
    var set = SeriesSet.empty
    var windows: WindowSpan?
    var bytes = 0
    let delayed = run.options.delaysNameRemoval
    try op.read(run, grid) { (found, span) throws(QueryError) in
      (set, windows) = (found, span)
    } body: { (first, columns) throws(QueryError) in
      let edges = WindowEdges(windows!, end: windows!.end(grid.start))
      for i in 0..<columns.rowCount {
        let (times, values) = edges.points(columns, columns.row(i))
        if times.isEmpty { continue }
        run.statistics.totalSamples += times.count
        try run.hold(times.count)
        bytes += times.count * Self.pointBytes
        try run.reserve(bytes: bytes)
        let drops = delayed && set.drops(first + i)
        let labels = drops ? LabelProjection.droppingMetadata.apply(set.labels[first + i]) : set.labels[first + i]
        points.append(SeriesPoints(labels: labels, timestamps: times, values: values))
      }
    }
    return points.sorted { $0.labels < $1.labels }
  }

  // MARK: Range

  /// A time and a value.
  private static let pointBytes = MemoryLayout<Int64>.size + MemoryLayout<Double>.size

  func range(_ run: Evaluation, over grid: StepGrid) throws(QueryError) -> QueryValue {
    switch root {
    case .text, .range:
      let type = plan.type == .string ? "string" : "range vector"
      throw .badData("invalid expression type \"\(type)\" for range query, must be Scalar or instant Vector")
    case .scalar(let op):
      let values = try run.values(of: op, over: grid)
      let steps = 0..<grid.count
      return .matrix([SeriesPoints(labels: .empty, timestamps: steps.map(grid.time), values: steps.map { values[$0] })])
    case .vector(let op):
      let rows = try finish(run, try run.rows(of: op, over: grid))
      try run.reserve(bytes: rows.presentCount * Self.pointBytes)
      return .matrix(Self.points(rows, grid).sorted { $0.labels < $1.labels })
    }
  }

  /// The rows without their gaps, each in arrays of its size. Rows that have none share one array of times.
  private static func points(_ rows: Rows, _ grid: StepGrid) -> [SeriesPoints] {
    let times = (0..<grid.count).map(grid.time)
    var points: [SeriesPoints] = []
    points.reserveCapacity(rows.count)
    for row in 0..<rows.count {
      let cells = row * grid.count..<(row + 1) * grid.count
      let present = rows.presentCount(in: cells)
      if present == 0 { continue }
      var series = SeriesPoints(labels: rows.set.labels[row], timestamps: times, values: [])
      if present == grid.count {
        series.values = Array(rows.values[cells])
      } else {
        series.timestamps = []
        series.timestamps.reserveCapacity(present)
        series.values.reserveCapacity(present)
        for step in 0..<grid.count {
          let value = rows.values[cells.lowerBound + step]
          guard Cell.isPresent(value) else { continue }
          series.timestamps.append(times[step])
          series.values.append(value)
        }
      }
      points.append(series)
    }
    return points
  }

  /// Removes the names whose removal was put off.
  private func finish(_ run: Evaluation, _ rows: Rows) throws(QueryError) -> Rows {
    guard run.options.delaysNameRemoval, rows.set.dropsName.contains(true) else { return rows }
    let dropper = LabelProjection.droppingMetadata
    let labels = (0..<rows.count).map { rows.set.drops($0) ? dropper.apply(rows.set.labels[$0]) : rows.set.labels[$0] }
    return try rows.replacing(SeriesSet(labels)).mergingDuplicates()
  }
}
