import Catalogue
import SeriesModel

/// What a registry is made with.
package struct RegistryOptions: Sendable {
  package var time: any TimeSource
  /// Longer label values count under ``Family/otherValue``.
  package var maximumLabelValueBytes = 1024
  /// Label sets beyond its cap that a family remembers, so that none is admitted later. A family that has seen more admits nobody any more.
  package var maximumOverflowRemembered = 100_000
  /// `_created` lines in OpenMetrics.
  package var showsCreated = false

  package init(time: any TimeSource) { self.time = time }
}
