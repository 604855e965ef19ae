import SeriesModel

/// The page `docs/metrics.md`, made of the catalogue.
package enum MetricsPage {
  package static func markdown(_ families: [Family] = Families.all) -> String {
    var page = """
      # Metrics

      Every metric family that Tidemark exposes. This page is made of the catalogue in `Sources/Models/Catalogue`; `scripts/golden` writes it anew.

      Values in parentheses are the closed set of a label: all of them exist at 0 as soon as the entity is seen, except those after *one of*,
      of which an entity has one. Other labels are open: beyond the family's cap of label sets their values become `\(Family.otherValue)`,
      and a gauge then shows its *fold* over what it stands for. A histogram also has `le`. A family's *life* is the time after which
      label sets that nothing updates are dropped; what a dropped counter had stays in `\(Family.otherValue)`.

      """
    for area in Family.Area.allCases {
      let members = families.filter { $0.area == area }
      if members.isEmpty { continue }
      page += "\n## \(area.rawValue.prefix(1).uppercased())\(area.rawValue.dropFirst())\n\n"
      page += "| family | type | unit | labels | about |\n| --- | --- | --- | --- | --- |\n"
      for family in members { page += row(family) }
    }
    return page
  }

  private static func row(_ family: Family) -> String {
    let labels = family.labels.map(label).joined(separator: ", ")
    return "| `\(family.name)` | \(family.type.rawValue) | \(family.unit.rawValue) | \(labels) | \(about(family)) |\n"
  }

  private static func label(_ label: FamilyLabel) -> String {
    switch label.values {
    case .open: "`\(label.name)`"
    case .closed(let values): "`\(label.name)` (\(values.joined(separator: ", ")))"
    case .property(let values): "`\(label.name)` (*one of* \(values.joined(separator: ", ")))"
    }
  }

  private static func about(_ family: Family) -> String {
    var text = family.help + "."
    if !family.buckets.isEmpty { text += " Buckets: " + family.buckets.map(number).joined(separator: " ") + "." }
    if let ttl = family.ttl { text += " Life: \(ttl)." }
    if family.type == .gauge, family.labels.contains(where: \.isOpen) { text += " Fold: \(family.fold.rawValue)." }
    if family.seriesCap != Family.defaultSeriesCap { text += " Cap: \(family.seriesCap)." }
    return text
  }

  private static func number(_ value: Double) -> String {
    value == value.rounded() ? String(Int(value)) : value.description
  }
}
