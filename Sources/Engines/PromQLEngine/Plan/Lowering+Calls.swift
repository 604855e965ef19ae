import PromQLSyntax
import SeriesModel
import SourceText

extension Lowering {
  func lower(_ call: Call) throws(QueryError) -> Plan {
    guard let signature = FunctionSignature.named(call.function) else {
      throw .badData("unknown function with name \"\(call.function)\"")
    }
    if signature.isExperimental, !features.contains(.experimentalFunctions) {
      throw .badData(
        "function \"\(call.function)\" is not enabled; it is experimental and needs --enable-feature=promql-experimental-functions")
    }
    let (least, most) = signature.argumentCounts
    guard call.arguments.count >= least, call.arguments.count <= most ?? .max else {
      throw .badData("wrong number of arguments in call to \"\(call.function)\": \(call.arguments.count)")
    }
    if let function = OverTimeFunction(rawValue: call.function) { return try overTime(function, call) }
    if let function = MathFunction(rawValue: call.function) { return try math(function, call) }
    if let function = ClockFunction(rawValue: call.function) { return .clock(function) }
    if let function = ScalarMath(rawValue: call.function) {
      return .scalarMath(function, try scalars(call.arguments))
    }
    return try special(call)
  }

  private func scalars(_ arguments: some Sequence<Expr>) throws(QueryError) -> [Plan] {
    var plans: [Plan] = []
    for argument in arguments { plans.append(try scalar(argument)) }
    return plans
  }

  private func strings(_ arguments: some Sequence<Expr>) throws(QueryError) -> [String] {
    var texts: [String] = []
    for argument in arguments {
      guard case .text(let text) = try lower(argument) else { throw misfit("a string", argument) }
      texts.append(text)
    }
    return texts
  }

  private func overTime(_ function: OverTimeFunction, _ call: Call) throws(QueryError) -> Plan {
    guard let place = call.arguments.firstIndex(where: { $0.valueType == .matrix }) else {
      throw misfit("a range vector", call.arguments[0])
    }
    var others = call.arguments
    let input = others.remove(at: place)
    return .overTime(
      OverTimePlan(
        function: function, input: try range(input), parameters: try scalars(others), inputRange: Self.place(ofRange: input),
        firstRange: Self.place(of: call.arguments[0], in: call)))
  }

  /// Where remarks about a range stand: the reference loses a subquery's place when it evaluates it.
  private static func place(ofRange expr: Expr) -> SourceRange {
    if case .subquery = bare(expr) { return SourceRange(0, 0) }
    return bare(expr).range
  }

  /// Where remarks about an argument stand: within its parentheses, unless it is worked out once for all steps of a call that is not.
  private static func place(of argument: Expr, in call: Call) -> SourceRange {
    let isOnce = isFixed(argument) && !call.arguments.allSatisfy(isFixed)
    return isOnce ? argument.range : bare(argument).range
  }

  /// Whether an expression is the same at every step, as far as its text tells.
  private static func isFixed(_ expr: Expr) -> Bool {
    switch expr {
    case .number, .string: true
    case .vector(let selector): selector.at != nil
    case .matrix(let matrix): matrix.selector.at != nil
    case .subquery(let subquery): subquery.at != nil
    case .call(let call): !dependsOnTime(call.function) && call.arguments.allSatisfy(isFixed)
    case .aggregate(let aggregate): isFixed(aggregate.expr)
    case .unary, .binary, .paren: expr.children.allSatisfy(isFixed)
    }
  }

  private static func dependsOnTime(_ function: String) -> Bool {
    ClockFunction(rawValue: function) != nil || MathFunction(rawValue: function)?.dependsOnTime == true
      || function == "predict_linear"
  }

  private func math(_ function: MathFunction, _ call: Call) throws(QueryError) -> Plan {
    guard let first = call.arguments.first else {
      return .math(MathPlan(function: function, vector: .toVector(.clock(.time)), parameters: []))
    }
    let vector = try vector(first)
    if function == .timestamp, case .select(let selection) = vector { return .sampleTimes(selection) }
    return .math(MathPlan(function: function, vector: vector, parameters: try scalars(call.arguments.dropFirst())))
  }

