/// The functions of Go's template language itself.
extension GoFunction {
  static let builtins: [String: GoFunction] = [
    "and": GoFunction(choosing: false),
    "or": GoFunction(choosing: true),
    "not": GoFunction([.anything]) { _, v in .bool(!v[0].truth) },
    "len": GoFunction([.anything]) { _, v throws(GoError) in .int(try Indexing.length(v[0])) },
    "index": GoFunction([.anything], rest: .anything) { _, v throws(GoError) in try Indexing.index(v[0], v.dropFirst()) },
    "slice": GoFunction([.anything], rest: .anything) { _, v throws(GoError) in try Indexing.slice(v[0], v.dropFirst()) },
    "print": GoFunction(rest: .anything) { _, v in .string(GoPrinter.sprint(v)) },
    "println": GoFunction(rest: .anything) { _, v in .string(GoPrinter.sprintln(v)) },
    "printf": GoFunction([.text], rest: .anything) { run, v throws(GoError) in
      .string(try GoFormat.sprintf(text(v[0]), Array(v.dropFirst()), limit: run.environment.limits.outputBytes))
    },
    "html": GoFunction(rest: .anything) { _, v in .string(GoText.html(joined(v))) },
    "js": GoFunction(rest: .anything) { _, v in .string(GoText.javaScript(joined(v))) },
    "urlquery": GoFunction(rest: .anything) { _, v in .string(GoText.query(joined(v))) },
    // No value of ours is a function, so every call is refused.
    "call": GoFunction([.anything], rest: .anything) { run, v throws(GoError) in
      throw GoError("non-function \(run.calleeText ?? "<\(v[0].typeName) Value>") of type \(v[0].typeName)")
    },
    "eq": GoFunction([.anything], rest: .anything) { _, v throws(GoError) in .bool(try Comparison.equal(v[0], v.dropFirst())) },
    "ne": GoFunction([.anything, .anything]) { _, v throws(GoError) in .bool(!(try Comparison.equal(v[0], [v[1]]))) },
    "lt": GoFunction([.anything, .anything]) { _, v throws(GoError) in .bool(try Comparison.less(v[0], v[1])) },
    "le": GoFunction([.anything, .anything]) { _, v throws(GoError) in .bool(try Comparison.lessOrEqual(v[0], v[1])) },
    "gt": GoFunction([.anything, .anything]) { _, v throws(GoError) in .bool(!(try Comparison.lessOrEqual(v[0], v[1]))) },
    "ge": GoFunction([.anything, .anything]) { _, v throws(GoError) in .bool(!(try Comparison.less(v[0], v[1]))) },
  ]

  /// One string as it is, anything else as `print` shows it.
  private static func joined(_ values: [GoValue]) -> String {
    if values.count == 1, case .string(let text) = values[0] { return text }
    return GoPrinter.sprint(values.map { $0.isInvalid ? .string("<no value>") : $0 })
  }
}

/// Go's comparisons: only values of one kind compare, and integers are not floats.
enum Comparison {
  private enum Kind { case bool, int, float, text, other, nothing }

  private static func kind(_ value: GoValue) -> Kind {
    switch value {
    case .bool: .bool
    case .int: .int
    case .float: .float
    case .string: .text
    case .invalid: .nothing
    default: .other
    }
  }

  static func equal(_ first: GoValue, _ others: ArraySlice<GoValue>) throws(GoError) -> Bool {
    guard !others.isEmpty else { throw GoError("missing argument for comparison") }
    for other in others where try equal(first, other) { return true }
    return false
  }

  private static func equal(_ a: GoValue, _ b: GoValue) throws(GoError) -> Bool {
    switch (a, b) {
    case (.bool(let x), .bool(let y)): return x == y
    case (.int(let x), .int(let y)): return x == y
    case (.float(let x), .float(let y)): return x == y
    case (.string(let x), .string(let y)): return x.utf8.elementsEqual(y.utf8)
    case (.time(let x), .time(let y)): return x == y
    case (.invalid, .invalid): return true
    case (.invalid, _), (_, .invalid): return false
    default:
      if kind(a) != kind(b) { throw incompatible(a, b) }
      throw GoError("non-comparable type \(GoPrinter.plain(a)): \(a.typeName)")
    }
  }

