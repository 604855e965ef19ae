import SeriesModel

/// `group_by`: which alerts are told together.
package enum Grouping: Hashable, Sendable {
  /// Alerts with equal values of these labels; a label that an alert lacks is not in its group's labels.
  case labels([String])
  /// `...`: every label set is a group of its own.
  case allLabels

  /// - Throws: what is wrong with the names.
  package init(groupBy names: [String]) throws(NotifyConfigurationError) {
    if names.contains("...") {
      guard names.count == 1 else {
        throw NotifyConfigurationError(["group_by: \"...\" means all labels and stands alone, found \(names.count - 1) more"])
      }
      self = .allLabels
      return
    }
    self = .labels(names)
    let problems = problems
    guard problems.isEmpty else { throw NotifyConfigurationError(problems) }
  }

  func groupLabels(of labels: LabelSet) -> LabelSet {
    switch self {
    case .labels(let names): labels.keeping(names)
    case .allLabels: labels
    }
  }

  var problems: [String] {
    guard case .labels(let names) = self else { return [] }
    var seen: Set<String> = []
    var found: [String] = []
    for name in names {
      if name.isEmpty { found.append("group_by: expected a label name, found an empty text") }
      if !seen.insert(name).inserted { found.append("group_by: \"\(name)\" is named twice") }
    }
    return found
  }
}
