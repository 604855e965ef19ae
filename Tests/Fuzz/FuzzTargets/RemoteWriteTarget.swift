import SeriesModel
import Storage
import WireCoding

/// The remote-write decoder: an input is a body, and what it would be when unpacked.
enum RemoteWriteTarget: FuzzTarget {
  static let name = "remote-write"
  private static let limit = 1 << 20

  static var seeds: [[UInt8]] {
    var request = RemoteWriteRequest()
    request.append(["__name__": "up", "job": "a", "zone": "é"], [Sample(Timestamp(milliseconds: 1_700_000_000_000), 1)])
    request.append(
      ["__name__": "x", "long": String(repeating: "v", count: 300)], [Sample(Timestamp(milliseconds: -5), Staleness.marker)])
    request.append(["a": "b"], [Sample(Timestamp(milliseconds: 0), -.infinity), Sample(Timestamp(milliseconds: 1), 2)])
    request.families = [.init(name: "up", metadata: MetricMetadata(type: .gauge, help: "Whether.", unit: "seconds"))]
    return [request.protobuf, request.snappy, RemoteWriteRequest().snappy]
  }

  static func run(_ bytes: [UInt8]) {
    if let request = try? RemoteWriteRequest(snappy: bytes.span, limit: limit) { check(request) }
    if let request = try? RemoteWriteRequest(protobuf: bytes) { check(request) }
  }

  private static func check(_ request: RemoteWriteRequest) {
    law(request.timestamps.count == request.values.count, "\(request.timestamps.count) times, \(request.values.count) values")
    var next = 0
    for series in request.series {
      law(
        series.samples.lowerBound == next && series.samples.upperBound <= request.values.count,
        "samples \(series.samples) after \(next)")
      next = series.samples.upperBound
      law(!series.labels.isEmpty && LabelSet(series.labels.labels) == series.labels, "\(series.labels) is no label set")
    }
    law(next == request.values.count, "\(request.values.count - next) samples of no series")
    checkCoding(request)
    store(request)
  }

  private static func checkCoding(_ request: RemoteWriteRequest) {
    guard let back = try? RemoteWriteRequest(snappy: request.snappy.span, limit: 8 * limit) else {
      fatalError("what is encoded is refused")
    }
    law(
      back.series == request.series && back.timestamps == request.timestamps && back.families == request.families
        && back.refused.isEmpty
        && back.values.map(\.bitPattern) == request.values.map(\.bitPattern), "what is encoded is decoded as another request")
  }

  /// A store takes it, and gives back what it took.
  private static func store(_ request: RemoteWriteRequest) {
    let head = Head(options: HeadOptions(history: nil, seriesLimit: 1000, outOfOrderWindow: nil))
    for series in request.series {
      guard let ref = try? head.reference(for: series.labels) else { continue }
      var batch = SampleBatch()
      for i in series.samples { batch.append(ref, request.timestamps[i], request.values[i]) }
      guard let report = try? head.append(batch) else { continue }
      law(report.appended + report.refused.count == batch.count, "\(report) of \(batch.count) samples")
      var columns = SampleColumns()
      let all = TimeSpan(from: Timestamp(milliseconds: .min), through: Timestamp(milliseconds: .max))
      guard (try? head.view().read([ref].span, in: all, into: &columns)) != nil else { fatalError("the head cannot be read") }
      law(zip(columns.timestamps, columns.timestamps.dropFirst()).allSatisfy { $0 < $1 }, "times that do not rise")
    }
  }
}
