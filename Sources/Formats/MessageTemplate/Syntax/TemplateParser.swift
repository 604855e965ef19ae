/// Parses Go's template language and checks that functions and variables exist, in Go's words.
struct TemplateParser {
  /// What a template may ask of us.
  static let maximumBytes = 1 << 20
  static let maximumDepth = 200

  private let name: String
  private let text: String
  private let functions: Set<String>

  private var tokens: TemplateTokenBuffer
  private var variables = ["$"]
  private var rangeDepth = 0
  private var actionLine = 0
  private var depth = 0
  private(set) var definitions: [String: [TemplateNode]] = [:]

  init(name: String, text: String, functions: Set<String>) {
    self.name = name
    self.text = text
    self.functions = functions
    tokens = TemplateTokenBuffer(text)
  }

  /// What a list of nodes ended with.
  private enum Ending {
    case end(offset: Int)
    case elseClause(offset: Int)

    var offset: Int {
      switch self {
      case .end(let offset), .elseClause(let offset): offset
      }
    }

    var shown: String {
      switch self {
      case .end: "{{end}}"
      case .elseClause: "{{else}}"
      }
    }
  }

  private enum Item {
    case node(TemplateNode)
    case ending(Ending)
  }

  mutating func parse() throws(TemplateError) -> [TemplateNode] {
    guard text.utf8.count <= Self.maximumBytes else {
      throw failure("template is longer than the limit template bytes = \(Self.maximumBytes)")
    }
    var root: [TemplateNode] = []
    while tokens.peek().kind != .end {
      if tokens.peek().kind == .leftDelimiter {
        let delimiter = tokens.next()
        if tokens.nextNonSpace().kind == .keyword(.define) {
          try definition()
          continue
        }
        tokens.backup2(delimiter)
      }
      switch try textOrAction() {
      case .ending(let ending): throw failure("unexpected \(ending.shown)", at: ending.offset)
      case .node(let node): root.append(node)
      }
    }
    return root
  }

  private mutating func definition() throws(TemplateError) {
    let context = "define clause"
    let token = tokens.nextNonSpace()
    guard token.kind == .string || token.kind == .rawString else { throw unexpected(token, context) }
    let defined = try unquoted(token)
    try expect(.rightDelimiter, context)
    try body(of: defined, context)
  }

  /// The nodes of a template inside this one, which sees none of our variables.
  private mutating func body(of defined: String, _ context: String) throws(TemplateError) {
    let (outerVariables, outerRange) = (variables, rangeDepth)
    (variables, rangeDepth) = (["$"], 0)
    let (list, ending) = try itemList()
    guard case .end = ending else { throw failure("unexpected \(ending.shown) in \(context)", at: ending.offset) }
    (variables, rangeDepth) = (outerVariables, outerRange)
    if let before = definitions[defined], !Self.isBlank(before) {
      if !Self.isBlank(list) { throw failure("template: multiple definition of template \(GoText.quote(defined))") }
      return
    }
    definitions[defined] = list
  }

  private static func isBlank(_ list: [TemplateNode]) -> Bool {
    list.allSatisfy { node in
      if case .text(let text) = node { return text.unicodeScalars.allSatisfy(\.properties.isWhitespace) }
      return false
    }
  }

  private mutating func itemList() throws(TemplateError) -> ([TemplateNode], Ending) {
    var list: [TemplateNode] = []
    while tokens.peekNonSpace().kind != .end {
      switch try textOrAction() {
      case .ending(let ending): return (list, ending)
      case .node(let node): list.append(node)
      }
    }
    throw failure("unexpected EOF")
  }

  private mutating func textOrAction() throws(TemplateError) -> Item {
    let token = tokens.nextNonSpace()
    switch token.kind {
    case .text: return .node(.text(token.text))
    case .leftDelimiter:
      actionLine = token.line
      defer { actionLine = 0 }
      return try action()
    default: throw unexpected(token, "input")
    }
  }

  // MARK: Actions

  private mutating func action() throws(TemplateError) -> Item {
    let token = tokens.nextNonSpace()
    if case .keyword(let word) = token.kind {
      switch word {
      case .block: return .node(try block())
      case .breakWord: return .node(.breakLoop(offset: try loopControl(token)))
      case .continueWord: return .node(.continueLoop(offset: try loopControl(token)))
      case .else:
        try elseClause()
        return .ending(.elseClause(offset: token.offset))
      case .end:
        try expect(.rightDelimiter, "end")
        return .ending(.end(offset: token.offset))
      case .if: return .node(.control(try control(.if)))
      case .range: return .node(.control(try control(.range)))
      case .with: return .node(.control(try control(.with)))
      case .template: return .node(try templateCall())
      case .define, .nil, .dot: break
      }
    }
    tokens.backup()
    let offset = tokens.peek().offset
    return .node(.action(try pipeline("command", until: .rightDelimiter), offset: offset))
  }

