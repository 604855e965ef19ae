import Catalogue
import Exposition
import SeriesModel
import Threading

/// Counts scrapes aside, until the grid's next time takes them into the registry.
final class ScrapeCounts: Sendable {
  private struct Counts {
    var scrapes: [String: [String: Double]] = [:]
    var renders: [String: Double] = [:]
    var lastRender: [String: (seconds: Double, bytes: Int)] = [:]
  }

  private let counts = BlockingLock(Counts())

  func count(_ format: ExpositionFormat, gzip: Bool) {
    counts.withLock { $0.scrapes[Self.word(format), default: [:]][gzip ? "gzip" : "identity", default: 0] += 1 }
  }

  func rendered(_ format: ExpositionFormat, seconds: Double, bytes: Int) {
    counts.withLock {
      $0.renders[Self.word(format), default: 0] += 1
      $0.lastRender[Self.word(format)] = (seconds, bytes)
    }
  }

  func report(into update: inout RegistryUpdate, _ registry: Registry) {
    let taken = counts.withLock { counts in
      defer { counts = Counts() }
      return counts
    }
    let now = registry.options.time.now()
    for (format, encodings) in taken.scrapes {
      for (encoding, count) in encodings {
        update.add(update.series(registry.family(Families.tidemarkScrapesTotal), [format, encoding], created: now), count)
      }
    }
    for (format, count) in taken.renders {
      update.add(update.series(registry.family(Families.tidemarkPageRendersTotal), [format], created: now), count)
    }
    for (format, last) in taken.lastRender {
      update.set(
        update.series(registry.family(Families.tidemarkPageLastRenderDurationSeconds), [format], created: now), last.seconds)
      update.set(update.series(registry.family(Families.tidemarkPageBytes), [format], created: now), Double(last.bytes))
    }
  }

  private static func word(_ format: ExpositionFormat) -> String { format == .text ? "text" : "openmetrics" }
}
