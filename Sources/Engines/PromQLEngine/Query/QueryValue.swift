import SeriesModel
import Threading

/// What a query yields.
public enum QueryValue: Sendable {
  case scalar(Sample)
  case string(String, Timestamp)
  case vector([VectorElement])
  case matrix([SeriesPoints])
}

/// One series of an instant vector. The time is the evaluation's.
public struct VectorElement: Hashable, Sendable {
  public var labels: LabelSet
  public var timestamp: Timestamp
  public var value: Double
  public init(labels: LabelSet, timestamp: Timestamp, value: Double) {
    self.labels = labels
    self.timestamp = timestamp
    self.value = value
  }
}

/// One series of a matrix: equal counts of times and values, oldest first, without gaps' places.
public struct SeriesPoints: Hashable, Sendable {
  public var labels: LabelSet
  public var timestamps: [Int64]
  public var values: [Double]
  public init(labels: LabelSet, timestamps: [Int64], values: [Double]) {
    self.labels = labels
    self.timestamps = timestamps
    self.values = values
  }
}

/// A remark about a query that succeeded.
public struct Annotation: Hashable, Sendable {
  public enum Kind: Hashable, Sendable { case warning, info }
  public var kind: Kind
  /// The reference's text with its position: `PromQL warning: … (1:5)`.
  public var text: String
  public init(_ kind: Kind, _ text: String) {
    self.kind = kind
    self.text = text
  }
}

public struct QueryStatistics: Hashable, Sendable {
  public var totalSamples = 0
  public var peakSamples = 0
  public var seriesSelected = 0
  public var preparationSeconds = 0.0
  public var evaluationSeconds = 0.0
  public init() {}
}

public struct QueryResult: Sendable {
  public var value: QueryValue
  public var annotations: [Annotation]
  public var statistics: QueryStatistics
  /// What the query holds of the memory that all share, as long as somebody has its result.
  public var memory: ByteClaim?
  public init(
    value: QueryValue, annotations: [Annotation] = [], statistics: QueryStatistics = QueryStatistics(), memory: ByteClaim? = nil
  ) {
    self.value = value
    self.annotations = annotations
    self.statistics = statistics
    self.memory = memory
  }
}

/// What a query may take, by the names under which refusals are counted.
public enum QueryLimit: String, Hashable, Sendable, CaseIterable {
  /// Nesting and length of the expression.
  case syntax
  /// Samples in memory.
  case samples
  /// Series that a selector selects.
  case series
  /// Memory of one query, and of all together.
  case memory, sharedMemory = "shared_memory"
  /// Bytes of answers on their way.
  case answers
  /// Time, waiting for a turn included.
  case time
  /// Queries that wait.
  case waiting
}

/// Why a query did not succeed; the cases are the API's error types.
public enum QueryError: Error, Hashable, Sendable {
  /// `bad_data`: the expression or a parameter is wrong.
  case badData(String)
  /// `execution`: many-to-many matching, duplicate label sets …
  case execution(String)
  /// `execution` as well: it would need more than it may have.
  case limit(QueryLimit, String)
  case timeout(String)
  case canceled(String)
  case `internal`(String)

  public var message: String {
    switch self {
    case .badData(let text), .execution(let text), .limit(_, let text), .timeout(let text), .canceled(let text),
      .internal(let text):
      text
    }
  }
}
