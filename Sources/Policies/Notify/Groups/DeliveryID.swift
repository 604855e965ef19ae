import AlertModel
import SeriesModel

/// The stable name of a notification, by which a receiver recognises one that it has already taken.
///
/// It hangs on what is told (group, receiver, integration, reason, each alert with its start and whether it has ended) and on when something was told last. So a
/// delivery that is tried again has the same name, in the same flush or a later one, and a repeated notification another.
enum DeliveryID {
  static func text(
    of alerts: [NotifiedAlert], key: NotificationLog.Key, reason: NotifyReason, after last: Timestamp?
  ) -> String {
    var bytes: [UInt8] = []
    func add(_ text: String) {
      add(UInt64(text.utf8.count))
      bytes.append(contentsOf: text.utf8)
    }
    func add(_ number: UInt64) {
      for shift in stride(from: 0, to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: number >> shift)) }
    }
    add(key.groupKey)
    add(key.receiver)
    add(UInt64(key.integration))
    add(reason.rawValue)
    add(UInt64(bitPattern: last?.milliseconds ?? -1))
    for alert in alerts {
      add(alert.fingerprint.bits)
      add(UInt64(bitPattern: alert.alert.startsAt.milliseconds))
      bytes.append(alert.isResolved ? 1 : 0)
    }
    return [0, 1].map { seed in Fingerprint(bits: StableHash.of(bytes.span, seed: seed)).description }.joined()
  }
}
