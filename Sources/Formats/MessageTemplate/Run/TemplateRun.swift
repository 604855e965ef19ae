/// One expansion of a template: variables, the place for messages, the output.
///
/// Follows Go's `text/template` executor step by step, so that values, truth and error texts agree.
final class TemplateRun {
  let environment: TemplateEnvironment
  let template: Template
  private(set) var output = ""
  var patterns = PatternCache()
  /// How the callee of the running `call` is written; `nil` when it came through the pipeline.
  var calleeText: String?

  /// The template that runs: the whole one, or one that was defined inside it.
  private var running: String
  private var variables: [(name: String, value: GoValue)] = []
  var place: Place = .nowhere
  private var steps = 0
  private var depth = 0

  enum Place {
    case nowhere
    case node(TemplateNode)
    case operand(TemplateOperand)
    case command(TemplateCommand)
    case pipe(TemplatePipe)

    var value: (any TemplatePlace)? {
      switch self {
      case .nowhere: nil
      case .node(let node): node
      case .operand(let operand): operand
      case .command(let command): command
      case .pipe(let pipe): pipe
      }
    }
  }

  /// Where walking goes on.
  private enum Flow { case next, breakLoop, continueLoop }

  init(_ template: Template, _ environment: TemplateEnvironment) {
    self.template = template
    self.environment = environment
    running = template.name
  }

  func execute(_ data: GoValue) throws(TemplateError) {
    variables = [("$", data)]
    _ = try walk(data, template.root)
  }

  // MARK: Errors and limits

  func failure(_ message: String) -> TemplateError {
    guard let place = place.value else { return TemplateError("template: \(running): \(message)") }
    let bytes = template.text.utf8.prefix(place.offset)
    let line = 1 + bytes.count { $0 == UInt8(ascii: "\n") }
    let column = bytes.lastIndex(of: UInt8(ascii: "\n")).map { bytes.distance(from: $0, to: bytes.endIndex) - 1 } ?? place.offset
    return TemplateError(
      "template: \(template.name):\(line):\(column): executing \(GoText.quote(running)) at <\(place)>: \(message)",
      offset: place.offset)
  }

  private func step() throws(TemplateError) {
    steps += 1
    if steps > environment.limits.steps { throw failure("more steps than the limit steps = \(environment.limits.steps)") }
  }

  private func deeper() throws(TemplateError) {
    depth += 1
    if depth > environment.limits.depth { throw failure("nested deeper than the limit depth = \(environment.limits.depth)") }
  }

  private func write(_ text: String) throws(TemplateError) {
    output += text
    if output.utf8.count > environment.limits.outputBytes {
      throw failure("the text is longer than the limit output bytes = \(environment.limits.outputBytes)")
    }
  }

  // MARK: Walking

  private func walk(_ dot: GoValue, _ list: [TemplateNode]) throws(TemplateError) -> Flow {
    try deeper()
    defer { depth -= 1 }
    for node in list {
      let flow = try walk(dot, node)
      if flow != .next { return flow }
    }
    return .next
  }

  private func walk(_ dot: GoValue, _ node: TemplateNode) throws(TemplateError) -> Flow {
    try step()
    switch node {
    case .text(let text): try write(text)
    case .action(let pipe, _):
      place = .node(node)
      let value = try evaluate(dot, pipe)
      guard pipe.declared.isEmpty else { break }
      place = .node(node)
      try write(Self.printed(value))
    case .control(let control):
      place = .node(node)
      return control.kind == .range ? try walkRange(dot, control) : try walkCondition(dot, control)
    case .template(let name, let pipe, _): try walkTemplate(dot, name, pipe, node)
    case .breakLoop: return .breakLoop
    case .continueLoop: return .continueLoop
    }
    return .next
  }

  /// Pointers are followed; nothing is `<no value>`.
  static func printed(_ value: GoValue) -> String {
    switch value {
    case .invalid: "<no value>"
    case .sample(let sample): GoPrinter.plain(sample.record)
    default: GoPrinter.plain(value)
    }
  }

  private func walkCondition(_ dot: GoValue, _ control: TemplateControl) throws(TemplateError) -> Flow {
    let mark = variables.count
    defer { variables.removeLast(variables.count - mark) }
    let value = try evaluate(dot, control.pipe)
    if value.truth { return try walk(control.kind == .with ? value : dot, control.list) }
    if let elseList = control.elseList { return try walk(dot, elseList) }
    return .next
  }

