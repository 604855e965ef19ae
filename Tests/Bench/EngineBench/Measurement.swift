import CAllocationCount
import Glibc
import PromQLEngine
import PromQLSyntax
import SeriesModel

/// What one query cost.
struct Cost {
  /// Series times steps; in instant queries with a window, series times samples in it.
  var samples: Int
  var blocks: Int
  var bytes: Int
  var nanoseconds: Double
  /// Series of the result, and remarks.
  var results: Int
}

/// The same query over the same series, with so many samples and with twice as many.
struct Measurement {
  var expression: BenchExpression
  var way: String
  var once: Cost
  var twice: Cost

  var blocksPerExtraSample: Double { max(0, Double(twice.blocks - once.blocks)) / Double(max(1, twice.samples - once.samples)) }
  var bytesPerExtraSample: Double { max(0, Double(twice.bytes - once.bytes)) / Double(max(1, twice.samples - once.samples)) }
  var nanosecondsPerSample: Double { twice.nanoseconds / Double(max(1, twice.samples)) }

  func isAbove(_ ceiling: Double) -> Bool {
    guard let allowance = expression.allowance else { return blocksPerExtraSample > ceiling }
    let allowed = Double(max(0, twice.results - once.results)) * allowance.blocks
    return Double(twice.blocks - once.blocks) - allowed > ceiling * Double(twice.samples - once.samples)
  }
}

/// Asks queries and counts.
struct Asker {
  let store: BenchStore
  let engine: Engine
  /// Samples, or steps, before they are doubled.
  let count: Int
  /// How often each is asked; the least processor time counts.
  let repeats: Int

  private static let firstStep = 300

  init(store: BenchStore, count: Int, repeats: Int) {
    precondition(store.samplesPerSeries >= Self.firstStep + 2 * count)
    self.store = store
    self.count = count
    self.repeats = repeats
    engine = Engine(
      options: EngineOptions(subqueryStep: PromDuration(milliseconds: BenchStore.interval), features: .all, cachedPlans: 1000))
  }

  func range(_ expression: BenchExpression) throws -> Measurement {
    let expr = try parse(expression.text(window: "5m"))
    let cost = { (steps: Int) throws -> Cost in
      let (from, through) = (store.time(ofSample: Self.firstStep), store.time(ofSample: Self.firstStep + steps - 1))
      return try measure(scale: steps) { view in
        try engine.range(expr, from: from, through: through, step: PromDuration(milliseconds: BenchStore.interval), on: view)
      }
    }
    return Measurement(expression: expression, way: "range", once: try cost(count), twice: try cost(2 * count))
  }

  func instant(_ expression: BenchExpression) throws -> Measurement {
    let cost = { (samples: Int) throws -> Cost in
      let expr = try parse(expression.text(window: "\(Int64(samples) * BenchStore.interval / 1000)s"))
      return try measure(scale: expression.hasWindow ? samples : 1) { view in
        try engine.instant(expr, at: store.time(ofSample: store.samplesPerSeries - 1), on: view)
      }
    }
    return Measurement(expression: expression, way: "instant", once: try cost(count), twice: try cost(2 * count))
  }

  func parts(_ expression: BenchExpression) throws -> Set<String> { try engine.parts(of: try parse(expression.text(window: "5m"))) }

  private func parse(_ text: String) throws -> Expr { try PromQLParser(features: .all).parse(text) }

  /// The first time the series are looked up; that is not measured.
  private func measure(scale: Int, _ ask: (any SeriesView) throws -> QueryResult) throws -> Cost {
    let view = store.head.view()
    var cost = Cost(samples: 0, blocks: 0, bytes: 0, nanoseconds: .infinity, results: 0)
    for round in 0...repeats {
      let began = ThreadClock.nanoseconds()
      let before = allocations_of_this_thread()
      let result = try ask(view)
      let after = allocations_of_this_thread()
      let took = ThreadClock.nanoseconds() - began
      if round == 0 { continue }
      cost.samples = max(1, result.statistics.seriesSelected) * scale
      cost.blocks = Int(after.blocks - before.blocks)
      cost.bytes = Int(after.bytes - before.bytes)
      cost.nanoseconds = min(cost.nanoseconds, took)
      cost.results = result.value.seriesCount + result.annotations.count
    }
    return cost
  }
}

extension QueryValue {
  fileprivate var seriesCount: Int {
    switch self {
    case .scalar, .string: 1
    case .vector(let elements): elements.count
    case .matrix(let series): series.count
    }
  }
}
