import CAllocationCount
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

/// The same query over so many samples, and over twice as many.
struct Measurement {
  /// What is doubled.
  enum Way: String {
    /// The steps; the series stay.
    case steps = "range"
    /// The samples in the window; the series stay.
    case window = "window"
    /// The series, where an instant query looks at one sample of each. They are known: a rule or an API query asks for the second time.
    case series = "instant"

    /// Blocks for each further sample. Steps and windows are below what a block for each series, or for each step, would be; series are below one each.
    var ceiling: Double {
      switch self {
      case .steps, .window: 0.001
      case .series: 0.05
      }
    }
  }

  var expression: BenchExpression
  var way: Way
  var once: Cost
  var twice: Cost

  var extraSamples: Double { Double(max(1, twice.samples - once.samples)) }
  var blocksPerExtraSample: Double { max(0, Double(twice.blocks - once.blocks)) / extraSamples }
  var bytesPerExtraSample: Double { max(0, Double(twice.bytes - once.bytes)) / extraSamples }
  var nanosecondsPerSample: Double { twice.nanoseconds / Double(max(1, twice.samples)) }

  /// Why it may be above the ceiling.
  var allowance: BenchExpression.Allowance? { expression.allowance.flatMap { $0.ways.contains(way) ? $0 : nil } }

  /// An array that grows may be moved a few times.
  private static let moves = 4.0

  var isAbove: Bool {
    let allowed = allowance.map { Double(max(0, twice.results - once.results)) * $0.blocks } ?? 0
    return Double(twice.blocks - once.blocks) - allowed > max(Self.moves, way.ceiling * extraSamples)
  }
}

/// Asks queries and counts.
struct Asker {
  /// How often each is asked; the least processor time counts.
  let repeats: Int
  private let store: BenchStore
  private let engine: Engine
  /// Few samples of many series, and of twice as many.
  private let wide: [(store: BenchStore, engine: Engine)]

  private static let steps = 500
  private static let firstStep = 300
  private static let instances = 8
  private static let wideInstances = [128, 256]
  private static let wideSamples = 130

  init(repeats: Int) throws {
    self.repeats = repeats
    store = try BenchStore(instances: Self.instances, samplesPerSeries: Self.firstStep + 2 * Self.steps)
    engine = Self.newEngine()
    wide = try Self.wideInstances.map {
      (try BenchStore(instances: $0, samplesPerSeries: Self.wideSamples), Self.newEngine())
    }
  }

  /// What an engine keeps holds for one store.
  private static func newEngine() -> Engine {
    let step = PromDuration(milliseconds: BenchStore.interval)
    return Engine(options: EngineOptions(subqueryStep: step, features: .all, cachedPlans: 1000))
  }

  func measure(_ expression: BenchExpression) throws -> [Measurement] {
    var found: [Measurement] = []
    if !expression.isInstantOnly { found.append(try steps(expression)) }
    if expression.hasWindow { found.append(try window(expression)) }
    if !expression.isInstantOnly || !expression.hasWindow { found.append(try series(expression)) }
    return found
  }

  private func steps(_ expression: BenchExpression) throws -> Measurement {
    let expr = try parse(expression.text(window: "5m"))
    let cost = { (steps: Int) throws -> Cost in
      let (from, through) = (store.time(ofSample: Self.firstStep), store.time(ofSample: Self.firstStep + steps - 1))
      return try measure(on: store, scale: steps) { view in
        try engine.range(expr, from: from, through: through, step: PromDuration(milliseconds: BenchStore.interval), on: view)
      }
    }
    return Measurement(expression: expression, way: .steps, once: try cost(Self.steps), twice: try cost(2 * Self.steps))
  }

  private func window(_ expression: BenchExpression) throws -> Measurement {
    let cost = { (samples: Int) throws -> Cost in
      let expr = try parse(expression.text(window: "\(Int64(samples) * BenchStore.interval / 1000)s"))
      return try measure(on: store, scale: samples) { view in
        try engine.instant(expr, at: store.time(ofSample: store.samplesPerSeries - 1), on: view)
      }
    }
    return Measurement(expression: expression, way: .window, once: try cost(Self.steps), twice: try cost(2 * Self.steps))
  }

  private func series(_ expression: BenchExpression) throws -> Measurement {
    let expr = try parse(expression.text(window: "5m"))
    let costs = try wide.map { store, engine in
      try measure(on: store, scale: 1) { view in
        try engine.instant(expr, at: store.time(ofSample: store.samplesPerSeries - 1), on: view)
      }
    }
    return Measurement(expression: expression, way: .series, once: costs[0], twice: costs[1])
  }

  func parts(_ expression: BenchExpression) throws -> Set<String> { try engine.parts(of: try parse(expression.text(window: "5m"))) }

  private func parse(_ text: String) throws -> Expr { try PromQLParser(features: .all).parse(text) }

  /// The first time the series are looked up; that is not measured.
  private func measure(on store: BenchStore, scale: Int, _ ask: (any SeriesView) throws -> QueryResult) throws -> Cost {
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
