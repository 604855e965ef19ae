/// Parses Go's template language and checks that functions and variables exist, in Go's words.
struct TemplateParser {
  /// What a template may ask of us.
  static let maximumBytes = 1 << 20
  static let maximumDepth = 200

  private let name: String
  private let text: String
  private var lexer: TemplateLexer
  private let functions: Set<String>

  /// Up to three tokens that were looked at; the last of them is next.
  private var tokens = [TemplateToken](repeating: TemplateToken(kind: .end, offset: 0, text: "", line: 1), count: 3)
  private var peekCount = 0
  private var variables = ["$"]
  private var rangeDepth = 0
  private var actionLine = 0
  private var depth = 0
  private(set) var definitions: [String: [TemplateNode]] = [:]

  init(name: String, text: String, functions: Set<String>) {
    self.name = name
    self.text = text
    self.functions = functions
    lexer = TemplateLexer(text)
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
    while peek().kind != .end {
      if peek().kind == .leftDelimiter {
        let delimiter = next()
        if nextNonSpace().kind == .keyword(.define) {
          try definition()
          continue
        }
        backup2(delimiter)
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
    let token = nextNonSpace()
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
    while peekNonSpace().kind != .end {
      switch try textOrAction() {
      case .ending(let ending): return (list, ending)
      case .node(let node): list.append(node)
      }
    }
    throw failure("unexpected EOF")
  }

  private mutating func textOrAction() throws(TemplateError) -> Item {
    let token = nextNonSpace()
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
    let token = nextNonSpace()
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
    backup()
    let offset = peek().offset
    return .node(.action(try pipeline("command", until: .rightDelimiter), offset: offset))
  }

  private mutating func loopControl(_ word: TemplateToken) throws(TemplateError) -> Int {
    let token = nextNonSpace()
    guard token.kind == .rightDelimiter else { throw unexpected(token, "{{\(word.text)}}") }
    guard rangeDepth > 0 else { throw failure("{{\(word.text)}} outside {{range}}") }
    return word.offset
  }

  private mutating func elseClause() throws(TemplateError) {
    let ahead = peekNonSpace()
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
    if kind == .if, peek().kind == .keyword(.if) {
      _ = next()
      made.elseList = [.control(try control(.if))]
    } else if kind == .with, peek().kind == .keyword(.with) {
      _ = next()
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
    let token = nextNonSpace()
    let defined = try templateName(token, context)
    let pipe = try pipeline(context, until: .rightDelimiter)
    try deeper()
    defer { depth -= 1 }
    try body(of: defined, context)
    return .template(name: defined, pipe, offset: token.offset)
  }

  private mutating func templateCall() throws(TemplateError) -> TemplateNode {
    let context = "template clause"
    let token = nextNonSpace()
    let called = try templateName(token, context)
    if nextNonSpace().kind == .rightDelimiter { return .template(name: called, nil, offset: token.offset) }
    backup()
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
    var pipe = TemplatePipe(offset: peekNonSpace().offset)
    try declarations(&pipe, context)
    while true {
      let token = nextNonSpace()
      if token.kind == end {
        try check(pipe, context)
        return pipe
      }
      switch token.kind {
      case .bool, .charConstant, .complex, .field, .identifier, .number, .rawString, .string, .variable, .leftParen, .keyword(.dot),
        .keyword(.nil):
        backup()
        pipe.commands.append(try command())
      default: throw unexpected(token, context)
      }
    }
  }

  private mutating func declarations(_ pipe: inout TemplatePipe, _ context: String) throws(TemplateError) {
    while peekNonSpace().kind == .variable {
      let variable = next()
      // In `$x foo` the blank tells that `$x` is an argument; it must be put back too.
      let after = peek()
      let ahead = peekNonSpace()
      if ahead.kind == .assign || ahead.kind == .declare {
        pipe.isAssignment = ahead.kind == .assign
        _ = nextNonSpace()
        pipe.declared.append(variable.text)
        variables.append(variable.text)
        return
      }
      guard ahead.kind == .char, ahead.text == "," else {
        if after.kind == .space { backup3(variable, after) } else { backup2(variable) }
        return
      }
      _ = nextNonSpace()
      pipe.declared.append(variable.text)
      variables.append(variable.text)
      guard context == "range", pipe.declared.count < 2 else { throw failure("too many declarations in \(context)") }
      switch peekNonSpace().kind {
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
    var command = TemplateCommand(offset: peekNonSpace().offset)
    arguments: while true {
      _ = peekNonSpace()
      if let operand = try operand() { command.arguments.append(operand) }
      let token = next()
      switch token.kind {
      case .space: continue
      case .rightDelimiter, .rightParen:
        backup()
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
    guard peek().kind == .field else { return term }
    let offset = peek().offset
    var fields: [String] = []
    while peek().kind == .field { fields.append(String(next().text.dropFirst())) }
    switch term {
    case .field(let names, _): return .field(names + fields, offset: offset)
    case .variable(let names, _): return .variable(names + fields, offset: offset)
    case .bool, .string, .number, .null, .dot: throw failure("unexpected . after term \(GoText.quote(term.description))")
    default: return .chain(term, fields, offset: offset)
    }
  }

  private mutating func term() throws(TemplateError) -> TemplateOperand? {
    let token = nextNonSpace()
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
      backup()
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

  // MARK: Tokens

  private mutating func next() -> TemplateToken {
    if peekCount > 0 { peekCount -= 1 } else { tokens[0] = lexer.next() }
    return tokens[peekCount]
  }

  private mutating func backup() { peekCount += 1 }

  private mutating func backup2(_ first: TemplateToken) {
    tokens[1] = first
    peekCount = 2
  }

  private mutating func backup3(_ second: TemplateToken, _ first: TemplateToken) {
    tokens[1] = first
    tokens[2] = second
    peekCount = 3
  }

  private mutating func peek() -> TemplateToken {
    if peekCount > 0 { return tokens[peekCount - 1] }
    peekCount = 1
    tokens[0] = lexer.next()
    return tokens[0]
  }

  private mutating func nextNonSpace() -> TemplateToken {
    var token = next()
    while token.kind == .space { token = next() }
    return token
  }

  private mutating func peekNonSpace() -> TemplateToken {
    let token = nextNonSpace()
    backup()
    return token
  }

  @discardableResult
  private mutating func expect(_ kind: TemplateToken.Kind, _ context: String) throws(TemplateError) -> TemplateToken {
    let token = nextNonSpace()
    guard token.kind == kind else { throw unexpected(token, context) }
    return token
  }

  // MARK: Errors

  private func failure(_ message: String, at offset: Int? = nil) -> TemplateError {
    TemplateError("template: \(name):\(tokens[0].line): \(message)", offset: offset ?? tokens[0].offset)
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

extension TemplateNumber {
  /// A literal of the language; complex numbers are refused.
  init(_ token: TemplateToken) throws(TemplateError) {
    text = token.text
    if token.kind == .charConstant {
      let value: Unicode.Scalar
      do throws(GoError) { value = try GoText.unquoteRune(token.text) } catch { throw TemplateError(error.message) }
      integer = Int(value.value)
      float = Double(value.value)
      isRune = true
      return
    }
    if token.kind == .complex || token.text.hasSuffix("i") {
      throw TemplateError("complex numbers are not supported: \(token.text)")
    }
    integer = GoText.integer(token.text)
    if let integer { float = Double(integer) } else { float = GoText.float(token.text) }
    if let value = float, value.isInfinite { float = nil }
    // What fits 64 bits without a sign parses, and is refused where it is used.
    if integer == nil, let value = float, value.magnitude >= 0x1p64, !token.text.utf8.contains(where: { ".eEpP".utf8.contains($0) })
    {
      throw TemplateError("integer overflow: \(GoText.quote(token.text))")
    }
    if integer == nil, let float { integer = Int(exactly: float) }
    if integer == nil, float == nil { throw TemplateError("illegal number syntax: \(GoText.quote(token.text))") }
  }

  /// What the literal is when nothing says which type is wanted.
  var isFloat: Bool {
    let isHexInteger = text.utf8.count > 2 && text.lowercased().contains("0x") && !text.lowercased().contains("p")
    return float != nil && !isHexInteger && !isRune && text.utf8.contains { ".eEpP".utf8.contains($0) }
  }
}
