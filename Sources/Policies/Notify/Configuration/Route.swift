import SeriesModel

/// Where alerts go, and how they are gathered on the way.
package struct Route: Hashable, Sendable {
  package var receiver: String
  /// All must match. A root has none.
  package var matchers: [Matcher] = []
  package var grouping = Grouping.labels(["alertname", "severity", "component"])
  /// How long a new group waits for company.
  package var groupWait = PromDuration.seconds(10)
  /// Between two flushes of a group; also how long a flush may take.
  package var groupInterval = PromDuration.minutes(5)
  /// After which an unchanged group is told again.
  package var repeatInterval = PromDuration.hours(4)

  /// The most that any of the times may be.
  package static let longest = PromDuration.hours(24 * 365)

  package init(receiver: String) { self.receiver = receiver }

  /// This level's part of a group key: the sorted matchers in braces.
  var keyText: String { "{" + matchers.map(\.description).sorted().joined(separator: ",") + "}" }

  var problems: [String] {
    var found: [String] = []
    if !matchers.isEmpty { found.append("route: the root takes every alert and has no matchers, found \(keyText)") }
    if receiver.isEmpty { found.append("route: expected the name of a receiver") }
    found += grouping.problems.map { "route: " + $0 }
    if groupWait < .zero { found.append("route: group_wait: expected 0s or more, found \(groupWait)") }
    for (name, value) in [("group_interval", groupInterval), ("repeat_interval", repeatInterval)] where value <= .zero {
      found.append("route: \(name): expected more than 0s, found \(value)")
    }
    for (name, value) in [("group_wait", groupWait), ("group_interval", groupInterval), ("repeat_interval", repeatInterval)]
    where value > Self.longest {
      found.append("route: \(name): expected at most \(Self.longest), found \(value)")
    }
    return found
  }
}

/// Routes as a table: a group remembers its route's number.
///
/// One root takes everything. A tree of routes becomes more rows, found by walking their matchers.
struct RouteTable: Sendable {
  struct Row: Sendable {
    var route: Route
    /// The key texts of the path from the root, joined by `/`.
    var path: String
  }

  let rows: [Row]

  init(root: Route) { rows = [Row(route: root, path: root.keyText)] }

  /// The row whose groups are those of a row of another table.
  func row(gatheringLike other: Row) -> Int? {
    rows.firstIndex { $0.path == other.path && $0.route.grouping == other.route.grouping }
  }

  /// The rows where an alert ends up, at least one.
  func destinations(of labels: LabelSet) -> Range<Int> { rows.indices }
}
