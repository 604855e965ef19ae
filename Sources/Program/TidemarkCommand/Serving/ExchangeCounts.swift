import Catalogue
import HTTPServer
import Instruments
import SeriesModel
import Threading

/// Counts HTTP requests between two samples, so that a request does not change the page.
///
/// Durations are kept with nine binary digits (0.2 %), equal ones together: memory is bounded however many requests come.
final class ExchangeCounts: Sendable {
  private struct Answered: Hashable {
    var route: String
    var status: Int
  }

  private struct Duration: Hashable {
    var route: String
    var seconds: Double
  }

  private struct Counts {
    var answered: [Answered: UInt64] = [:]
    var durations: [Duration: UInt64] = [:]
    var bytes: [String: Int] = [:]
  }

  private let counts = BlockingLock(Counts())

  func observe(_ exchange: Exchange) {
    let route = exchange.route ?? "none"
    let seconds = Double(bitPattern: exchange.seconds.bitPattern & ~((1 << 44) - 1))
    counts.withLock { counts in
      counts.answered[Answered(route: route, status: exchange.status), default: 0] += 1
      if exchange.end == .answered { counts.durations[Duration(route: route, seconds: seconds), default: 0] += 1 }
      counts.bytes[route, default: 0] += exchange.responseBytes ?? 0
    }
  }

  func report(into update: inout RegistryUpdate, _ registry: Registry, at now: Timestamp) {
    let taken = counts.withLock { counts in
      defer { counts = Counts() }
      return counts
    }
    let (requests, durations, bytes) = (
      registry.family(Families.tidemarkHTTPRequestsTotal), registry.family(Families.tidemarkHTTPRequestDurationSeconds),
      registry.family(Families.tidemarkHTTPResponseBytesTotal)
    )
    for (key, count) in taken.answered {
      update.add(update.series(requests, [key.route, String(key.status)], created: now), Double(count))
    }
    for (key, count) in taken.durations {
      update.observe(update.series(durations, [key.route], created: now), key.seconds, count: count)
    }
    for (route, count) in taken.bytes { update.add(update.series(bytes, [route], created: now), Double(count)) }
  }
}
