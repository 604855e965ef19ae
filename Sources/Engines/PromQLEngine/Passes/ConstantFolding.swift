import PromQLSyntax

/// Works out what only depends on numbers.
struct ConstantFolding: PlanPass {
  func apply(to plan: Plan) -> Plan {
    let plan = plan.mappingChildren(apply)
    switch plan {
    case .negate(.number(let value)): return .number(-value)
    case .scalarBinary(let op, .number(let a), .number(let b)): return .number(op.scalar(a, b))
    case .scalarMath(let function, let arguments):
      let numbers = arguments.compactMap { if case .number(let value) = $0 { value } else { nil } }
      return numbers.count == 2 && arguments.count == 2 ? .number(function.apply(numbers[0], numbers[1])) : plan
    default: return plan
    }
  }
}
