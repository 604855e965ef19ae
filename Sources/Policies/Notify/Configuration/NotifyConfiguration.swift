import SeriesModel

/// Everything the notifier is made with.
package struct NotifyConfiguration: Sendable {
  package var route: Route
  package var receivers: [Receiver]
  /// When an alert without an end ends, unless it is refreshed.
  package var resolveTimeout = PromDuration.minutes(5)
  package var retry = RetryPolicy()
  package var limits = NotifierLimits()

  package init(route: Route, receivers: [Receiver]) {
    self.route = route
    self.receivers = receivers
  }

  /// One root route to these URLs. An attempt is given 15 s, so that one that hangs does not cost a whole flush.
  package init(webhooks urls: [String], receiver: String = "webhook") {
    let webhooks = urls.map { url in
      var webhook = Webhook(url: url)
      webhook.timeout = .seconds(15)
      return webhook
    }
    self.init(route: Route(receiver: receiver), receivers: [Receiver(name: receiver, webhooks: webhooks)])
  }

  /// - Throws: every problem that was found.
  package func check() throws(NotifyConfigurationError) {
    var found = route.problems
    var names: Set<String> = []
    for receiver in receivers {
      if !names.insert(receiver.name).inserted { found.append("receiver \"\(receiver.name)\" is defined twice") }
      found += receiver.problems
    }
    if !route.receiver.isEmpty, !names.contains(route.receiver) {
      let known = receivers.isEmpty ? "none is" : "defined: " + receivers.map { "\"\($0.name)\"" }.joined(separator: ", ")
      found.append("route: receiver \"\(route.receiver)\" is not defined (\(known))")
    }
    if resolveTimeout <= .zero || resolveTimeout > Route.longest {
      found.append("resolve_timeout: expected more than 0s and at most \(Route.longest), found \(resolveTimeout)")
    }
    found += retry.problems + limits.problems
    guard found.isEmpty else { throw NotifyConfigurationError(found) }
  }
}

/// What the notifier keeps at most.
package struct NotifierLimits: Hashable, Sendable {
  /// Updates that wait to be looked at; when there are more the oldest go.
  package var queuedUpdates = 10_000
  /// Alerts that are known; further ones are not taken.
  package var alerts = 100_000
  /// Groups that exist; an alert that would need another is not taken.
  package var groups = 20_000

  package init() {}

  var problems: [String] {
    [("queued updates", queuedUpdates), ("alerts", alerts), ("groups", groups)].filter { $0.1 < 1 }
      .map { "limit of \($0.0): expected at least 1, found \($0.1)" }
  }
}

/// A notifier cannot be made of this. The old one stays.
package struct NotifyConfigurationError: Error, Hashable, CustomStringConvertible {
  /// At least one: the place, what was expected, what was found.
  package var problems: [String]

  init(_ problems: [String]) { self.problems = problems }

  package var description: String { problems.joined(separator: "; ") }
}
