import SeriesModel
import Testing

@testable import AlertModel

@Suite struct FingerprintTests {
  /// As Alertmanager prints them.
  @Test(
    arguments: [
      ([:], "cbf29ce484222325"), (["only": "this"], "2b085bd62de752a9"),
      (["alertname": "Down", "instance": "i1", "job": "api"], "939e03805b1e2a3e"),
      (["job": "api", "instance": "i2", "alertname": "Down"], "8167ebef4d72520d"),
      (["alertname": "Down", "job": "api", "instance": "é\u{1F600}"], "dd1fd56c7d1e6f0b"),
      (["alertname": "Down", "job": "api", "instance": "b"], "094b0bdef2800586"),
    ] as [(LabelSet, String)])
  func `fingerprints are those of Alertmanager`(_ labels: LabelSet, _ text: String) {
    #expect(Fingerprint(labels).description == text)
  }

  @Test func `a notified alert that has an end is resolved`() {
    let start = Timestamp(milliseconds: 0)
    #expect(!NotifiedAlert(Alert(labels: ["a": "b"], annotations: [:], startsAt: start)).isResolved)
    #expect(NotifiedAlert(Alert(labels: ["a": "b"], annotations: [:], startsAt: start, endsAt: start)).isResolved)
  }
}
