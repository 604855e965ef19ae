import PromQLSyntax
import SeriesModel
import TextCoding

/// One line, in the manner of PromQL: `sum by (job) (rate(x[5m]))`. Passes are tested by it.
extension Plan: CustomStringConvertible {
  var description: String {
    switch self {
    case .number(let value): NumberText.fixed(value)
    case .text(let text): GoText.quoted(text)
    case .clock(let function): "\(function.rawValue)()"
    case .select, .window: title
    case .sampleTimes(let selection): "timestamp(\(selection))"
    case .subquery(let plan): "\(plan.expr)\(plan.suffix)"
    case .aggregate(let plan): "\(plan.head)(\(list(children)))"
    case .negate(let plan): "-\(plan)"
    case .scalarBinary(let op, let left, let right): "(\(left) \(op.rawValue) \(right))"
    case .scalarSide(let plan):
      "(\(children[0]) \(plan.op.rawValue)\(plan.returnsBool ? " bool" : "") \(children[1]))"
    case .binary(let plan):
      "(\(plan.left) \(plan.op.rawValue)\(plan.returnsBool ? " bool" : "")\(plan.matching.suffix) \(plan.right))"
    case .set(let plan): "(\(plan.left) \(plan.op.rawValue)\(plan.matching.suffix) \(plan.right))"
    default: "\(title)(\(list(children)))"
    }
  }

  /// What the plan itself does, without what is beneath.
  var title: String {
    switch self {
    case .number(let value): NumberText.fixed(value)
    case .text(let text): GoText.quoted(text)
    case .clock(let function): function.rawValue
    case .select(let selection): selection.description
    case .sampleTimes(let selection): "timestamp \(selection)"
    case .window(let plan):
      plan.selection.matchersText + "[\(plan.length)]" + plan.selection.edgesText + plan.selection.shift.description
    case .subquery(let plan): "subquery \(plan.suffix)"
    case .overTime(let plan): plan.function.rawValue
    case .absentOverTime: "absent_over_time"
    case .absent: "absent"
    case .math(let plan): plan.function.rawValue
    case .scalarMath(let function, _): function.rawValue
    case .toScalar: "scalar"
    case .toVector: "vector"
    case .relabel(_, .replace): "label_replace"
    case .relabel(_, .join): "label_join"
    case .sort: "sort"
    case .buckets(let plan):
      switch plan.kind {
      case .quantile: "histogram_quantile"
      case .quantiles: "histogram_quantiles"
      case .fraction: "histogram_fraction"
      }
    case .info: "info"
    case .nothing: "nothing"
    case .aggregate(let plan): plan.head.trimmingLast
    case .negate: "negate"
    case .scalarBinary(let op, _, _): op.rawValue
    case .scalarSide(let plan): plan.op.rawValue + (plan.returnsBool ? " bool" : "")
    case .binary(let plan): plan.op.rawValue + (plan.returnsBool ? " bool" : "") + plan.matching.suffix
    case .set(let plan): plan.op.rawValue + plan.matching.suffix
    case .once: "once"
    }
  }

  private func list(_ plans: [Plan]) -> String { plans.map(\.description).joined(separator: ", ") }
}

extension Selection: CustomStringConvertible {
  /// As a selector is written: `up{job="a"}`.
  var matchersText: String {
    var rest = matchers
    var name = ""
    let named = rest.firstIndex {
      $0.name == LabelName.metric && $0.kind == .equal && LabelName.isClassicMetric($0.value)
    }
    if let named {
      name = rest.remove(at: named).value
      if rest.isEmpty { return name }
    }
    return name + "{" + rest.map(\.description).joined(separator: ",") + "}"
  }
  var edgesText: String { edges == .ordinary ? "" : " \(edges)" }
  var description: String { matchersText + edgesText + shift.description }
}

extension TimeShift: CustomStringConvertible {
  var description: String {
    var text = ""
    if let offset { text += " offset \(offset)" }
    switch at {
    case nil: break
    case .timestamp(let time): text += " @ \(NumberText.fixed(time.seconds))"
    case .start: text += " @ start()"
    case .end: text += " @ end()"
    }
    return text
  }
}

extension Length: CustomStringConvertible {
  var description: String {
    switch self {
    case .fixed(let milliseconds): PromDuration(milliseconds: milliseconds).description
    case .computed: "computed"
    }
  }
}

extension SubqueryPlan {
  var suffix: String { "[\(length):\(step.map(\.description) ?? "")]\(shift)" }
}

extension AggregatePlan {
  /// With a blank behind the grouping.
  var head: String {
    if grouping.isEmpty, !without { return op.rawValue }
    return "\(op.rawValue) \(without ? "without" : "by") (\(grouping.joined(separator: ", "))) "
  }
}

extension VectorMatching {
  var suffix: String {
    var text = ""
    if on || !labels.isEmpty { text += " \(on ? "on" : "ignoring") (\(labels.joined(separator: ", ")))" }
    switch cardinality {
    case .manyToOne: text += " group_left (\(include.joined(separator: ", ")))"
    case .oneToMany: text += " group_right (\(include.joined(separator: ", ")))"
    case .oneToOne, .manyToMany: break
    }
    if let fillLeft { text += " fill_left(\(NumberText.fixed(fillLeft)))" }
    if let fillRight { text += " fill_right(\(NumberText.fixed(fillRight)))" }
    return text
  }
}

extension String {
  fileprivate var trimmingLast: String { hasSuffix(" ") ? String(dropLast()) : self }
}