  static func less(_ a: GoValue, _ b: GoValue) throws(GoError) -> Bool {
    switch (a, b) {
    case (.int(let x), .int(let y)): return x < y
    case (.float(let x), .float(let y)): return x < y
    case (.string(let x), .string(let y)): return x.utf8.lexicographicallyPrecedes(y.utf8)
    default:
      let comparable: [Kind] = [.bool, .int, .float, .text]
      if comparable.contains(kind(a)), comparable.contains(kind(b)), kind(a) != kind(b) {
        throw incompatible(a, b)
      }
      throw GoError("invalid type for comparison")
    }
  }

  private static func incompatible(_ a: GoValue, _ b: GoValue) -> GoError {
    GoError("incompatible types for comparison: \(a.typeName) and \(b.typeName)")
  }

  static func lessOrEqual(_ a: GoValue, _ b: GoValue) throws(GoError) -> Bool {
    if try less(a, b) { return true }
    return try equal(a, b)
  }
}

/// `len`, `index` and `slice`.
enum Indexing {
  static func length(_ value: GoValue) throws(GoError) -> Int {
    switch value {
    case .string(let text): return text.utf8.count
    case .list(let values): return values.count
    case .map(let values, _): return values.count
    case .vector(let samples): return samples.count
    case .invalid: throw GoError("reflect: call of reflect.Value.Type on zero Value")
    default: throw GoError("len of type \(value.typeName)")
    }
  }

  static func index(_ item: GoValue, _ indexes: ArraySlice<GoValue>) throws(GoError) -> GoValue {
    if item.isInvalid { throw GoError("index of untyped nil") }
    var item = item
    for index in indexes {
      switch item {
      case .list(let values):
        item = values[try position(index, values.count, "slice")]
      case .vector(let samples): item = .sample(samples[try position(index, samples.count, "slice")])
      case .string(let text):
        let bytes = Array(text.utf8)
        item = .int(Int(bytes[try position(index, bytes.count, "string")]))
      case .map(let values, let texts):
        guard case .string(let key) = index else {
          throw GoError(
            index.isInvalid ? "value is nil; should be of type string" : "value has type \(index.typeName); should be string")
        }
        item = values[key] ?? (texts ? .string("") : .invalid)
      case .invalid: throw GoError("index of nil pointer")
      default: throw GoError("can't index item of type \(item.typeName)")
      }
    }
    return item
  }

  static func slice(_ item: GoValue, _ indexes: ArraySlice<GoValue>) throws(GoError) -> GoValue {
    if item.isInvalid { throw GoError("slice of untyped nil") }
    if indexes.count > 3 { throw GoError("too many slice indexes: \(indexes.count)") }
    let count: Int
    switch item {
    case .string(let text):
      if indexes.count == 3 { throw GoError("cannot 3-index slice a string") }
      count = text.utf8.count
    case .list(let values): count = values.count
    case .vector(let samples): count = samples.count
    default: throw GoError("can't slice item of type \(item.typeName)")
    }
    var bounds = [0, count, count]
    for (i, index) in indexes.enumerated() { bounds[i] = try position(index, count, nil) }
    if bounds[0] > bounds[1] { throw GoError("invalid slice index: \(bounds[0]) > \(bounds[1])") }
    if bounds[1] > bounds[2] { throw GoError("invalid slice index: \(bounds[1]) > \(bounds[2])") }
    let range = bounds[0]..<bounds[1]
    switch item {
    case .string(let text): return .string(String(decoding: Array(text.utf8)[range], as: UTF8.self))
    case .list(let values): return .list(Array(values[range]))
    case .vector(let samples): return .vector(Array(samples[range]))
    default: preconditionFailure("\(item.typeName) was checked above")
    }
  }

  /// - Parameter element: what is indexed, whose end is out of range; `nil` for bounds, which may stand at the end.
  private static func position(_ index: GoValue, _ count: Int, _ element: String?) throws(GoError) -> Int {
    switch index {
    case .int(let i):
      if i < 0 || i > count { throw GoError("index out of range: \(i)") }
      if let element, i == count { throw GoError("reflect: \(element) index out of range") }
      return i
    case .invalid: throw GoError("cannot index slice/array with nil")
    default: throw GoError("cannot index slice/array with type \(index.typeName)")
    }
  }
}
