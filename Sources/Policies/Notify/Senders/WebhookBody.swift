import AlertModel
import SeriesModel

/// The JSON that webhooks get: version 4 of Alertmanager's, byte for byte.
enum WebhookBody {
  /// - Parameter maxAlerts: 0: all. Of more, the first are told and the rest is counted in `truncatedAlerts`.
  static func encode(_ notification: Notification, externalURL: String, maxAlerts: Int) -> [UInt8] {
    let all = notification.alerts
    let alerts = maxAlerts > 0 ? all.prefix(maxAlerts) : all[...]
    var json = BodyWriter(reserving: 512 + 768 * alerts.count)
    json.string("{\"receiver\":", escaped(notification.receiver))
    json.string(",\"status\":", status(isResolved: alerts.allSatisfy(\.isResolved)))
    json.raw(",\"alerts\":")
    for (i, alert) in alerts.enumerated() {
      json.raw(i == 0 ? "[" : ",")
      write(alert, to: &json)
    }
    json.string("],\"notification_reason\":", notification.reason.rawValue)
    json.object(",\"groupLabels\":", notification.groupLabels)
    json.object(",\"commonLabels\":", commonLabels(alerts))
    json.object(",\"commonAnnotations\":", commonAnnotations(alerts))
    json.string(",\"externalURL\":", externalURL)
    json.string(",\"version\":", "4")
    json.string(",\"groupKey\":", notification.groupKey)
    json.raw(",\"truncatedAlerts\":\(all.count - alerts.count)}\n")
    return json.bytes
  }

  private static func write(_ notified: NotifiedAlert, to json: inout BodyWriter) {
    let alert = notified.alert
    json.string("{\"status\":", status(isResolved: notified.isResolved))
    json.object(",\"labels\":", alert.labels)
    json.object(",\"annotations\":", sorted(alert.annotations))
    json.string(",\"startsAt\":", time(alert.startsAt))
    json.string(",\"endsAt\":", alert.endsAt.map(time) ?? "0001-01-01T00:00:00Z")
    json.string(",\"generatorURL\":", alert.generatorURL)
    json.string(",\"fingerprint\":", notified.fingerprint.description)
    json.raw("}")
  }

  private static func status(isResolved: Bool) -> String { isResolved ? "resolved" : "firing" }

  // MARK: What all alerts share

  private static func commonLabels(_ alerts: ArraySlice<NotifiedAlert>) -> [Label] {
    guard let first = alerts.first else { return [] }
    var shared = first.alert.labels.labels
    for alert in alerts.dropFirst() where !shared.isEmpty {
      let labels = alert.alert.labels
      shared.removeAll { label in
        labels.valueRange(of: label.name).map { !labels.bytes[$0].elementsEqual(label.value.utf8) } ?? true
      }
    }
    return shared
  }

  private static func commonAnnotations(_ alerts: ArraySlice<NotifiedAlert>) -> [Label] {
    guard let first = alerts.first else { return [] }
    var shared = sorted(first.alert.annotations)
    for alert in alerts.dropFirst() where !shared.isEmpty {
      shared.removeAll { pair in !(alert.alert.annotations[pair.name]?.utf8.elementsEqual(pair.value.utf8) ?? false) }
    }
    return shared
  }

  private static func sorted(_ annotations: [String: String]) -> [Label] {
    annotations.map { Label($0.key, $0.value) }.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  // MARK: Texts

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
