import DurableLog
import SourceText

/// Why rules are not taken. Those before stay.
package enum RulesError: Error, Hashable, Sendable {
  /// The state of alerts on disk cannot be opened.
  case journal(LogError)
  case tooManyGroups(limit: Int, count: Int)
  case repeatedGroup(GroupID)

  package var message: String {
    switch self {
    case .journal(let error): error.description
    case .tooManyGroups(let limit, let count): "\(count) rule groups are more than rules.group-limit, \(limit)"
    case .repeatedGroup(let id): "\(id.file): the group \(id.name) is loaded twice"
    }
  }
}

/// A rule that was loaded and fails in every pass: its expression or a template cannot be prepared.
package struct BrokenRule: Hashable, Sendable {
  package var group: GroupID
  package var name: String
  package var reason: String
  /// In the group's file.
  package var range: SourceRange
}
