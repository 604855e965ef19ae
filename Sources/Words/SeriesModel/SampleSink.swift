/// Samples to be appended together. The three arrays have the same length.
public struct SampleBatch: Sendable {
  public var refs: [SeriesRef] = []
  public var timestamps: [Int64] = []
  public var values: [Double] = []

  public init() {}

  public var count: Int { refs.count }

  @inlinable public mutating func append(_ ref: SeriesRef, _ timestamp: Int64, _ value: Double) {
    refs.append(ref)
    timestamps.append(timestamp)
    values.append(value)
  }

  public mutating func removeAll() {
    refs.removeAll(keepingCapacity: true)
    timestamps.removeAll(keepingCapacity: true)
    values.removeAll(keepingCapacity: true)
  }
}

public enum SampleRefusal: Hashable, Sendable {
  /// Older than the newest sample of the series, and beyond the out-of-order window.
  case outOfOrder
  /// The same timestamp with another value.
  case duplicate
  case tooOld
  case tooFarInFuture
  case unknownSeries
}

public struct AppendReport: Hashable, Sendable {
  public var appended: Int
  /// By index into the batch.
  public var refused: [(index: Int, why: SampleRefusal)]

  public init(appended: Int, refused: [(index: Int, why: SampleRefusal)] = []) {
    self.appended = appended
    self.refused = refused
  }

  public static func == (a: AppendReport, b: AppendReport) -> Bool {
    a.appended == b.appended && a.refused.elementsEqual(b.refused) { $0.index == $1.index && $0.why == $1.why }
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(appended)
    for (index, why) in refused {
      hasher.combine(index)
      hasher.combine(why)
    }
  }
}

public enum SinkError: Error, Hashable, Sendable {
  /// Series or bytes beyond a limit; the text names the limit.
  case full(String)
  case invalidLabels(String)
  /// The log could not be written; nothing of the batch was appended.
  case notDurable(String)
}

/// Something that takes samples.
public protocol SampleSink: Sendable {
  /// Resolve once, keep.
  func reference(for labels: LabelSet) throws(SinkError) -> SeriesRef

  /// Atomic: a reader sees all of the batch or nothing; durable on return. Refusals are told by index, the rest is appended.
  func append(_ batch: borrowing SampleBatch) throws(SinkError) -> AppendReport

  /// The same; `publish` runs in the instant from which readers see the batch, so that what it publishes and the samples are seen together. It must be
  /// short. It does not run when the batch is not appended.
  func append(_ batch: borrowing SampleBatch, whenVisible publish: () -> Void) throws(SinkError) -> AppendReport
}

extension SampleSink {
  /// For a sink whose readers take no consistent views: publishes right after the append.
  public func append(_ batch: borrowing SampleBatch, whenVisible publish: () -> Void) throws(SinkError) -> AppendReport {
    let report = try append(batch)
    publish()
    return report
  }
}
