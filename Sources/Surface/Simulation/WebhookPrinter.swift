import FoundationEssentials
import SeriesModel

/// Turns the webhooks of an Alertmanager (body version 4) into lines for a terminal, one for each alert.
///
/// ```
/// FIRING   critical CriticalTaskQueueDepth{orchestrator="default",queue="plan-documents"} since 02:27:18: 6012 messages wait in queue …
/// RESOLVED critical CriticalTaskQueueDepth{orchestrator="default",queue="plan-documents"} after 4m12s: 6012 messages wait in queue …
/// ```
/// Texts of a body are shown without control characters, so that they cannot move the cursor.
package struct WebhookPrinter: Sendable {
  private let isColored: Bool

  /// - Parameter isColored: the states have colours (ANSI escapes).
  package init(isColored: Bool = false) { self.isColored = isColored }

  /// - Throws: ``WebhookProblem`` when the body is not one of version 4.
  package func lines(for body: [UInt8]) throws(WebhookProblem) -> [String] {
    let message: Message
    do { message = try JSONDecoder().decode(Message.self, from: Data(body)) } catch {
      throw WebhookProblem(reason: Self.reason(error))
    }
    guard message.version == "4" else {
      throw WebhookProblem(reason: "expected version \"4\", found \"\(Self.plain(message.version))\"")
    }
    var lines = message.alerts.map(line)
    if let cut = message.truncatedAlerts, cut > 0 { lines.append("         and \(cut) more alerts that the body leaves out") }
    return lines
  }
}

/// Why a body is no webhook.
package struct WebhookProblem: Error, Equatable, CustomStringConvertible {
  package var reason: String
  package var description: String { "not an Alertmanager webhook of version 4: \(reason)" }
}

private extension WebhookPrinter {
  struct Message: Decodable {
    var version: String
    var alerts: [Alert]
    var truncatedAlerts: Int?
  }

  struct Alert: Decodable {
    var status: String
    var labels: [String: String]
    var annotations: [String: String]?
    var startsAt: String
    var endsAt: String?
  }

  func line(_ alert: Alert) -> String {
    let isResolved = alert.status == "resolved"
    let state = isResolved ? colored("RESOLVED", 32) : colored("FIRING  ", alert.labels["severity"] == "critical" ? 31 : 33)
    let severity = alert.labels["severity"] ?? "none"
    let shown = alert.labels.filter { !["alertname", "severity", "component"].contains($0.key) }.sorted { $0.key < $1.key }
    let labels = shown.map { "\($0.key)=\"\($0.value)\"" }.joined(separator: ",")
    let name = (alert.labels["alertname"] ?? "alert without a name") + (labels.isEmpty ? "" : "{\(labels)}")
    let padding = String(repeating: " ", count: max(0, 8 - severity.count))
    let text = alert.annotations.flatMap { $0["description"] ?? $0["summary"] ?? $0["message"] }
    return "\(state) " + Self.plain("\(severity)\(padding) \(name) \(moment(alert, isResolved))\(text.map { ": \($0)" } ?? "")")
  }

  func moment(_ alert: Alert, _ isResolved: Bool) -> String {
    guard let start = Timestamp(rfc3339: alert.startsAt) else { return "since \(alert.startsAt)" }
    if isResolved, let end = alert.endsAt.flatMap(Timestamp.init(rfc3339:)), end >= start {
      return "after \(PromDuration.seconds((end - start).milliseconds / 1000))"
    }
    return "since \(start.rfc3339.dropFirst(11).prefix(8))"
  }

  func colored(_ text: String, _ code: Int) -> String { isColored ? "\u{1b}[\(code)m\(text)\u{1b}[0m" : text }

  /// Runs of blanks, line ends and other control characters become one blank.
  static func plain(_ text: String) -> String {
    var result = ""
    var isGap = false
    for scalar in text.unicodeScalars {
      if scalar.properties.generalCategory == .control || scalar == "\u{2028}" || scalar == "\u{2029}" || scalar == " " && isGap {
        if !isGap { result.unicodeScalars.append(" ") }
        isGap = true
      } else {
        result.unicodeScalars.append(scalar)
        isGap = false
      }
    }
    return result
  }

  static func reason(_ error: any Error) -> String {
    guard let error = error as? DecodingError else { return "\(error)" }
    func path(_ context: DecodingError.Context, _ key: String? = nil) -> String {
      let names = context.codingPath.map(\.stringValue) + (key.map { [$0] } ?? [])
      return names.isEmpty ? "the body" : plain(names.joined(separator: "."))
    }
    switch error {
    case .keyNotFound(let key, let context): return "\(path(context, key.stringValue)) is missing"
    case .typeMismatch(let type, let context), .valueNotFound(let type, let context): return "\(path(context)) is not a \(type)"
    case .dataCorrupted(let context): return "\(path(context)) is not JSON that can be read"
    @unknown default: return "it cannot be read"
    }
  }
}
