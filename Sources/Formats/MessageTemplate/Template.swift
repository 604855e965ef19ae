/// A template in Go's language with Prometheus' functions, parsed and checked.
package struct Template: Sendable {
  package let name: String
  let text: String
  let root: [TemplateNode]
  /// By `define` and `block`.
  let definitions: [String: [TemplateNode]]
  let missingKeys: MissingKeys

  /// What a map answers for a key it does not have.
  package enum MissingKeys: Sendable {
    /// Nothing, printed as `<no value>`.
    case invalid
    /// The zero value: the empty text in a map of texts.
    case zero
  }

  /// - Throws: what is wrong, in Go's words: syntax, functions that do not exist, variables that were not declared.
  package init(name: String, text: String, missingKeys: MissingKeys = .invalid) throws(TemplateError) {
    self.name = name
    self.text = text
    self.missingKeys = missingKeys
    var parser = TemplateParser(name: name, text: text, functions: GoFunction.names)
    root = try parser.parse()
    definitions = parser.definitions
  }

  /// - Throws: what went wrong and where, in Go's words: `template: NAME:1:5: executing "NAME" at <.x>: …`.
  package func expand(_ data: TemplateValue, in environment: TemplateEnvironment) throws(TemplateError) -> String {
    try expand(GoValue(data), in: environment)
  }

  func expand(_ data: GoValue, in environment: TemplateEnvironment) throws(TemplateError) -> String {
    let run = TemplateRun(self, environment)
    try run.execute(data)
    return run.output
  }
}
