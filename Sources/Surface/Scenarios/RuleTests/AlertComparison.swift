import PromQLSyntax
import SeriesModel

/// Tells how the alerts that fire differ from the expected ones. An alert is expected as often as it fires.
enum AlertComparison {
  /// Nothing when they are the same. Otherwise alerts by their labels: annotations that differ, alerts that are missing, alerts that nobody expected.
  static func differences(expected: [TestedAlert], got: [TestedAlert]) -> [String] {
    var missing: [TestedAlert] = []
    var left = got
    for alert in expected {
      if let i = left.firstIndex(of: alert) { left.remove(at: i) } else { missing.append(alert) }
    }
    var lines: [String] = []
    for alert in missing.sorted(by: { $0.labels < $1.labels }) {
      if let i = left.firstIndex(where: { $0.labels == alert.labels }) {
        lines += annotations(expected: alert, got: left.remove(at: i))
      } else {
        lines += ["expected \(shown(alert))", "got      nothing with these labels"]
      }
    }
    for alert in left.sorted(by: { $0.labels < $1.labels }) {
      lines += ["expected nothing with these labels", "got      \(shown(alert))"]
      lines += alert.annotations.sorted { $0.key < $1.key }.map { "           \($0.key): \(GoText.quoted($0.value))" }
    }
    return lines
  }

  private static func annotations(expected: TestedAlert, got: TestedAlert) -> [String] {
    var lines: [String] = []
    for name in Set(expected.annotations.keys).union(got.annotations.keys).sorted() {
      let (wanted, found) = (expected.annotations[name], got.annotations[name])
      if wanted == found { continue }
      lines += [
        "\(shown(expected)), annotation \(name):", "  expected \(wanted.map(GoText.quoted) ?? "none")",
        "  got      \(found.map(GoText.quoted) ?? "none")",
      ]
    }
    return lines
  }

  /// Without the name, which is the case's.
  private static func shown(_ alert: TestedAlert) -> String { alert.labels.removing([LabelName.alert]).description }
}
