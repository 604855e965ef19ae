import SeriesModel

/// Leaves out conditions that every series satisfies, and those that are written twice: the source has less to intersect.
struct MatcherReduction: PlanPass {
  func apply(to plan: Plan) -> Plan {
    switch plan {
    case .select(var selection):
      selection.matchers = reduce(selection.matchers)
      return .select(selection)
    case .sampleTimes(var selection):
      selection.matchers = reduce(selection.matchers)
      return .sampleTimes(selection)
    case .window(var window):
      window.selection.matchers = reduce(window.selection.matchers)
      return .window(window)
    default: return plan.mappingChildren(apply)
    }
  }

  private func reduce(_ matchers: [Matcher]) -> [Matcher] {
    var seen: Set<Matcher> = []
    let kept = matchers.filter { matcher in
      let matchesAll = matcher.kind == .regex && matcher.value == ".*"
      return !matchesAll && seen.insert(matcher).inserted
    }
    return kept.isEmpty ? Array(matchers.prefix(1)) : kept
  }
}
