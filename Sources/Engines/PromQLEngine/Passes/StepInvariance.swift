import PromQLSyntax

/// Wraps what is the same at every step, as high in the tree as it goes, so that it is evaluated once. What a subquery evaluates is wrapped within it.
///
/// The reference decides the same way, and it shows: a wrapped aggregation takes its parameter from the first step, because only its vector is asked.
struct StepInvariance: PlanPass {
  func apply(to plan: Plan) -> Plan {
    let (plan, isInvariant) = wrap(plan)
    return isInvariant ? once(plan) : plan
  }

  /// The plan with wraps beneath it, and whether it may be wrapped as a whole.
  private func wrap(_ plan: Plan) -> (Plan, Bool) {
    switch plan {
    case .number, .text: return (plan, true)
    case .clock: return (plan, false)
    case .select(let selection): return (plan, selection.shift.at != nil)
    case .sampleTimes: return (plan, false)
    case .window(let window): return (plan, window.selection.shift.at != nil)
    case .subquery(var subquery):
      let (inner, isInvariant) = wrap(subquery.expr)
      subquery.expr = isInvariant ? once(inner) : inner
      return (.subquery(subquery), subquery.shift.at != nil)
    case .aggregate(var aggregate):
      let (vector, isInvariant) = wrap(aggregate.vector)
      // The reference looks at the vector alone here.
      aggregate.vector = vector
      aggregate.parameter = aggregate.parameter.map { apply(to: $0) }
      return (.aggregate(aggregate), isInvariant)
    case .info(var info):
      info.vector = apply(to: info.vector)
      return (.info(info), false)
    default:
      var invariant: [Bool] = []
      let wrapped = plan.mappingChildren { child in
        let (child, isInvariant) = wrap(child)
        invariant.append(isInvariant)
        return child
      }
      if !dependsOnTime(plan), invariant.allSatisfy({ $0 }) { return (wrapped, true) }
      var next = 0
      let mixed = wrapped.mappingChildren { child in
        defer { next += 1 }
        return invariant[next] ? once(child) : child
      }
      return (mixed, false)
    }
  }

  private func dependsOnTime(_ plan: Plan) -> Bool {
    switch plan {
    case .math(let math): math.function.dependsOnTime
    case .overTime(let overTime): overTime.function == .predictLinear
    default: false
    }
  }

  /// Numbers cost nothing, and ranges are read once as they are.
  private func once(_ plan: Plan) -> Plan {
    switch plan {
    case .number, .text, .window, .subquery, .once: plan
    default: .once(plan)
    }
  }
}
