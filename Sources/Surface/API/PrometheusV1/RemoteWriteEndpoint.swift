import HTTPServer
import SeriesModel
import WireCoding

/// `POST /api/v1/write`: remote write 1.0 into a sink.
///
/// The good part of a request is stored. 204 when that is all of it; 400 with what was wrong by series otherwise, which tells the sender not to repeat it;
/// 413 and 415 for a request of another kind; 503 when there is no room or the samples cannot be made durable, which it should repeat.
public struct RemoteWriteEndpoint: Sendable {
  /// Bytes of a request, compressed and after that.
  public struct Limits: Hashable, Sendable {
    public var compressedBytes = 32 << 20
    public var bytes = 128 << 20
    /// Refusals that an answer spells out.
    public var reasons = 5
    public init() {}
  }

  private let sink: any SampleSink
  private let limits: Limits
  private let takeMetadata: @Sendable (_ family: String, _ metadata: MetricMetadata) -> Void

  public init(
    sink: any SampleSink, limits: Limits = Limits(), metadata: @escaping @Sendable (String, MetricMetadata) -> Void = { _, _ in }
  ) {
    self.sink = sink
    self.limits = limits
    takeMetadata = metadata
  }

  public func mount(on router: inout Router) {
    router.on(.POST, "/api/v1/write", place: .pool, bodyLimit: limits.compressedBytes, lane: "write") { request, _ in
      respond(to: request)
    }
  }

  func respond(to request: Request) -> Response {
    if let problem = Self.complaint(about: request.headers) { return .text(problem + "\n", status: 415) }
    let decoded: RemoteWriteRequest
    do throws(WireError) {
      decoded = try RemoteWriteRequest(snappy: request.body.span, limit: limits.bytes)
    } catch {
      if case .tooLarge = error { return .text("\(error)\n", status: 413) }
      return .text("\(error)\n", status: 400)
    }
    do throws(SinkError) {
      let problems = try store(decoded)
      return problems.isEmpty ? Response(status: 204) : .text(Self.summary(problems, listing: limits.reasons), status: 400)
    } catch {
      return .text("\(error)\n", status: 503).with("Retry-After", "5")
    }
  }

  /// What is wrong with the kind of request; nothing when it says that it is what it should be, or nothing at all.
  private static func complaint(about headers: HTTPFields) -> String? {
    if let coding = headers["Content-Encoding"], coding != "snappy" { return "Content-Encoding is \(coding), expected snappy" }
    guard let type = headers["Content-Type"] else { return nil }
    let parts = type.split(separator: ";").map { $0.drop { $0 == " " } }
    guard parts.first == "application/x-protobuf" else { return "Content-Type is \(type), expected application/x-protobuf" }
    if let message = parts.first(where: { $0.hasPrefix("proto=") }), message != "proto=prometheus.WriteRequest" {
      return "Content-Type is \(type), expected remote write 1.0 (proto=prometheus.WriteRequest)"
    }
    return nil
  }

  /// Stores what is good; the rest comes back as texts.
  private func store(_ request: RemoteWriteRequest) throws(SinkError) -> [String] {
    var problems = request.refused.map { "series \($0.index): \($0.reason)" }
    if let unsupported = request.unsupported { problems.append(unsupported) }
    for family in request.families { takeMetadata(family.name, family.metadata) }
    var batch = SampleBatch()
    var owners: [Int] = []
    for (index, series) in request.series.enumerated() {
      let ref: SeriesRef
      do throws(SinkError) {
        ref = try sink.reference(for: series.labels)
      } catch {
        guard case .invalidLabels(let reason) = error else { throw error }
        problems.append("\(series.labels): \(reason)")
        continue
      }
      for i in series.samples {
        batch.append(ref, request.timestamps[i], request.values[i])
        owners.append(index)
      }
    }
    let report = try sink.append(batch)
    for (index, why) in report.refused {
      problems.append(
        "\(Self.text(of: why)) at \(Timestamp(milliseconds: batch.timestamps[index]).rfc3339) of \(request.series[owners[index]].labels)"
      )
    }
    return problems
  }

  private static func text(of refusal: SampleRefusal) -> String {
    switch refusal {
    case .outOfOrder: "out of order sample"
    case .duplicate: "duplicate sample for timestamp"
    case .tooOld: "too old sample"
    case .tooFarInFuture: "sample too far in the future"
    case .unknownSeries: "sample of a series that was just removed"
    }
  }

  private static func summary(_ problems: [String], listing limit: Int) -> String {
    let rest = problems.count - limit
    return problems.prefix(limit).joined(separator: "\n") + (rest > 0 ? "\nand \(rest) more" : "") + "\n"
  }
}
