/// A function that templates can call.
struct GoFunction: Sendable {
  /// What a parameter takes; the raw value is how Go writes the type.
  enum Parameter: String, Sendable {
    case anything = "interface {}"
    case text = "string"
    case sample = "*template.sample"
    case vector = "template.queryResult"
  }

  enum Body: Sendable {
    case plain(@Sendable (TemplateRun, [GoValue]) throws(GoError) -> GoValue)
    /// Yields the first argument whose truth is this, else the last.
    case choose(Bool)
  }

  var parameters: [Parameter]
  /// The type of further arguments; `nil` when there are none.
  var rest: Parameter?
  var body: Body

  init(
    _ parameters: [Parameter] = [], rest: Parameter? = nil,
    _ body: @escaping @Sendable (TemplateRun, [GoValue]) throws(GoError) -> GoValue
  ) {
    self.parameters = parameters
    self.rest = rest
    self.body = .plain(body)
  }

  /// `and`, `or`.
  init(choosing truth: Bool) {
    parameters = [.anything]
    rest = .anything
    body = .choose(truth)
  }

  static let table: [String: GoFunction] = builtins.merging(alerting) { _, later in later }
  static let names = Set(table.keys)

  /// The text of an argument that the parameter's type made sure of.
  static func text(_ value: GoValue) -> String {
    guard case .string(let text) = value else { preconditionFailure("expected a string, found \(value.typeName)") }
    return text
  }
}