  private func special(_ call: Call) throws(QueryError) -> Plan {
    let arguments = call.arguments
    switch call.function {
    case "pi": return .number(.pi)
    case "scalar": return .toScalar(try vector(arguments[0]))
    case "vector": return .toVector(try scalar(arguments[0]))
    case "absent": return .absent(try vector(arguments[0]), absentLabels(arguments[0]))
    case "absent_over_time": return .absentOverTime(try range(arguments[0]), absentLabels(arguments[0]))
    case "label_replace", "label_join":
      try refuseBrokenLabels(call)
      return try relabeling(call)
    case "sort", "sort_desc": return .sort(try vector(arguments[0]), .byValue(descending: call.function == "sort_desc"), call.range)
    case "sort_by_label", "sort_by_label_desc":
      let labels = try strings(arguments.dropFirst())
      return .sort(try vector(arguments[0]), .byLabels(labels, descending: call.function == "sort_by_label_desc"), call.range)
    case "histogram_quantile", "histogram_quantiles", "histogram_fraction": return try buckets(call)
    case "histogram_avg", "histogram_count", "histogram_stddev", "histogram_stdvar", "histogram_sum":
      return .nothing(try vector(arguments[0]))
    case "info":
      var matchers: [Matcher] = []
      if arguments.count > 1 {
        guard case .vector(let selector) = Self.bare(arguments[1]) else { throw misfit("label selectors", arguments[1]) }
        matchers = selector.matchers
      }
      let vector = try vector(arguments[0])
      return .info(InfoPlan(vector: vector, matchers: matchers, shift: vector.firstShift ?? .none))
    default: throw .badData("function \"\(call.function)\" is not supported")
    }
  }

  private func relabeling(_ call: Call) throws(QueryError) -> Plan {
    let texts = try strings(call.arguments.dropFirst())
    let vector = try vector(call.arguments[0])
    if call.function == "label_join" { return .relabel(vector, .join(LabelJoining(texts))) }
    return .relabel(vector, .replace(LabelReplacement(texts)))
  }

  /// A label's name is UTF-8, though a string may not be.
  private func refuseBrokenLabels(_ call: Call) throws(QueryError) {
    let sources = call.function == "label_join" ? call.arguments.dropFirst(3) : []
    for (kind, names) in [("source", sources), ("destination", call.arguments[1...1])] {
      for name in names {
        guard case .string(let literal) = Self.bare(name), literal.broken != nil else { continue }
        throw .execution("invalid \(kind) label name in \(call.function)(): \(literal.value)")
      }
    }
  }

  private func buckets(_ call: Call) throws(QueryError) -> Plan {
    let arguments = call.arguments
    switch call.function {
    case "histogram_quantiles":
      let label = try strings(arguments[1...1])[0]
      return .buckets(
        BucketPlan(
          kind: .quantiles(label), vector: try vector(arguments[0]), parameters: try scalars(arguments.dropFirst(2)),
          parameterRanges: arguments.dropFirst(2).map { Self.bare($0).range }, vectorRange: Self.bare(arguments[0]).range))
    default:
      let last = arguments[arguments.count - 1]
      return .buckets(
        BucketPlan(
          kind: call.function == "histogram_fraction" ? .fraction : .quantile, vector: try vector(last),
          parameters: try scalars(arguments.dropLast()), parameterRanges: arguments.dropLast().map { Self.place(of: $0, in: call) },
          vectorRange: Self.place(of: last, in: call)))
    }
  }

  /// What is known of a series that is not there: its equality conditions, unless a label has several conditions.
  private func absentLabels(_ expr: Expr) -> LabelSet {
    let matchers: [Matcher]
    switch Self.bare(expr) {
    case .vector(let selector): matchers = selector.matchers
    case .matrix(let matrix): matchers = matrix.selector.matchers
    default: return .empty
    }
    var builder = LabelSetBuilder()
    var seen: Set<ExactText> = []
    for matcher in matchers where matcher.name != LabelName.metric {
      if matcher.kind == .equal, !seen.contains(ExactText(matcher.name)) {
        builder.set(matcher.name, matcher.value)
        seen.insert(ExactText(matcher.name))
      } else {
        builder.remove(matcher.name)
      }
    }
    return builder.build()
  }
}
