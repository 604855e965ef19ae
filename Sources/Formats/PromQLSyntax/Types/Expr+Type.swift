extension Expr {
  /// What the expression yields. A call of an unknown function counts as a vector.
  public var valueType: ValueType {
    switch self {
    case .number: .scalar
    case .string: .string
    case .vector, .aggregate: .vector
    case .matrix, .subquery: .matrix
    case .call(let call): FunctionSignature.named(call.function)?.returns ?? .vector
    case .unary(let unary): unary.expr.valueType
    case .binary(let binary): binary.lhs.valueType == .scalar && binary.rhs.valueType == .scalar ? .scalar : .vector
    case .paren(let paren): paren.expr.valueType
    }
  }
}
