/// A value inside a running template: what Go's reflection would see.
indirect enum GoValue: Sendable {
  /// No value at all, as an untyped nil is.
  case invalid
  case bool(Bool)
  case int(Int)
  case float(Double)
  case string(String)
  case list([GoValue])
  /// Texts to texts, or to anything.
  case map([String: GoValue], texts: Bool)
  /// A struct: fields in their order, and how Go writes its type.
  case record([GoField], type: String)
  case sample(GoSample)
  /// What `query` yields.
  case vector([GoSample])
  /// Milliseconds since 1970, in UTC.
  case time(Int64)

  init(_ value: TemplateValue) {
    switch value {
    case .none: self = .invalid
    case .bool(let value): self = .bool(value)
    case .int(let value): self = .int(value)
    case .float(let value): self = .float(value)
    case .string(let value): self = .string(value)
    case .list(let values): self = .list(values.map(GoValue.init))
    case .map(let values):
      let texts = !values.isEmpty && values.values.allSatisfy { if case .string = $0 { true } else { false } }
      self = .map(values.mapValues(GoValue.init), texts: texts)
    }
  }

  /// As Go writes the type.
  var typeName: String {
    switch self {
    case .invalid: "<nil>"
    case .bool: "bool"
    case .int: "int"
    case .float: "float64"
    case .string: "string"
    case .list: "[]interface {}"
    case .map(_, let texts): texts ? "map[string]string" : "map[string]interface {}"
    case .record(_, let type): type
    case .sample: "*template.sample"
    case .vector: "template.queryResult"
    case .time: "*time.Time"
    }
  }

  var isInvalid: Bool { if case .invalid = self { true } else { false } }

  /// Whether the type says nothing about a field or key of this value.
  func declaresAnything(_ name: String) -> Bool {
    switch self {
    case .map(_, let texts): !texts
    case .record(let fields, _): fields.contains { $0.name == name && $0.takesAnything }
    default: false
    }
  }

  /// Not empty, not zero, not nothing.
  var truth: Bool {
    switch self {
    case .invalid: false
    case .bool(let value): value
    case .int(let value): value != 0
    case .float(let value): value != 0
    case .string(let value): !value.isEmpty
    case .list(let values): !values.isEmpty
    case .map(let values, _): !values.isEmpty
    case .vector(let samples): !samples.isEmpty
    case .record, .sample, .time: true
    }
  }
}

/// A field of a struct.
struct GoField: Sendable {
  var name: String
  var value: GoValue
  /// Declared as `interface {}`.
  var takesAnything = false
}

/// One series of a query's answer.
struct GoSample: Sendable {
  var labels: [String: String]
  var value: Double
}

/// What a function refuses; the caller adds its name and the place.
struct GoError: Error {
  var message: String
  init(_ message: String) { self.message = message }
}
