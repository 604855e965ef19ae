import AlertModel
import SeriesModel

/// The JSON that webhooks get: version 4 of Alertmanager's, byte for byte.
enum WebhookBody {
  /// - Parameter maxAlerts: 0: all. Of more, the first are told and the rest is counted in `truncatedAlerts`.
  static func encode(_ notification: Notification, externalURL: String, maxAlerts: Int) -> [UInt8] {
    let all = notification.alerts
    let alerts = maxAlerts > 0 ? all.prefix(maxAlerts) : all[...]
    var json = BodyWriter(reserving: 512 + 512 * alerts.count)
    json.raw("{\"receiver\":")
    json.string(escaped(notification.receiver))
    json.member("status", status(isResolved: alerts.allSatisfy(\.isResolved)))
    json.raw(",\"alerts\":[")
    for (i, alert) in alerts.enumerated() { write(alert, isFirst: i == 0, to: &json) }
    json.raw("]")
    json.member("notification_reason", notification.reason.rawValue)
    json.member("groupLabels", notification.groupLabels.labels)
    json.member("commonLabels", common(alerts) { $0.alert.labels.labels })
    json.member("commonAnnotations", common(alerts) { sorted($0.alert.annotations) })
    json.member("externalURL", externalURL)
    json.member("version", "4")
    json.member("groupKey", notification.groupKey)
    json.raw(",\"truncatedAlerts\":\(all.count - alerts.count)}\n")
    return json.bytes
  }

  private static func write(_ notified: NotifiedAlert, isFirst: Bool, to json: inout BodyWriter) {
    let alert = notified.alert
    json.raw(isFirst ? "{\"status\":" : ",{\"status\":")
    json.string(status(isResolved: notified.isResolved))
    json.member("labels", alert.labels.labels)
    json.member("annotations", sorted(alert.annotations))
    json.member("startsAt", time(alert.startsAt))
    json.member("endsAt", alert.endsAt.map(time) ?? "0001-01-01T00:00:00Z")
    json.member("generatorURL", alert.generatorURL)
    json.member("fingerprint", notified.fingerprint.description)
    json.raw("}")
  }

  private static func status(isResolved: Bool) -> String { isResolved ? "resolved" : "firing" }

  /// Pairs that all alerts share.
  private static func common(_ alerts: ArraySlice<NotifiedAlert>, _ pairs: (NotifiedAlert) -> [Label]) -> [Label] {
    guard let first = alerts.first else { return [] }
    var shared = pairs(first)
    for alert in alerts.dropFirst() where !shared.isEmpty {
      let others = Set(pairs(alert))
      shared.removeAll { !others.contains($0) }
    }
    return shared
  }

  private static func sorted(_ annotations: [String: String]) -> [Label] {
    annotations.map { Label($0.key, $0.value) }.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  /// What regular expressions would take for more than itself is escaped.
  static func escaped(_ receiver: String) -> String {
    let special = Set(#"\.+*?()|[]{}^$"#.unicodeScalars)
    return receiver.unicodeScalars.reduce(into: "") { text, scalar in
      if special.contains(scalar) { text += "\\" }
      text.unicodeScalars.append(scalar)
    }
  }

  /// RFC 3339, the fraction without zeros at its end.
  static func time(_ time: Timestamp) -> String {
    let text = time.rfc3339
    guard let point = text.firstIndex(of: ".") else { return text }
    var digits = text[text.index(after: point)...].dropLast()
    while digits.last == "0" { digits.removeLast() }
    return "\(text[..<point]).\(digits)Z"
  }
}