  private mutating func loopControl(_ word: TemplateToken) throws(TemplateError) -> Int {
    let token = tokens.nextNonSpace()
    guard token.kind == .rightDelimiter else { throw unexpected(token, "{{\(word.text)}}") }
    guard rangeDepth > 0 else { throw failure("{{\(word.text)}} outside {{range}}") }
    return word.offset
  }

  private mutating func elseClause() throws(TemplateError) {
    let ahead = tokens.peekNonSpace()
    if ahead.kind != .keyword(.if), ahead.kind != .keyword(.with) { try expect(.rightDelimiter, "else") }
  }

  private mutating func control(_ kind: TemplateControl.Kind) throws(TemplateError) -> TemplateControl {
    try deeper()
    defer { depth -= 1 }
    let before = variables.count
    defer { variables.removeLast(variables.count - before) }
    let pipe = try pipeline(kind.rawValue, until: .rightDelimiter)
    if kind == .range { rangeDepth += 1 }
    let (list, ending) = try itemList()
    if kind == .range { rangeDepth -= 1 }
    var made = TemplateControl(kind: kind, pipe: pipe, list: list)
    guard case .elseClause = ending else { return made }
    // `{{else if}}` and `{{else with}}` share the one end.
    if kind == .if, tokens.peek().kind == .keyword(.if) {
      _ = tokens.next()
      made.elseList = [.control(try control(.if))]
    } else if kind == .with, tokens.peek().kind == .keyword(.with) {
      _ = tokens.next()
      made.elseList = [.control(try control(.with))]
    } else {
      let (elseList, last) = try itemList()
      guard case .end = last else { throw failure("expected end; found \(last.shown)", at: last.offset) }
      made.elseList = elseList
    }
    return made
  }

  private mutating func block() throws(TemplateError) -> TemplateNode {
    let context = "block clause"
    let token = tokens.nextNonSpace()
    let defined = try templateName(token, context)
    let pipe = try pipeline(context, until: .rightDelimiter)
    try deeper()
    defer { depth -= 1 }
    try body(of: defined, context)
    return .template(name: defined, pipe, offset: token.offset)
  }

  private mutating func templateCall() throws(TemplateError) -> TemplateNode {
    let context = "template clause"
    let token = tokens.nextNonSpace()
    let called = try templateName(token, context)
    if tokens.nextNonSpace().kind == .rightDelimiter { return .template(name: called, nil, offset: token.offset) }
    tokens.backup()
    return .template(name: called, try pipeline(context, until: .rightDelimiter), offset: token.offset)
  }

  private func templateName(_ token: TemplateToken, _ context: String) throws(TemplateError) -> String {
    guard token.kind == .string || token.kind == .rawString else { throw unexpected(token, context) }
    return try unquoted(token)
  }

  // MARK: Pipelines

  private mutating func pipeline(_ context: String, until end: TemplateToken.Kind) throws(TemplateError) -> TemplatePipe {
    try deeper()
    defer { depth -= 1 }
    var pipe = TemplatePipe(offset: tokens.peekNonSpace().offset)
    try declarations(&pipe, context)
    while true {
      let token = tokens.nextNonSpace()
      if token.kind == end {
        try check(pipe, context)
        return pipe
      }
      switch token.kind {
      case .bool, .charConstant, .complex, .field, .identifier, .number, .rawString, .string, .variable, .leftParen, .keyword(.dot),
        .keyword(.nil):
        tokens.backup()
        pipe.commands.append(try command())
      default: throw unexpected(token, context)
      }
    }
  }

  private mutating func declarations(_ pipe: inout TemplatePipe, _ context: String) throws(TemplateError) {
    while tokens.peekNonSpace().kind == .variable {
      let variable = tokens.next()
      // In `$x foo` the blank tells that `$x` is an argument; it must be put back too.
      let after = tokens.peek()
      let ahead = tokens.peekNonSpace()
      if ahead.kind == .assign || ahead.kind == .declare {
        pipe.isAssignment = ahead.kind == .assign
        _ = tokens.nextNonSpace()
        pipe.declared.append(variable.text)
        variables.append(variable.text)
        return
      }
      guard ahead.kind == .char, ahead.text == "," else {
        if after.kind == .space { tokens.backup3(variable, after) } else { tokens.backup2(variable) }
        return
      }
      _ = tokens.nextNonSpace()
      pipe.declared.append(variable.text)
      variables.append(variable.text)
      guard context == "range", pipe.declared.count < 2 else { throw failure("too many declarations in \(context)") }
      switch tokens.peekNonSpace().kind {
      case .variable: continue
      case .rightDelimiter, .rightParen: return
      default: throw failure("range can only initialize variables")
      }
    }
  }

