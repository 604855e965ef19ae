import AlertModel
import SeriesModel

/// What happens in the rules, for logs, metrics and tests.
package enum RulesEvent: Hashable, Sendable {
  /// The groups that are evaluated from now on, new and old ones.
  case loaded([GroupShape])
  /// A group is evaluated no more; these alerts it had.
  case removed(GroupID, AlertCounts)
  case passed(PassReport)
  /// A rule fails that did not, or for another reason.
  case failing(RuleID, RuleFailure)
  /// A rule that failed yields again.
  case recovered(RuleID)
  /// The state of alerts is not on disk; the passes go on without.
  case journalFailed(String)
}

package struct GroupShape: Hashable, Sendable {
  package var group: GroupID
  package var interval: PromDuration
  package var rules: Int
}

package struct AlertCounts: Hashable, Sendable {
  package var pending = 0
  package var firing = 0

  package init(pending: Int = 0, firing: Int = 0) {
    self.pending = pending
    self.firing = firing
  }

  init(_ rules: [RuleMemory]) {
    for rule in rules {
      for alert in rule.standing.alerts.values {
        switch alert.state {
        case .pending: pending += 1
        case .firing: firing += 1
        case .resolved: break
        }
      }
    }
  }
}

/// What one pass of a group brought.
package struct PassReport: Hashable, Sendable {
  package var group: GroupID
  /// The grid time that all its rules share.
  package var time: Timestamp
  /// Grid times before it that passed while nobody evaluated the group.
  package var missed: Int
  package var seconds: Double
  package var rules: Int
  package var failures: Int
  /// Samples and staleness markers that were stored.
  package var samples: Int
  package var alerts: AlertCounts
  package var alertsBefore: AlertCounts
  /// Told to the alert sink.
  package var updates: Int
}
