/// Turns a plan into another one with the same answers.
protocol PlanPass: Sendable {
  func apply(to plan: Plan) -> Plan
}

enum PlanPasses {
  /// In the order in which they run.
  static let all: [any PlanPass] = [ConstantFolding(), MatcherReduction(), StepInvariance()]
}
