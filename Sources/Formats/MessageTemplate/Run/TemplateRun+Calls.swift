/// Fields of values, calls of functions and what their arguments may be.
extension TemplateRun {
  // MARK: Fields

  /// The value of a field, a variable or a chain.
  func value(
    of operand: TemplateOperand, _ dot: GoValue, hasArguments: Bool, arguments: [TemplateOperand], _ final: GoValue?
  ) throws(TemplateError) -> GoValue {
    place = .operand(operand)
    let names: ArraySlice<String>
    var receiver: GoValue
    switch operand {
    case .field(let fields, _): (receiver, names) = (dot, fields[...])
    case .variable(let fields, _):
      receiver = try variable(fields[0])
      if fields.count == 1 { try refuseArguments(hasArguments, operand) }
      names = fields.dropFirst()
    case .chain(let inner, let fields, _):
      if case .null = inner { throw failure("indirection through explicit nil in \(operand)") }
      receiver = try argument(inner, .anything, dot)
      names = fields[...]
    default: preconditionFailure("\(operand) has no fields")
    }
    // What a struct or map declares as any type is named so, whatever is in it.
    var declaredType: String?
    for (i, name) in names.enumerated() {
      let isLast = i == names.count - 1
      let typeName = declaredType ?? receiver.typeName
      declaredType = receiver.declaresAnything(name) ? "interface {}" : nil
      receiver = try field(
        name, of: receiver, typeName, hasArguments: isLast && hasArguments, isLast ? arguments.dropFirst() : [],
        isLast ? final : nil, dot)
    }
    return receiver
  }

  private func field(
    _ name: String, of receiver: GoValue, _ typeName: String, hasArguments: Bool, _ arguments: ArraySlice<TemplateOperand>,
    _ final: GoValue?,
    _ dot: GoValue
  ) throws(TemplateError) -> GoValue {
    let record: [GoField]
    switch receiver {
    case .invalid: return .invalid
    case .map(let values, let texts):
      if hasArguments { throw failure("\(name) is not a method but has arguments") }
      if let value = values[name] { return value }
      return texts && template.missingKeys == .zero ? .string("") : .invalid
    case .time(let milliseconds):
      guard let method = GoTime.methods[name] else { break }
      let given = arguments.count + (final == nil ? 0 : 1)
      guard given == method.parameters.count else {
        throw failure("wrong number of args for \(name): want \(method.parameters.count) got \(given)")
      }
      var values: [GoValue] = []
      for operand in arguments { values.append(try argument(operand, method.parameters[values.count], dot)) }
      if let final { values.append(try checked(final, method.parameters[values.count])) }
      return method.body(milliseconds, values)
    case .record(let fields, _):
      record = fields
      if let value = record.first(where: { $0.name == name })?.value {
        if hasArguments { throw failure("\(name) has arguments but cannot be invoked as function") }
        return value
      }
    case .sample(let sample):
      return try field(name, of: sample.record, typeName, hasArguments: hasArguments, arguments, final, dot)
    default: break
    }
    throw failure("can't evaluate field \(name) in type \(typeName)")
  }

  // MARK: Functions

  func call(
    _ name: String, _ arguments: ArraySlice<TemplateOperand>, _ final: GoValue?, _ dot: GoValue, _ caller: Place
  ) throws(TemplateError) -> GoValue {
    guard let function = GoFunction.table[name] else { throw failure("\(GoText.quote(name)) is not a defined function") }
    let given = arguments.count + (final == nil ? 0 : 1)
    if function.rest != nil {
      guard given >= function.parameters.count else {
        throw failure("wrong number of args for \(name): want at least \(function.parameters.count) got \(arguments.count)")
      }
    } else if given != function.parameters.count {
      throw failure("wrong number of args for \(name): want \(function.parameters.count) got \(given)")
    }
    if case .choose(let truth) = function.body { return try choose(truth, arguments, final, dot) }

    var values: [GoValue] = []
    for (i, operand) in arguments.enumerated() {
      values.append(try argument(operand, i < function.parameters.count ? function.parameters[i] : function.rest ?? .anything, dot))
    }
    if let final {
      let type = values.count < function.parameters.count ? function.parameters[values.count] : function.rest ?? .anything
      values.append(try checked(final, type))
    }
    if name == "call" { calleeText = arguments.first.map(\.description) }
    guard case .plain(let body) = function.body else { preconditionFailure("\(name) has no body") }
    do throws(GoError) {
      let value = try body(self, values)
      if case .string(let text) = value, text.utf8.count > environment.limits.outputBytes {
        throw GoError("the text is longer than the limit output bytes = \(environment.limits.outputBytes)")
      }
      return value
    } catch {
      place = caller
      throw failure("error calling \(name): \(error.message)")
    }
  }

  /// `and` and `or`: the first argument that decides, without looking at the rest.
  private func choose(
    _ truth: Bool, _ arguments: ArraySlice<TemplateOperand>, _ final: GoValue?, _ dot: GoValue
  ) throws(TemplateError) -> GoValue {
    var value = GoValue.invalid
    for operand in arguments {
      value = try argument(operand, .anything, dot)
      if value.truth == truth { return value }
    }
    return final ?? value
  }

  private func argument(_ operand: TemplateOperand, _ type: GoFunction.Parameter, _ dot: GoValue) throws(TemplateError) -> GoValue {
    place = .operand(operand)
    switch operand {
    case .dot: return try checked(dot, type)
    case .null:
      guard type != .text else { throw failure("cannot assign nil to \(type.rawValue)") }
      return .invalid
    case .field, .variable, .chain: return try checked(try value(of: operand, dot, hasArguments: false, arguments: [], nil), type)
    case .pipe(let pipe): return try checked(try evaluate(dot, pipe), type)
    case .identifier(let name, _): return try checked(try call(name, [], nil, dot, .operand(operand)), type)
    case .bool(let value, _):
      if type == .anything { return .bool(value) }
    case .number(let number, _):
      if type == .anything { return try constant(number) }
    case .string(_, let text, _):
      if type == .anything || type == .text { return .string(text) }
    }
    if type == .text { throw failure("expected string; found \(operand)") }
    throw failure("can't handle \(operand) for arg of type \(type.rawValue)")
  }

  private func checked(_ value: GoValue, _ type: GoFunction.Parameter) throws(TemplateError) -> GoValue {
    switch (type, value) {
    case (.anything, _), (.text, .string), (.sample, .sample), (.vector, .vector), (.sample, .invalid): return value
    case (.vector, .invalid): return .vector([])
    case (_, .invalid): throw failure("invalid value; expected \(type.rawValue)")
    default: throw failure("wrong type for value; expected \(type.rawValue); got \(value.typeName)")
    }
  }
}
