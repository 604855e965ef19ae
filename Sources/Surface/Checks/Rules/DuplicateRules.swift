import RuleModel
import SeriesModel
import SourceText

/// Rules of one file with the same name and the same labels, those of their groups included.
enum DuplicateRules {
  private struct Identity: Hashable {
    var name: String
    var labels: [Label]
  }

  static func findings(in file: RuleFile, _ source: SourceFile) -> [Diagnostic] {
    var first: [Identity: SourceRange] = [:]
    var findings: [Diagnostic] = []
    for rule in file.groups.flatMap(\.rules) {
      // An empty label is no label.
      let identity = Identity(name: rule.name, labels: rule.labels.filter { !$0.value.isEmpty })
      let place = rule.places?.name ?? rule.range
      guard let before = first[identity] else {
        first[identity] = place
        continue
      }
      let labels = identity.labels.isEmpty ? "without labels" : "with the labels \(LabelSet(identity.labels))"
      findings.append(
        Diagnostic(
          .warning, RuleCheck.duplicate, at: place, "\"\(rule.name)\" \(labels) stands twice",
          hint: "give it a name or a label of its own",
          notes: ["first at line \(source.location(of: before.lower).line)"]))
    }
    return findings
  }
}
