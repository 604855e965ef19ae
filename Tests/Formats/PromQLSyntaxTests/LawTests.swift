import SeriesModel
import SourceText
import Testing

@testable import PromQLSyntax

@Suite struct LawTests {
  @Test func `what is printed reads back as the same tree`() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("parse(print(x)) == x: seed \(seed)")
    var random = RandomExpr(seed: seed)
    for _ in 0..<1500 {
      let expr = random.vector(depth: 4)
      let text = expr.description
      let back: Expr
      do { back = try Expr.parse(text, features: .all) } catch {
        Issue.record("seed \(seed): \(text) is refused: \(error)")
        return
      }
      #expect(back.canonical == expr.canonical, "seed \(seed): \(text)")
      #expect(back.description == text, "seed \(seed)")
      let pretty = try Expr.parse(expr.prettyDescription, features: .all)
      #expect(pretty.canonical == expr.canonical, "seed \(seed): pretty \(text)")
    }
  }

  @Test func `every node's range holds its text`() throws {
    let query = "sum by (a) (rate(foo{x=\"y\"}[5m] offset 1m)) / -(bar) * 3"
    let expr = try Expr.parse(query)
    var texts: [String] = []
    expr.walk { node in
      texts.append(String(decoding: Array(query.utf8)[node.range.lower..<node.range.upper], as: UTF8.self))
      return true
    }
    #expect(
      texts == [
        query, "sum by (a) (rate(foo{x=\"y\"}[5m] offset 1m)) / -(bar)", "sum by (a) (rate(foo{x=\"y\"}[5m] offset 1m))",
        "rate(foo{x=\"y\"}[5m] offset 1m)", "foo{x=\"y\"}[5m] offset 1m", "-(bar)", "(bar)", "bar", "3",
      ])
  }

  @Test func `no bytes crash the parser`() {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("hostile queries: seed \(seed)")
    var random = SplitMix(state: seed)
    let pieces = [
      "foo", "(", ")", "{", "}", "[", "]", "\"a\"", "'", "`", "\\", "5m", "1e", "0x", "_", ":", "@", "offset", "by", "sum", "rate",
      "+", "-", "^",
      "==", "!=", "=~", "!~", "bool", "on", "group_left", "fill(", "anchored", "step()", "min_of(", ",", "#", "\n", " ", "é",
      "\u{0}", "\u{fffd}",
      "{{", "x3", "_x", "stale", "1+1x3", "NaN", "start", "\\xff", "\u{1F600}",
    ]
    for _ in 0..<4000 {
      let count = Int(random.next() % 12)
      var text = ""
      for _ in 0..<count { text += pieces[Int(random.next() % UInt64(pieces.count))] }
      let parser = PromQLParser(features: .all)
      _ = try? parser.parse(text)
      _ = try? parser.parseSelector(text)
      _ = try? parser.parseMetric(text)
      _ = try? parser.parseSeries(text)
    }
  }
}

struct SplitMix: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
    return z ^ z >> 31
  }
}

/// Trees that the parser could have made, of every kind of node. Offsets in parentheses are not among them: what follows such an offset belongs to it.
struct RandomExpr {
  private var random: SplitMix
  init(seed: UInt64) { random = SplitMix(state: seed) }

  private mutating func pick<T>(_ all: [T]) -> T { all[Int(random.next() % UInt64(all.count))] }
  private mutating func chance(_ n: UInt64) -> Bool { random.next() % n == 0 }

  mutating func vector(depth: Int) -> Expr {
    if depth == 0 { return .vector(selector()) }
    switch random.next() % 7 {
    case 0: return .vector(selector())
    case 1:
      return .call(
        Call(function: pick(["rate", "increase", "last_over_time"]), arguments: [matrix(depth: depth - 1)], range: .unknown))
    case 2:
      return .call(Call(function: "clamp_max", arguments: [vector(depth: depth - 1), scalar(depth: depth - 1)], range: .unknown))
    case 3: return aggregate(depth: depth)
    case 4:
      let inner = vector(depth: depth - 1)
      return .unary(Unary(op: pick([.plus, .minus]), expr: closed(inner, above: 6), range: .unknown))
    case 5: return .paren(Paren(vector(depth: depth - 1), range: .unknown))
    default: return binary(depth: depth)
    }
  }

  private mutating func scalar(depth: Int) -> Expr {
    if depth > 0, chance(3) { return .call(Call(function: "scalar", arguments: [vector(depth: depth - 1)], range: .unknown)) }
    if chance(3) { return .number(NumberLiteral(pick([60, 5400, 0.001, -3600]), isDuration: true, range: .unknown)) }
    return .number(NumberLiteral(pick([0, 1, -1, 0.5, 1e21, -1e-7, .infinity, 123456.789, 1 / 3]), range: .unknown))
  }

  private mutating func aggregate(depth: Int) -> Expr {
    let op = pick(AggregateOperator.allCases)
    var parameter: Expr?
    if op.takesParameter {
      parameter = op == .countValues ? .string(StringLiteral(text(), range: .unknown)) : scalar(depth: depth - 1)
    }
    let grouping = (0..<Int(random.next() % 3)).map { pick(["a", "b", "x.y", "le", "ü"]) + "\($0)" }
    let without = chance(2)
    return .aggregate(
      Aggregate(op: op, expr: vector(depth: depth - 1), parameter: parameter, grouping: grouping, without: without, range: .unknown)
    )
  }

