import AlertModel

/// Leaves out the alerts that have ended where their end is not wanted.
enum SendResolved {
  static func passing(_ alerts: [NotifiedAlert], sendsResolved: Bool) -> [NotifiedAlert] {
    sendsResolved ? alerts : alerts.filter { !$0.isResolved }
  }
}
