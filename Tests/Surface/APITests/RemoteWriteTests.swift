import HTTPServer
import SeriesModel
import Synchronization
import Testing
import WireCoding

@testable import API

/// Keeps what it is given; refuses what is not newer than the series' last sample, and series beyond `room`.
private final class ListedSamples: SampleSink {
  struct State {
    var series: [LabelSet] = []
    var samples: [UInt64: [Sample]] = [:]
  }

  let room: Int
  let state = Mutex(State())

  init(room: Int = 100) { self.room = room }

  func reference(for labels: LabelSet) throws(SinkError) -> SeriesRef {
    let place: Int? = state.withLock { state in
      if let known = state.series.firstIndex(of: labels) { return known }
      guard state.series.count < room else { return nil }
      state.series.append(labels)
      return state.series.count - 1
    }
    guard let place else { throw .full("room for \(room) series") }
    return SeriesRef(UInt64(place))
  }

  func append(_ batch: borrowing SampleBatch) throws(SinkError) -> AppendReport {
    let copy = copy batch
    return state.withLock { state in
      var report = AppendReport(appended: 0)
      for i in 0..<copy.count {
        let known = state.samples[copy.refs[i].raw, default: []]
        if let last = known.last, last.timestamp.milliseconds > copy.timestamps[i] {
          report.refused.append((i, .outOfOrder))
        } else {
          state.samples[copy.refs[i].raw] = known + [Sample(Timestamp(milliseconds: copy.timestamps[i]), copy.values[i])]
          report.appended += 1
        }
      }
      return report
    }
  }
}

@Suite struct RemoteWriteTests {
  private func write(_ body: [UInt8], to sink: ListedSamples, headers: HTTPFields = HTTPFields(), limit: Int = 1 << 20) -> Response
  {
    var limits = RemoteWriteEndpoint.Limits()
    limits.bytes = limit
    return RemoteWriteEndpoint(sink: sink, limits: limits).respond(
      to: Request(method: .POST, path: "/api/v1/write", headers: headers, body: body))
  }

  private func text(_ response: Response) -> String {
    guard case .bytes(let bytes) = response.body else { return "" }
    return String(decoding: bytes, as: UTF8.self)
  }

  private func sample(_ t: Int64, _ v: Double) -> Sample { Sample(Timestamp(milliseconds: t), v) }

  @Test func `samples are stored and the answer is empty`() {
    let sink = ListedSamples()
    var request = RemoteWriteRequest()
    request.append(["__name__": "up", "job": "a"], [sample(1000, 1), sample(2000, 0)])
    request.append(["__name__": "up", "job": "b"], [sample(1000, 7)])
    let answer = write(request.snappy, to: sink, headers: ["Content-Type": "application/x-protobuf", "Content-Encoding": "snappy"])
    #expect(answer.status == 204)
    #expect(sink.state.withLock { $0.samples } == [0: [sample(1000, 1), sample(2000, 0)], 1: [sample(1000, 7)]])
  }

  @Test func `the good part is stored and the rest is named`() {
    let sink = ListedSamples()
    var request = RemoteWriteRequest()
    request.append(["__name__": "up"], [sample(2000, 1), sample(1000, 2), sample(3000, 3)])
    let answer = write(request.snappy, to: sink)
    #expect(answer.status == 400)
    #expect(text(answer) == "out of order sample at 1970-01-01T00:00:01Z of up\n")
    #expect(sink.state.withLock { $0.samples } == [0: [sample(2000, 1), sample(3000, 3)]])
  }

  @Test func `a full store asks the sender to come again`() {
    var request = RemoteWriteRequest()
    request.append(["__name__": "up"], [sample(1000, 1)])
    let answer = write(request.snappy, to: ListedSamples(room: 0))
    #expect(answer.status == 503)
    #expect(answer.headers["Retry-After"] == "5")
  }

  @Test(
    arguments: [
      (["Content-Encoding": "gzip"], "Content-Encoding is gzip, expected snappy\n"),
      (["Content-Type": "application/json"], "Content-Type is application/json, expected application/x-protobuf\n"),
      (
        ["Content-Type": "application/x-protobuf;proto=io.prometheus.write.v2.Request"],
        "Content-Type is application/x-protobuf;proto=io.prometheus.write.v2.Request, expected remote write 1.0 (proto=prometheus.WriteRequest)\n"
      ),
    ] as [(HTTPFields, String)]) func `another kind of body is refused by name`(headers: HTTPFields, message: String)
  {
    let answer = write(RemoteWriteRequest().snappy, to: ListedSamples(), headers: headers)
    #expect(answer.status == 415)
    #expect(text(answer) == message)
  }

  @Test func `what is not snappy or too large is refused`() {
    #expect(write([1, 2, 3], to: ListedSamples()).status == 400)
    var request = RemoteWriteRequest()
    request.append(["__name__": "up"], (0..<1000).map { sample(Int64($0), 1) })
    #expect(write(request.snappy, to: ListedSamples(), limit: 100).status == 413)
  }
}
