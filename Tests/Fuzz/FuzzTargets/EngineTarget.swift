import PromQLSyntax
import SeriesModel
import Storage
import Threading

@testable import PromQLEngine

/// The engine: a query gives one answer, however it is planned, kept and asked for, and stays within its limits.
enum EngineTarget: FuzzTarget {
  static let name = "engine"
  static var seeds: [[UInt8]] { QueryWriter.seeds }

  static func run(_ bytes: [UInt8]) {
    let text = QueryWriter.query(bytes)
    guard let expr = try? PromQLParser(features: .all).parse(text) else { return }
    // Store, settings and times follow from the text, so that a finding is one input.
    let number = text.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    let setting = Setting.all[Int(number >> 8 & 3)]
    let head = Int(number >> 12 & 3)
    let steps: [Int64] = [15_000, 60_000, 250, 3_600_000]
    let question = Question(
      expr: expr, text: text, view: SmallStore.heads[head].view(), options: setting.options,
      start: SmallStore.start + Int64(number >> 16 & 0xfff) * 1000, step: steps[Int(number >> 32 & 3)])
    let answer = question.planned()
    let what = "\(text) at \(question.start) by \(question.step), store \(head), setting \(setting.number)"
    checkLimits(answer, question, what)
    checkPlans(answer, question, what)
    checkKept(answer, question, setting.kept[head], what)
    checkInstants(answer, question, what)
    _ = try? Engine(options: setting.options).explain(
      expr, from: Timestamp(milliseconds: question.start), through: Timestamp(milliseconds: question.start), step: .seconds(1),
      on: question.view)
  }

  /// An answer has no more than its limits allow, and a query that nobody waits for has none.
  private static func checkLimits(_ answer: Answer, _ question: Question, _ what: String) {
    if case .success(let result) = answer {
      law(result.statistics.peakSamples <= question.options.maxSamples, "\(result.statistics.peakSamples) samples: \(what)")
    }
    var tight = question
    tight.options.maxSamples = 20
    if case .success(let result) = tight.planned() {
      law(result.statistics.peakSamples <= 20, "\(result.statistics.peakSamples) samples: \(what)")
    }
    tight = question
    tight.options.memoryLimit = 4096
    tight.options.maxSeries = 4
    _ = tight.planned()
  }

  private static func checkPlans(_ answer: Answer, _ question: Question, _ what: String) {
    // An invariant aggregation takes its parameter from the first step, as in the reference; and what is evaluated at one step only is added up in the order
    // in which that step has it.
    guard !question.hasChangingParameter, !(question.dependsOnOrder && question.fixesTimes) else { return }
    let plain = question.answer { () throws(QueryError) in
      try CompiledQuery(question.expr, source: question.text, features: .all, passes: [])
    }
    expect(plain, sameAs: answer, "without passes: \(what)")
  }

  private static func checkKept(_ answer: Answer, _ question: Question, _ engine: Engine, _ what: String) {
    for round in 1...2 {
      let kept = Answer.catching { () throws(QueryError) in
        try engine.range(
          question.expr, text: question.text, from: question.from, through: question.through, step: question.width,
          on: question.view)
      }
      expect(kept, sameAs: answer, "round \(round) of a kept plan: \(what)")
    }
  }

  /// Each step of a range is what an instant query answers then.
  private static func checkInstants(_ answer: Answer, _ question: Question, _ what: String) {
    // Where the removal of names is put off, the first step of a range decides for a series whether it loses its own.
    guard !question.options.delaysNameRemoval, !question.dependsOnOrder else { return }
    guard case .success(let result) = answer, case .matrix(let series) = result.value, !question.dependsOnSpan,
      !question.hasChangingParameter
    else { return }
    let query = try? CompiledQuery(question.expr, source: question.text, features: .all)
    guard let query else { return }
    let engine = Engine(options: question.options)
    for step in 0..<Question.steps {
      let time = question.start + Int64(step) * question.step
      let instant = Answer.catching { () throws(QueryError) in
        try engine.instant(query, at: Timestamp(milliseconds: time), on: question.view, until: .never, lookback: nil)
      }
      var wanted: [LabelSet: Double] = [:]
      for one in series {
        if let i = one.timestamps.firstIndex(of: time) { wanted[one.labels] = one.values[i] }
      }
      switch instant {
      case .failure(let error): law(isLimit(error), "\(error) at step \(step) alone: \(what)")
      case .success(let alone):
        var got: [LabelSet: Double] = [:]
        switch alone.value {
        case .scalar(let sample): got[.empty] = sample.value
        case .vector(let elements):
          for element in elements { got[element.labels] = element.value }
          law(got.count == elements.count, "a label set twice at step \(step): \(what)")
        default: continue
        }
        law(
          got.count == wanted.count && got.allSatisfy { label, value in wanted[label].map { same($0, value) } ?? false },
          "step \(step) alone is \(got), in a range \(wanted): \(what)")
      }
    }
  }

