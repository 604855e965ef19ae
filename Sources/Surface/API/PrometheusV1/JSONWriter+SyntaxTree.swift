import PromQLSyntax
import SeriesModel
import TextCoding

extension JSONWriter {
  /// An expression as `parse_query` shows it: one object a node, members sorted by name, offsets and ranges in milliseconds.
  mutating func tree(_ expr: Expr) {
    beginObject()
    let type: String
    switch expr {
    case .number(let literal):
      type = "numberLiteral"
      member("type", type)
      member("val", NumberText.fixed(literal.value))
      endObject()
      return
    case .string(let literal):
      type = "stringLiteral"
      member("type", type)
      member("val", literal.value)
      endObject()
      return
    case .vector(let selector): type = vector(selector)
    case .matrix(let matrix): type = vector(matrix.selector, range: matrix.window)
    case .subquery(let subquery): type = self.subquery(subquery)
    case .call(let call): type = self.call(call)
    case .aggregate(let aggregate): type = self.aggregate(aggregate)
    case .unary(let unary):
      type = "unaryExpr"
      child("expr", unary.expr)
      member("op", unary.op.rawValue)
    case .binary(let binary): type = self.binary(binary)
    case .paren(let paren):
      type = "parenExpr"
      child("expr", paren.expr)
    }
    if case .aggregate(let aggregate) = expr {
      member("type", type)
      key("without")
      bool(aggregate.without)
    } else {
      member("type", type)
    }
    endObject()
  }

  private mutating func child(_ name: String, _ expr: Expr) {
    key(name)
    tree(expr)
  }

  private mutating func vector(_ selector: VectorSelector, range: DurationExpr? = nil) -> String {
    key("matchers")
    beginArray()
    for matcher in selector.matchers {
      beginObject()
      member("name", matcher.name)
      member("type", matcher.kind.rawValue)
      member("value", matcher.value)
      endObject()
    }
    endArray()
    member("name", selector.name ?? "")
    length("offset", selector.offset)
    if let range { length("range", range) }
    anchor(selector.at)
    return range == nil ? "vectorSelector" : "matrixSelector"
  }

  private mutating func subquery(_ subquery: Subquery) -> String {
    child("expr", subquery.expr)
    length("offset", subquery.offset)
    length("range", subquery.window)
    startOrEnd(subquery.at)
    length("step", subquery.step)
    timestamp(subquery.at)
    return "subquery"
  }

  private mutating func call(_ call: Call) -> String {
    key("args")
    beginArray()
    for argument in call.arguments { tree(argument) }
    endArray()
    key("func")
    let signature = FunctionSignature.named(call.function)
    beginObject()
    key("argTypes")
    beginArray()
    for type in signature?.arguments ?? [] { string(type.rawValue) }
    endArray()
    member("name", call.function)
    member("returnType", (signature?.returns ?? .vector).rawValue)
    member("variadic", signature?.variability.number ?? 0)
    endObject()
    return "call"
  }

  private mutating func aggregate(_ aggregate: Aggregate) -> String {
    child("expr", aggregate.expr)
    strings("grouping", aggregate.grouping)
    member("op", aggregate.op.rawValue)
    key("param")
    if let parameter = aggregate.parameter { tree(parameter) } else { null() }
    return "aggregation"
  }

  private mutating func binary(_ binary: Binary) -> String {
    key("bool")
    bool(binary.returnBool)
    child("lhs", binary.lhs)
    key("matching")
    if let matching = binary.matching {
      beginObject()
      member("card", matching.cardinality.text)
      strings("include", matching.include)
      strings("labels", matching.labels)
      key("on")
      bool(matching.on)
      endObject()
    } else {
      null()
    }
    member("op", binary.op.rawValue)
    child("rhs", binary.rhs)
    return "binaryExpr"
  }

  private mutating func strings(_ name: String, _ values: [String]) {
    key(name)
    beginArray()
    for value in values { string(value) }
    endArray()
  }

  private mutating func anchor(_ at: AtModifier?) {
    startOrEnd(at)
    timestamp(at)
  }

  private mutating func startOrEnd(_ at: AtModifier?) {
    key("startOrEnd")
    switch at {
    case .start: string("start")
    case .end: string("end")
    case .timestamp, nil: null()
    }
  }

  private mutating func timestamp(_ at: AtModifier?) {
    key("timestamp")
    if case .timestamp(let time) = at { integer(Int(time.milliseconds)) } else { null() }
  }

  /// A length that is worked out when the query runs is 0, as the reference has it.
  private mutating func length(_ name: String, _ duration: DurationExpr?) {
    key(name)
    if case .literal(let length, _) = duration { integer(Int(length.milliseconds)) } else { integer(0) }
  }
}

extension FunctionSignature.Variability {
  /// As the reference counts: 0 fixed, n optional, -1 any.
  fileprivate var number: Int {
    switch self {
    case .fixed: 0
    case .optional(let most): most
    case .any: -1
    }
  }
}

extension MatchCardinality {
  fileprivate var text: String {
    switch self {
    case .oneToOne: "one-to-one"
    case .manyToOne: "many-to-one"
    case .oneToMany: "one-to-many"
    case .manyToMany: "many-to-many"
    }
  }
}
