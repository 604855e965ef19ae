import AlertModel
import SeriesModel

/// A step of a flush that lets alerts pass or hushes them, for every integration alike.
///
/// Stages run in their order before the integrations' own: ``Dedup``, ``SendResolved``, ``DeliveryState``, ``NotificationLog``. Where none is left
/// nothing is told and nothing is recorded, and the flush has succeeded.
package protocol FlushStage: Sendable {
  func passing(_ alerts: [NotifiedAlert], of route: Route, at now: Timestamp) -> [NotifiedAlert]
}
