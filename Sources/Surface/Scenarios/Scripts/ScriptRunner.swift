import PromQLEngine
import PromQLSyntax
import SeriesModel

/// Evaluates the queries of a script.
package protocol ScriptEngine: Sendable {
  func instant(_ query: String, at time: Timestamp, over source: any SeriesSource) throws(QueryError) -> QueryResult
  func range(_ query: String, from start: Timestamp, through end: Timestamp, step: PromDuration, over source: any SeriesSource)
    throws(QueryError) -> QueryResult
}

/// A case that did not hold, or a line that could not be read.
public struct ScriptFailure: Hashable, Sendable, CustomStringConvertible {
  public var script: String
  public var line: Int
  public var query: String
  public var expected: String
  public var got: String

  /// `NAME.test:LINE query: expected …, got …`
  public var description: String {
    query.isEmpty ? "\(script):\(line) \(got)" : "\(script):\(line) \(query): expected \(expected), got \(got)"
  }
}

/// How the cases of some scripts went.
public struct ScriptReport: Sendable {
  public internal(set) var passed = 0
  public internal(set) var failures: [ScriptFailure] = []
  /// The line of every case, by script, in order; with ``failures`` the whole record.
  package var cases: [(script: String, line: Int)] = []

  /// One line for each failure, and last `N passed, N failed`.
  public var lines: [String] { failures.map(\.description) + ["\(passed) passed, \(failures.count) failed"] }

  mutating func add(_ other: ScriptReport) {
    passed += other.passed
    failures += other.failures
    cases += other.cases
  }
}

/// Runs a script from top to bottom against a store that it fills.
package struct ScriptRunner {
  package typealias Store = any SampleSink & SeriesSource

  private let engine: any ScriptEngine
  private let makeStore: () -> Store
  private var store: Store
  private let script: Script
  private var report = ScriptReport()

  package static func run(_ script: Script, on engine: any ScriptEngine, storing makeStore: @escaping () -> Store) -> ScriptReport {
    var runner = ScriptRunner(script, engine, makeStore)
    runner.run()
    return runner.report
  }

  private init(_ script: Script, _ engine: any ScriptEngine, _ makeStore: @escaping () -> Store) {
    self.script = script
    self.engine = engine
    self.makeStore = makeStore
    store = makeStore()
  }

  private mutating func run() {
    for problem in script.problems { fail(problem.line, "", Mismatch(expected: "", got: problem.message)) }
    for command in script.commands {
      switch command {
      case .clear: store = makeStore()
      case .load(let load): fill(load)
      case .evaluate(let one):
        report.cases.append((script.name, one.line))
        if let mismatch = check(one) { fail(one.line, one.query, mismatch) } else { report.passed += 1 }
      }
    }
  }

  private mutating func fail(_ line: Int, _ query: String, _ mismatch: Mismatch) {
    report.failures.append(
      ScriptFailure(script: script.name, line: line, query: query, expected: mismatch.expected, got: mismatch.got))
  }

  // MARK: load

  /// Floats alone: native histograms leave gaps.
  private mutating func fill(_ load: ScriptLoad) {
    do throws(SinkError) {
      // Of two lines for one series the last holds.
      let last = Dictionary(load.series.enumerated().map { ($1.labels, $0) }) { $1 }
      for (i, series) in load.series.enumerated() where last[series.labels] == i {
        let ref = try store.reference(for: series.labels)
        var batch = SampleBatch()
        for (k, point) in series.points.enumerated() {
          if case .value(let value) = point { batch.append(ref, Int64(k) * load.step.milliseconds, value) }
        }
        if batch.count == 0 { continue }
        let outcome = try store.append(batch)
        if let first = outcome.refused.first {
          fail(load.line, "", Mismatch(expected: "", got: "\(series.labels) point \(first.index) is refused: \(first.why)"))
        }
      }
    } catch {
      fail(load.line, "", Mismatch(expected: "", got: "the store refuses the series: \(error)"))
    }
  }

  // MARK: eval

  private func check(_ one: ScriptCase) -> Mismatch? {
    if let histogram = one.expected.histogram {
      return Mismatch(expected: histogram, got: "no native histograms: they are not supported")
    }
    let comparison = ResultComparison(expected: one.expected, time: one.time)
    switch one.time {
    case .range(let from, let through, let step):
      return judge(one, comparison) { engine, store throws(QueryError) in
        try engine.range(one.query, from: from, through: through, step: step, over: store)
      }
    case .instant(let time):
      let first = judge(one, comparison) { engine, store throws(QueryError) in try engine.instant(one.query, at: time, over: store)
      }
      return first ?? repeated(one, at: time, comparison)
    }
  }

  /// Runs a query and compares what comes.
  private func judge(
    _ one: ScriptCase, _ comparison: ResultComparison, remarks: Bool = true,
    _ run: (any ScriptEngine, Store) throws(QueryError) -> QueryResult
  ) -> Mismatch? {
    let result: QueryResult
    do throws(QueryError) {
      result = try run(engine, store)
    } catch {
      guard let failure = one.expected.failure else { return Mismatch(expected: "a result", got: "the error “\(error.message)”") }
      return failure.fits(error.message) ? nil : Mismatch(expected: "the error \(failure)", got: "the error “\(error.message)”")
    }
    if let failure = one.expected.failure {
      return Mismatch(expected: "the error \(failure)", got: ResultComparison.show(result.value))
    }
    return comparison.mismatch(of: result.value) ?? (remarks ? comparison.mismatch(of: result.annotations) : nil)
  }

  // MARK: Repetitions

  /// The same query in the middle of a range, and pinned by `@` at other times.
  private func repeated(_ one: ScriptCase, at time: Timestamp, _ comparison: ResultComparison) -> Mismatch? {
    guard one.expected.failure == nil, !one.expected.isOrdered, one.expected.string == nil, one.expected.window == nil,
      let expr = try? PromQLParser(features: .all).parse(one.query)
    else { return nil }
    if !QueryVariants.dependsOnSpan(expr), let mismatch = inRange(one, expr, at: time, comparison) {
      return Mismatch(expected: mismatch.expected, got: mismatch.got + " (as the middle step of a range query)")
    }
    guard let pinned = QueryVariants.pinned(expr, at: time) else { return nil }
    for other in QueryVariants.times(around: time) {
      let mismatch = judge(one, comparison, remarks: false) { engine, store throws(QueryError) in
        try engine.instant(pinned.description, at: other, over: store)
      }
      if let mismatch {
        let at = PromDuration(milliseconds: other.milliseconds)
        return Mismatch(expected: mismatch.expected, got: mismatch.got + " (as \(pinned), evaluated at \(at))")
      }
    }
    return nil
  }

  private func inRange(_ one: ScriptCase, _ expr: Expr, at time: Timestamp, _ comparison: ResultComparison) -> Mismatch? {
    let minute = PromDuration.minutes(1)
    return judge(one, comparison, remarks: false) { engine, store throws(QueryError) in
      var result = try engine.range(one.query, from: time - minute, through: time + minute, step: minute, over: store)
      guard case .matrix(let series) = result.value else { return result }
      let elements = series.compactMap { one in
        one.timestamps.firstIndex(of: time.milliseconds).map {
          VectorElement(labels: one.labels, timestamp: time, value: one.values[$0])
        }
      }
      // A scalar comes as a series without labels.
      result.value = expr.valueType == .scalar ? .scalar(Sample(time, elements.first?.value ?? .nan)) : .vector(elements)
      return result
    }
  }
}