  private func check(_ pipe: TemplatePipe, _ context: String) throws(TemplateError) {
    guard !pipe.commands.isEmpty else { throw failure("missing value for \(context)") }
    for (stage, command) in pipe.commands.enumerated().dropFirst() {
      switch command.arguments[0] {
      case .bool, .dot, .null, .number, .string: throw failure("non executable command in pipeline stage \(stage + 1)")
      default: continue
      }
    }
  }

  private mutating func command() throws(TemplateError) -> TemplateCommand {
    var command = TemplateCommand(offset: tokens.peekNonSpace().offset)
    arguments: while true {
      _ = tokens.peekNonSpace()
      if let operand = try operand() { command.arguments.append(operand) }
      let token = tokens.next()
      switch token.kind {
      case .space: continue
      case .rightDelimiter, .rightParen:
        tokens.backup()
        break arguments
      case .pipe: break arguments
      default: throw unexpected(token, "operand")
      }
    }
    guard !command.arguments.isEmpty else { throw failure("empty command") }
    return command
  }

  private mutating func operand() throws(TemplateError) -> TemplateOperand? {
    guard let term = try term() else { return nil }
    guard tokens.peek().kind == .field else { return term }
    let offset = tokens.peek().offset
    var fields: [String] = []
    while tokens.peek().kind == .field { fields.append(String(tokens.next().text.dropFirst())) }
    switch term {
    case .field(let names, _): return .field(names + fields, offset: offset)
    case .variable(let names, _): return .variable(names + fields, offset: offset)
    case .bool, .string, .number, .null, .dot: throw failure("unexpected . after term \(GoText.quote(term.description))")
    default: return .chain(term, fields, offset: offset)
    }
  }

  private mutating func term() throws(TemplateError) -> TemplateOperand? {
    let token = tokens.nextNonSpace()
    let offset = token.offset
    switch token.kind {
    case .identifier:
      guard functions.contains(token.text) else { throw failure("function \(GoText.quote(token.text)) not defined", at: offset) }
      return .identifier(token.text, offset: offset)
    case .keyword(.dot): return .dot(offset: offset)
    case .keyword(.nil): return .null(offset: offset)
    case .variable:
      guard variables.contains(token.text) else { throw failure("undefined variable \(GoText.quote(token.text))", at: offset) }
      return .variable([token.text], offset: offset)
    case .field: return .field([String(token.text.dropFirst())], offset: offset)
    case .bool: return .bool(token.text == "true", offset: offset)
    case .charConstant, .number, .complex:
      do { return .number(try TemplateNumber(token), offset: offset) } catch { throw failure(error.message, at: offset) }
    case .leftParen: return .pipe(try pipeline("parenthesized pipeline", until: .rightParen))
    case .string, .rawString: return .string(written: token.text, try unquoted(token), offset: offset)
    default:
      tokens.backup()
      return nil
    }
  }

  private func unquoted(_ token: TemplateToken) throws(TemplateError) -> String {
    guard let text = GoText.unquote(token.text) else { throw failure("invalid syntax", at: token.offset) }
    return text
  }

  private mutating func deeper() throws(TemplateError) {
    depth += 1
    if depth > Self.maximumDepth { throw failure("nested deeper than the limit template depth = \(Self.maximumDepth)") }
  }

  @discardableResult
  private mutating func expect(_ kind: TemplateToken.Kind, _ context: String) throws(TemplateError) -> TemplateToken {
    let token = tokens.nextNonSpace()
    guard token.kind == kind else { throw unexpected(token, context) }
    return token
  }

  // MARK: Errors

  private func failure(_ message: String, at offset: Int? = nil) -> TemplateError {
    TemplateError("template: \(name):\(tokens.latest.line): \(message)", offset: offset ?? tokens.latest.offset)
  }

  private func unexpected(_ token: TemplateToken, _ context: String) -> TemplateError {
    guard token.kind == .error else { return failure("unexpected \(token.shown) in \(context)", at: token.offset) }
    var started = ""
    if actionLine != 0, actionLine != token.line {
      started = " in action started at \(name):\(actionLine)"
      if token.text.hasSuffix(" action") { started = String(started.dropFirst(" in action".count)) }
    }
    return failure(token.text + started, at: token.offset)
  }
}
