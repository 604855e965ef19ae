import HTTPClient
import SeriesModel

/// A named destination: everything it lists is told the same, each on its own. One that lists nothing is for alerts that nobody wants to hear of.
package struct Receiver: Hashable, Sendable {
  package var name: String
  package var webhooks: [Webhook]

  package init(name: String, webhooks: [Webhook]) {
    self.name = name
    self.webhooks = webhooks
  }

  var problems: [String] {
    var found: [String] = []
    if name.isEmpty { found.append("receiver: expected a name") }
    for (i, webhook) in webhooks.enumerated() {
      found += webhook.problems.map { "receiver \"\(name)\", webhook[\(i)]: \($0)" }
    }
    return found
  }
}

/// One URL that is told.
package struct Webhook: Hashable, Sendable {
  package var url: String
  /// Whether the end of an alert is told.
  package var sendsResolved = true
  /// Alerts in one body; 0: all.
  package var maxAlerts = 0
  /// Of one attempt; 0: as long as the flush may take. One that hangs is then tried again by the next flush only.
  package var timeout = PromDuration.zero
  package var trust = ClientRequest.Trust()
  package var proxy = ClientRequest.Proxy.none

  package init(url: String) { self.url = url }

  var problems: [String] {
    var found: [String] = []
    if let problem = urlProblem { found.append("url: " + problem) }
    if maxAlerts < 0 { found.append("max_alerts: expected 0 (all) or more, found \(maxAlerts)") }
    if timeout < .zero { found.append("timeout: expected 0s (none) or more, found \(timeout)") }
    return found
  }

  /// Says as little of the URL as it can.
  private var urlProblem: String? {
    guard let scheme = ["http://", "https://"].first(where: { url.hasPrefix($0) }) else {
      if url.isEmpty { return "expected http://… or https://…, found nothing" }
      let found = url.firstRange(of: "://").map { "the scheme \"\(url[..<$0.lowerBound].prefix(16))\"" } ?? "no scheme"
      return "expected http://… or https://…, found \(found)"
    }
    let host = url.dropFirst(scheme.count).prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    if host.isEmpty || host.hasPrefix(":") { return "expected a host after \(scheme)" }
    if url.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7f }) { return "expected no blanks or control characters" }
    return nil
  }
}

// The rest of a webhook's URL is often the secret that lets one in, so no text of it has more than the server.
extension Webhook: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// `https://hooks.example:8443/…`
  package var description: String {
    guard urlProblem == nil, let scheme = url.firstRange(of: "://") else { return "a webhook" }
    let authority = url[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    let host = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
    return "\(url[..<scheme.upperBound])\(host)/…"
  }

  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: ["server": description]) }
}