  private static func expect(_ answer: Answer, sameAs wanted: Answer, _ what: String) {
    switch (answer, wanted) {
    case (.failure(let a), .failure(let b)): law(a == b || isLimit(a) || isLimit(b), "\(a) for \(b), \(what)")
    case (.failure(let error), .success), (.success, .failure(let error)):
      law(isLimit(error), "only one of two fails with \(error), \(what)")
    case (.success(let a), .success(let b)):
      law(sameValue(a.value, b.value), "\(a.value) for \(b.value), \(what)")
      // What is evaluated once is no range; so says the reference.
      let remarks = [a, b].map { $0.annotations.filter { !$0.text.contains(RemarkText.sortWithoutEffect) } }
      law(remarks[0] == remarks[1], "\(remarks[0]) for \(remarks[1]), \(what)")
    }
  }

  /// Plans differ in how much they hold at a time.
  private static func isLimit(_ error: QueryError) -> Bool {
    error.message.contains("too many samples") || error.message.contains("bytes of memory")
      || error.message.contains("too many series")
  }

  private static func sameValue(_ a: QueryValue, _ b: QueryValue) -> Bool {
    guard case .matrix(let a) = a, case .matrix(let b) = b, a.count == b.count else { return false }
    return zip(a, b).allSatisfy {
      $0.labels == $1.labels && $0.timestamps == $1.timestamps && zip($0.values, $1.values).allSatisfy(same)
    }
  }

  private static func same(_ a: Double, _ b: Double) -> Bool { a.bitPattern == b.bitPattern || a.isNaN && b.isNaN }
}

typealias Answer = Result<QueryResult, QueryError>

extension Answer {
  static func catching(_ body: () throws(QueryError) -> QueryResult) -> Answer {
    do throws(QueryError) { return .success(try body()) } catch { return .failure(error) }
  }
}

/// One of the ways to run an engine, with an engine for each store that keeps its plans.
private struct Setting: Sendable {
  var number: Int
  var options: EngineOptions
  var kept: [Engine]

  static let all = (0..<4).map { number in
    var options = EngineOptions(
      maxSamples: 200_000, features: .all, delaysNameRemoval: number & 1 != 0, edition: number & 2 != 0 ? .newest : .v3_5,
      memoryLimit: 32 << 20)
    let plain = options
    options.cachedPlans = 64
    return Setting(number: number, options: plain, kept: SmallStore.heads.map { _ in Engine(options: options) })
  }
}

/// A range query of a few steps.
private struct Question {
  static let steps = 4
  var expr: Expr
  var text: String
  var view: any SeriesView
  var options: EngineOptions
  var start: Int64
  var step: Int64

  var from: Timestamp { Timestamp(milliseconds: start) }
  var through: Timestamp { Timestamp(milliseconds: start + step * Int64(Self.steps - 1)) }
  var width: PromDuration { PromDuration(milliseconds: step) }

  func planned() -> Answer { answer { () throws(QueryError) in try CompiledQuery(expr, source: text, features: .all) } }

  func answer(_ compile: () throws(QueryError) -> CompiledQuery) -> Answer {
    .catching { () throws(QueryError) in
      let query = try compile()
      let run = Evaluation(
        on: view, options: options, lookback: nil, span: TimeSpan(from: from, through: through), step: step, text: text,
        isKept: query.isKept, memory: ByteClaim(of: ByteBudget(limit: .max)), until: .never, clock: nil)
      let grid = StepGrid(from: from.milliseconds, through: through.milliseconds, step: step)
      let value = try query.range(run, over: grid)
      return QueryResult(value: value, annotations: run.remarks.all, statistics: run.statistics)
    }
  }

  /// Whether an aggregation's parameter is more than a number or a string.
  var hasChangingParameter: Bool {
    var found = false
    expr.walk { node in
      if case .aggregate(let aggregate) = node, let parameter = aggregate.parameter {
        switch parameter {
        case .number, .string: break
        default: found = true
        }
      }
      return !found
    }
    return found
  }

  /// Whether it adds or picks in the order of what is worked out beneath: where functions make one series of several, the first step of a range decides
  /// on the order, as in the reference, and sums round differently.
  var dependsOnOrder: Bool {
    var found = false
    expr.walk { node in
      if case .aggregate(let aggregate) = node, [.sum, .avg, .stddev, .stdvar, .topk, .bottomk, .limitk].contains(aggregate.op) {
        if case .vector = aggregate.expr {} else { found = true }
      }
      return !found
    }
    return found
  }

  /// Whether some of it is the same at every step.
  var fixesTimes: Bool {
    var found = false
    expr.walk { node in
      switch node {
      case .vector(let selector): if selector.at != nil { found = true }
      case .matrix(let matrix): if matrix.selector.at != nil { found = true }
      case .subquery(let subquery): if subquery.at != nil { found = true }
      default: break
      }
      return !found
    }
    return found
  }

  /// Whether it looks at the query's own times, which an instant query has differently.
  var dependsOnSpan: Bool {
    var found = false
    func look(_ at: AtModifier?, _ durations: DurationExpr?...) {
      if at == .start || at == .end || durations.contains(where: { $0 != nil && $0!.constant == nil }) { found = true }
    }
    expr.walk { node in
      switch node {
      case .vector(let selector): look(selector.at, selector.offset)
      case .matrix(let matrix): look(matrix.selector.at, matrix.selector.offset, matrix.window)
      case .subquery(let subquery): look(subquery.at, subquery.offset, subquery.window, subquery.step)
      case .call(let call): if ["start", "end", "step", "range"].contains(call.function) { found = true }
      default: break
      }
      return !found
    }
    return found
  }
}
