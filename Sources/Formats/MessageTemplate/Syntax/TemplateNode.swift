/// A parsed template: text, actions and control structures. Every node knows its UTF-8 offset.
indirect enum TemplateNode: Sendable {
  case text(String)
  case action(TemplatePipe, offset: Int)
  case control(TemplateControl)
  case template(name: String, TemplatePipe?, offset: Int)
  case breakLoop(offset: Int)
  case continueLoop(offset: Int)
}

struct TemplateControl: Sendable {
  enum Kind: String, Sendable { case `if`, with, range }
  var kind: Kind
  var pipe: TemplatePipe
  var list: [TemplateNode]
  var elseList: [TemplateNode]?
}

/// `$x := command | command`
struct TemplatePipe: Sendable {
  var offset: Int
  var declared: [String] = []
  var isAssignment = false
  var commands: [TemplateCommand] = []
}

struct TemplateCommand: Sendable {
  var offset: Int
  var arguments: [TemplateOperand] = []
}

struct TemplateNumber: Sendable {
  var text: String
  var integer: Int?
  var float: Double?
  var isRune = false
}

indirect enum TemplateOperand: Sendable {
  case dot(offset: Int)
  case null(offset: Int)
  case bool(Bool, offset: Int)
  case number(TemplateNumber, offset: Int)
  /// The literal as written, and what it means.
  case string(written: String, String, offset: Int)
  case identifier(String, offset: Int)
  /// `.a.b`
  case field([String], offset: Int)
  /// `$x.a.b`; the first name has its dollar sign.
  case variable([String], offset: Int)
  /// `(pipeline).a.b`
  case chain(TemplateOperand, [String], offset: Int)
  case pipe(TemplatePipe)
}

// MARK: The texts that errors quote

/// A place in a template that an error can point to.
protocol TemplatePlace: CustomStringConvertible {
  var offset: Int { get }
}

extension TemplateOperand: TemplatePlace {
  var offset: Int {
    switch self {
    case .dot(let offset), .null(let offset), .bool(_, let offset), .number(_, let offset), .string(_, _, let offset),
      .identifier(_, let offset), .field(_, let offset), .variable(_, let offset), .chain(_, _, let offset):
      offset
    case .pipe(let pipe): pipe.offset
    }
  }

  var description: String {
    switch self {
    case .dot: "."
    case .null: "nil"
    case .bool(let value, _): String(value)
    case .number(let number, _): number.text
    case .string(let written, _, _): written
    case .identifier(let name, _): name
    case .field(let names, _): names.map { "." + $0 }.joined()
    case .variable(let names, _): names.joined(separator: ".")
    case .chain(.pipe(let pipe), let names, _): "(\(pipe))" + names.map { "." + $0 }.joined()
    case .chain(let operand, let names, _): "\(operand)" + names.map { "." + $0 }.joined()
    case .pipe(let pipe): "\(pipe)"
    }
  }
}

extension TemplateCommand: TemplatePlace {
  var description: String {
    arguments.map { argument in
      if case .pipe = argument { return "(\(argument))" }
      return "\(argument)"
    }.joined(separator: " ")
  }
}

extension TemplatePipe: TemplatePlace {
  var description: String {
    let declaration = declared.isEmpty ? "" : declared.joined(separator: ", ") + (isAssignment ? " = " : " := ")
    return declaration + commands.map(\.description).joined(separator: " | ")
  }
}

extension TemplateNode: TemplatePlace {
  var offset: Int {
    switch self {
    case .text: 0
    case .action(_, let offset), .template(_, _, let offset), .breakLoop(let offset), .continueLoop(let offset): offset
    case .control(let control): control.pipe.offset
    }
  }

  var description: String {
    switch self {
    case .text(let text): GoText.quote(text)
    case .action(let pipe, _): "{{\(pipe)}}"
    case .control(let control): control.description
    case .template(let name, let pipe, _): "{{template \(GoText.quote(name))" + (pipe.map { " \($0)" } ?? "") + "}}"
    case .breakLoop: "{{break}}"
    case .continueLoop: "{{continue}}"
    }
  }
}

extension TemplateControl: TemplatePlace {
  var offset: Int { pipe.offset }

  var description: String {
    let body = list.map(\.description).joined()
    let otherwise = elseList.map { "{{else}}" + $0.map(\.description).joined() } ?? ""
    return "{{\(kind.rawValue) \(pipe)}}\(body)\(otherwise){{end}}"
  }
}
