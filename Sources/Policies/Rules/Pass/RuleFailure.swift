import PromQLEngine
import SeriesModel

/// Why a rule yields nothing in a pass. The texts are the reference's where it has one.
package enum RuleFailure: Error, Hashable, Sendable {
  case query(QueryError)
  case notAVector
  case equalAlerts
  case equalSeries
  case tooManyAlerts(limit: Int, count: Int)
  case tooManySeries(limit: Int, count: Int)
  /// The expression or a template could not be prepared when the rules were loaded.
  case broken(String)
  case unreadable(SourceError)
  /// The result was not stored.
  case notStored(String)

  package var message: String {
    switch self {
    case .query(let error): error.message
    case .notAVector: "rule result is not a vector or scalar"
    case .equalAlerts: "vector contains metrics with the same labelset after applying alert labels"
    case .equalSeries: "vector contains metrics with the same labelset after applying rule labels"
    case .tooManyAlerts(let limit, let count): "exceeded limit of \(limit) with \(count) alerts"
    case .tooManySeries(let limit, let count): "exceeded limit of \(limit) with \(count) series"
    case .broken(let reason), .notStored(let reason): reason
    case .unreadable(.tooManySeries(let limit)): "the series written before are more than \(limit)"
    case .unreadable(.unreadable(let reason, _)): reason
    }
  }
}

extension SampleRefusal {
  /// In the reference's words.
  var reason: String {
    switch self {
    case .outOfOrder: "out of order sample"
    case .duplicate: "duplicate sample for timestamp"
    case .tooOld: "too old sample"
    case .tooFarInFuture: "sample is too far in the future"
    case .unknownSeries: "the series was removed meanwhile"
    }
  }
}

extension SinkError {
  var reason: String {
    switch self {
    case .full(let text), .invalidLabels(let text), .notDurable(let text): text
    }
  }
}