  private mutating func binary(depth: Int) -> Expr {
    let op = pick(BinaryOperator.allCases)
    let both = op.isSet || chance(2)
    let left = vector(depth: depth - 1)
    let right = both ? vector(depth: depth - 1) : scalar(depth: depth - 1)
    var matching: VectorMatching?
    if both {
      var m = VectorMatching(cardinality: op.isSet ? .manyToMany : pick([.oneToOne, .manyToOne, .oneToMany]))
      m.on = m.cardinality == .oneToOne ? false : chance(2)
      if m.on || chance(2) { m.labels = (0..<Int(random.next() % 3)).map { "m\($0)" } }
      if m.cardinality == .manyToOne || m.cardinality == .oneToMany { m.include = chance(2) ? ["i", "j.k"] : [] }
      if !op.isSet, chance(4) { (m.fillLeft, m.fillRight) = pick([(0, 0), (1, nil), (nil, -2.5), (.infinity, 3)]) }
      matching = m
    }
    let tight = op.precedence
    return .binary(
      Binary(
        op: op, lhs: closed(left, above: op == .power ? tight + 1 : tight),
        rhs: closed(right, above: op == .power ? tight : tight + 1),
        returnBool: op.isComparison && chance(2), matching: matching, operatorRange: .unknown, range: .unknown))
  }

  /// In parentheses where the operator around it would tear it apart.
  private func closed(_ expr: Expr, above precedence: Int) -> Expr {
    let own: Int
    switch expr {
    case .binary(let b): own = b.op.precedence
    case .unary: own = 5
    case .number(let n) where n.value < 0: own = 5
    default: own = 7
    }
    // A sign to the right may hold more than its own: it is always closed.
    if case .unary = expr { return .paren(Paren(expr, range: .unknown)) }
    if case .binary(let b) = expr, endsOpen(.binary(b)) { return .paren(Paren(expr, range: .unknown)) }
    return own >= precedence ? expr : .paren(Paren(expr, range: .unknown))
  }

  private func endsOpen(_ expr: Expr) -> Bool {
    if case .binary(let b) = expr { return endsOpen(b.rhs) }
    if case .unary = expr { return true }
    return false
  }

  private mutating func matrix(depth: Int) -> Expr {
    if depth > 0, chance(3) {
      var inner = vector(depth: depth - 1)
      switch inner {
      case .vector, .call, .aggregate, .paren: break
      default: inner = .paren(Paren(inner, range: .unknown))
      }
      if case .vector(let s) = inner, s.edges != .ordinary { inner = .paren(Paren(inner, range: .unknown)) }
      return .subquery(
        Subquery(
          expr: inner, window: duration(), step: chance(2) ? duration() : nil, offset: chance(3) ? offset() : nil, at: at(),
          range: .unknown))
    }
    return .matrix(MatrixSelector(selector: selector(), window: duration(), range: .unknown))
  }

  private mutating func selector() -> VectorSelector {
    let name: String? = chance(4) ? nil : pick(["foo", "a:b", "sum", "by", "step", "NaN_", "fill", "start"])
    var matchers: [Matcher] = name == nil ? [.equal("__name__", pick(["x.y", "z", "ünï"]))] : []
    for i in 0..<Int(random.next() % 3) {
      matchers.append(
        pick([
          .equal("l\(i)", text()), .notEqual("m.\(i)", text()), try! Matcher("r\(i)", .regex, "a|b.*"),
          try! Matcher("r\(i)", .notRegex, "x+"),
        ]))
    }
    if let name { matchers.append(.equal("__name__", name)) }
    return VectorSelector(
      name: name, matchers: matchers, offset: chance(4) ? offset() : nil, at: at(),
      edges: chance(8) ? pick([.anchored, .smoothed]) : .ordinary, range: .unknown)
  }

  private mutating func text() -> String {
    pick(["", "a", "\"q\"", "back\\slash", "line\nbreak", "ünïcode", "\u{0}\u{7f}", "\u{a0}", "🙂"])
  }

  private mutating func at() -> AtModifier? {
    chance(4)
      ? pick([.start, .end, .timestamp(Timestamp(milliseconds: 1_609_746_000_123)), .timestamp(Timestamp(milliseconds: -5))]) : nil
  }

  private mutating func duration() -> DurationExpr {
    if chance(4) {
      let sum = DurationExpr.binary(.add, .step(.unknown), .number(1, .unknown), .unknown)
      return pick([
        sum, .binary(.multiply, .paren(sum, .unknown), .literal(.seconds(3), .unknown), .unknown),
        .minimum(.range(.unknown), .literal(.minutes(5), .unknown), .unknown), .negative(.step(.unknown), .unknown),
      ])
    }
    return .literal(pick([.seconds(1), .minutes(5), .hours(36), .milliseconds(1), .hours(24 * 365)]), .unknown)
  }

  private mutating func offset() -> DurationExpr {
    if chance(4) {
      return pick([
        .step(.unknown), .negative(.range(.unknown), .unknown), .maximum(.step(.unknown), .number(2, .unknown), .unknown),
      ])
    }
    return .literal(pick([.seconds(-30), .minutes(5), .hours(36)]), .unknown)
  }
}