  private func walkRange(_ dot: GoValue, _ control: TemplateControl) throws(TemplateError) -> Flow {
    let outer = variables.count
    defer { variables.removeLast(variables.count - outer) }
    let value = try evaluate(dot, control.pipe)
    var empty = true
    switch value {
    case .list(let values):
      empty = values.isEmpty
      try rounds(control, values.indices.lazy.map { (.int($0), values[$0]) })
    case .vector(let samples):
      empty = samples.isEmpty
      try rounds(control, samples.indices.lazy.map { (.int($0), .sample(samples[$0])) })
    case .map(let values, _):
      empty = values.isEmpty
      try rounds(control, GoPrinter.sortedKeys(values).lazy.map { (.string($0), values[$0]!) })
    case .int(let count):
      guard control.pipe.declared.count < 2 else { throw failure("can't use \(count) to iterate over more than one variable") }
      empty = count <= 0
      try rounds(control, (0..<max(0, count)).lazy.map { (.invalid, .int($0)) })
    case .invalid: break
    default: throw failure("range can't iterate over \(GoPrinter.plain(value))")
    }
    if empty, let elseList = control.elseList { return try walk(dot, elseList) }
    return .next
  }

  private func rounds(_ control: TemplateControl, _ items: some Sequence<(GoValue, GoValue)>) throws(TemplateError) {
    let mark = variables.count
    let declared = control.pipe.declared
    for (index, element) in items {
      try step()
      if control.pipe.isAssignment {
        try assign(declared[0], declared.count > 1 ? index : element)
        if declared.count > 1 { try assign(declared[1], element) }
      } else if !declared.isEmpty {
        variables[mark - 1].value = element
        if declared.count > 1 { variables[mark - 2].value = index }
      }
      let flow = try walk(element, control.list)
      variables.removeLast(variables.count - mark)
      if flow == .breakLoop { return }
    }
  }

  private func walkTemplate(_ dot: GoValue, _ name: String, _ pipe: TemplatePipe?, _ node: TemplateNode) throws(TemplateError) {
    place = .node(node)
    guard let list = template.definitions[name] ?? (name == template.name ? template.root : nil) else {
      throw failure("template \(GoText.quote(name)) not defined")
    }
    let data: GoValue = if let pipe { try evaluate(dot, pipe) } else { .invalid }
    // A template sees no variables but its own.
    let (outerVariables, outerName) = (variables, running)
    (variables, running) = ([("$", data)], name)
    _ = try walk(data, list)
    (variables, running) = (outerVariables, outerName)
  }

  // MARK: Variables

  private func assign(_ name: String, _ value: GoValue) throws(TemplateError) {
    guard let i = variables.lastIndex(where: { $0.name == name }) else { throw failure("undefined variable: \(name)") }
    variables[i].value = value
  }

  func variable(_ name: String) throws(TemplateError) -> GoValue {
    guard let found = variables.last(where: { $0.name == name }) else { throw failure("undefined variable: \(name)") }
    return found.value
  }

  // MARK: Pipelines and commands

  func evaluate(_ dot: GoValue, _ pipe: TemplatePipe) throws(TemplateError) -> GoValue {
    try deeper()
    defer { depth -= 1 }
    place = .pipe(pipe)
    var value: GoValue?
    for command in pipe.commands { value = try evaluate(dot, command, final: value) }
    let result = value ?? .invalid
    for name in pipe.declared {
      if pipe.isAssignment { try assign(name, result) } else { variables.append((name, result)) }
    }
    return result
  }

  /// - Parameter final: what the command before yielded; it becomes the last argument.
  func evaluate(_ dot: GoValue, _ command: TemplateCommand, final: GoValue?) throws(TemplateError) -> GoValue {
    try step()
    let first = command.arguments[0]
    let hasArguments = command.arguments.count > 1 || final != nil
    switch first {
    case .field, .chain, .variable:
      return try value(of: first, dot, hasArguments: hasArguments, arguments: command.arguments, final)
    case .identifier(let name, _):
      place = .operand(first)
      return try call(name, command.arguments.dropFirst(), final, dot, .command(command))
    case .pipe(let pipe):
      try refuseArguments(hasArguments, first)
      return try evaluate(dot, pipe)
    default: break
    }
    place = .operand(first)
    try refuseArguments(hasArguments, first)
    switch first {
    case .dot: return dot
    case .null: throw failure("nil is not a command")
    case .bool(let value, _): return .bool(value)
    case .number(let number, _): return try constant(number)
    case .string(_, let value, _): return .string(value)
    default: throw failure("can't evaluate command \(GoText.quote(first.description))")
    }
  }

  func refuseArguments(_ hasArguments: Bool, _ operand: TemplateOperand) throws(TemplateError) {
    if hasArguments { throw failure("can't give argument to non-function \(operand)") }
  }

  func constant(_ number: TemplateNumber) throws(TemplateError) -> GoValue {
    if number.isFloat, let float = number.float { return .float(float) }
    guard let integer = number.integer else { throw failure("\(number.text) overflows int") }
    return .int(integer)
  }
}
