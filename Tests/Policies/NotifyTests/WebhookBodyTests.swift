import AlertModel
import SeriesModel
import Testing

@testable import Notify

@Suite struct WebhookBodyTests {
  static let notification = AlertModel.Notification(
    id: "id", receiver: "team.a", integration: 0, groupKey: #"{}:{alertname="Down", job="api"}"#,
    groupLabels: ["alertname": "Down", "job": "api"],
    alerts: [
      NotifiedAlert(
        Alert(
          labels: ["job": "api", "instance": "i1", "alertname": "Down"], annotations: ["summary": "s1", "run": "x"],
          startsAt: Timestamp(rfc3339: "2026-11-21T02:27:18.100Z")!, endsAt: Timestamp(rfc3339: "2026-11-21T02:27:24.601Z")!,
          generatorURL: "http://gen/g?x=1")),
      NotifiedAlert(
        Alert(
          labels: ["job": "api", "instance": "i2", "alertname": "Down"], annotations: ["summary": "s2", "run": "x"],
          startsAt: Timestamp(rfc3339: "2026-11-21T02:27:18Z")!, generatorURL: "http://gen/g?x=1")),
    ], reason: .someAlertsResolved)

  static func body(_ notification: AlertModel.Notification, maxAlerts: Int = 0) -> String {
    String(decoding: WebhookBody.encode(notification, externalURL: "http://am.example", maxAlerts: maxAlerts), as: UTF8.self)
  }

  @Test func `members stand in Alertmanager's order`() {
    let expected = [
      #"{"receiver":"team\\.a","status":"firing","alerts":["#,
      #"{"status":"resolved","labels":{"alertname":"Down","instance":"i1","job":"api"},"annotations":{"run":"x","summary":"s1"},"#,
      #""startsAt":"2026-11-21T02:27:18.1Z","endsAt":"2026-11-21T02:27:24.601Z","generatorURL":"http://gen/g?x=1","#,
      #""fingerprint":"939e03805b1e2a3e"},"#,
      #"{"status":"firing","labels":{"alertname":"Down","instance":"i2","job":"api"},"annotations":{"run":"x","summary":"s2"},"#,
      #""startsAt":"2026-11-21T02:27:18Z","endsAt":"0001-01-01T00:00:00Z","generatorURL":"http://gen/g?x=1","#,
      #""fingerprint":"8167ebef4d72520d"}],"notification_reason":"some alerts resolved","#,
      #""groupLabels":{"alertname":"Down","job":"api"},"commonLabels":{"alertname":"Down","job":"api"},"#,
      #""commonAnnotations":{"run":"x"},"externalURL":"http://am.example","version":"4","#,
      #""groupKey":"{}:{alertname=\"Down\", job=\"api\"}","truncatedAlerts":0}"#, "\n",
    ].joined()
    #expect(Self.body(Self.notification) == expected)
  }

  @Test func `status and what is common are of the alerts that are told`() {
    let body = Self.body(Self.notification, maxAlerts: 1)
    #expect(body.hasPrefix(#"{"receiver":"team\\.a","status":"resolved","#))
    #expect(
      body.contains(
        #""commonLabels":{"alertname":"Down","instance":"i1","job":"api"},"commonAnnotations":{"run":"x","summary":"s1"}"#))
    #expect(body.hasSuffix(",\"truncatedAlerts\":1}\n"))
  }

  @Test func `what is empty is an empty object`() {
    var notification = Self.notification
    notification.groupLabels = [:]
    notification.alerts = [NotifiedAlert(Alert(labels: ["a": "b"], annotations: [:], startsAt: Timestamp(milliseconds: 0)))]
    #expect(Self.body(notification).contains(#""annotations":{},"startsAt":"1970-01-01T00:00:00Z","endsAt":"0001"#))
    #expect(Self.body(notification).contains(#""groupLabels":{},"commonLabels":{"a":"b"},"commonAnnotations":{},"#))
  }

  @Test(
    arguments: [
      ("plain é\u{1F600}", "plain é\u{1F600}"), ("a\"b\\c/", #"a\"b\\c/"#), ("\u{08}\u{09}\n\u{0c}\r", #"\b\t\n\f\r"#),
      ("\u{00}\u{01}\u{1f}\u{7f}", "\\u0000\\u0001\\u001f\u{7f}"), ("<a href=\"x\">&", #"\u003ca href=\"x\"\u003e\u0026"#),
      ("\u{2027}\u{2028}\u{2029}\u{202a}", "\u{2027}\\u2028\\u2029\u{202a}"), ("\u{80a8}¨©", "\u{80a8}¨©"),
    ])
  func `texts are escaped as Go does`(_ text: String, _ json: String) {
    var writer = BodyWriter(reserving: 16)
    writer.string(text)
    #expect(String(decoding: writer.bytes, as: UTF8.self) == "\"\(json)\"")
  }

  @Test func `labels and pairs are written the same way`() {
    let labels: LabelSet = ["a": "1", "b<": "x\u{2028}\"é", "c": "\n"]
    var (one, other) = (BodyWriter(reserving: 16), BodyWriter(reserving: 16))
    one.object("", labels)
    other.object("", labels.labels)
    #expect(one.bytes == other.bytes)
    #expect(String(decoding: one.bytes, as: UTF8.self) == #"{"a":"1","b\u003c":"x\u2028\"é","c":"\n"}"#)
  }

  @Test(arguments: [("plain-name_1", "plain-name_1"), ("a.b*(c)", #"a\.b\*\(c\)"#), (#"\+?|[]{}^$"#, #"\\\+\?\|\[\]\{\}\^\$"#)])
  func `a receiver's name is quoted for regular expressions`(_ name: String, _ quoted: String) {
    #expect(WebhookBody.escaped(name) == quoted)
  }
}
