import HTTPClient
import SeriesModel

/// What became of a request.
enum Delivery: Equatable, Sendable {
  /// The daemon is done with it; what it refuses it will always refuse.
  case taken(accepted: Int, duplicates: Int, refused: Int, problem: String?)
  /// The same bytes have to be sent again; `after` is what the daemon asked for.
  case again(after: PromDuration?, problem: String)
}

/// Carries an orchestra's events to a daemon, batch by batch, none lost and none out of turn.
struct Courier: Sendable {
  private struct Batch: Sendable {
    var bytes: [UInt8]
    var events: Int
  }

  private let url: String
  private let options: SimulationDriver.Options
  private let send: SimulationDriver.Send
  private var orchestra: Orchestra
  /// Oldest first.
  private var batches: [Batch] = []
  private var retryAt: Instant?
  private var failures: Int64 = 0
  private var dueAt: Instant?
  private var isResting = false

  /// It lives on by so many bytes of events at most before it tells of them.
  static let load = 4 << 20
  static let shortestPause = PromDuration.milliseconds(100)

  init(url: String, orchestra: Orchestra, options: SimulationDriver.Options, send: @escaping SimulationDriver.Send) {
    self.url = url
    self.orchestra = orchestra
    self.options = options
    self.send = send
  }

  mutating func change(to scenario: Scenario) { orchestra.change(to: scenario) }

  /// Posts what waits, or what happened since the last time.
  ///
  /// - Returns: when there is something to do again.
  mutating func work(at wall: Timestamp, _ now: Instant, _ report: (Delivery) -> Void) -> Instant {
    if batches.isEmpty { live(to: wall) }
    if let retry = post(now, report) { return retry }
    if wall - orchestra.now >= options.interval { return now }
    // From when it was due, not from when it came: what comes late does not make the next late.
    let next = dueAt.map { max($0 + options.interval, now) } ?? now + options.interval
    dueAt = next
    return next
  }

  /// Posts what is still to be told before the orchestra stands still.
  ///
  /// - Returns: when there is something to do again; `nil`: it is at rest.
  mutating func rest(at wall: Timestamp, _ now: Instant, _ report: (Delivery) -> Void) -> Instant? {
    if batches.isEmpty, !isResting {
      live(to: wall, settling: true)
      isResting = true
    }
    if let retry = post(now, report) { return retry }
    // What had waited may have been from before it came to rest.
    return isResting ? nil : now
  }

  /// - Returns: when to try again; `nil`: everything was taken.
  private mutating func post(_ now: Instant, _ report: (Delivery) -> Void) -> Instant? {
    if let retryAt, now < retryAt { return retryAt }
    while let batch = batches.first {
      let delivery = deliver(batch)
      report(delivery)
      switch delivery {
      case .taken:
        batches.removeFirst()
        (retryAt, failures) = (nil, 0)
      case .again(let after, _):
        let at = now + pause(after)
        (retryAt, failures) = (at, failures + 1)
        return at
      }
    }
    return nil
  }

  /// A second, then twice as long each time, unless the daemon asked for something.
  private func pause(_ asked: PromDuration?) -> PromDuration {
    max(Self.shortestPause, min(options.longestPause, asked ?? .seconds(1 << min(failures, 10))))
  }

  private mutating func live(to wall: Timestamp, settling: Bool = false) {
    let behind = wall - orchestra.now
    if isResting || behind > options.patience { orchestra.skip(max(.zero, behind)) }
    isResting = false
    var (bytes, events) = ([UInt8](), 0)
    while orchestra.now < wall, bytes.count < Self.load {
      events += orchestra.step(to: min(wall, orchestra.now + .seconds(1)), into: &bytes)
    }
    if settling {
      orchestra.settle()
      events += orchestra.step(to: orchestra.now + Orchestra.settling, into: &bytes)
    }
    batches = Self.divide(bytes, events: events, limit: options.batchEvents)
  }

  private static func divide(_ bytes: [UInt8], events: Int, limit: Int) -> [Batch] {
    if events == 0 { return [] }
    if events <= limit { return [Batch(bytes: bytes, events: events)] }
    var batches: [Batch] = []
    var (start, count) = (0, 0)
    for i in bytes.indices where bytes[i] == UInt8(ascii: "\n") {
      count += 1
      guard count == limit || i == bytes.count - 1 else { continue }
      batches.append(Batch(bytes: Array(bytes[start...i]), events: count))
      (start, count) = (i + 1, 0)
    }
    return batches
  }

  private func deliver(_ batch: Batch) -> Delivery {
    let request = ClientRequest("POST", url, headers: [("Content-Type", FastForward.contentType)], body: batch.bytes)
    do throws(HTTPClientError) {
      return Self.delivery(of: try send(request, options.requestTime), events: batch.events)
    } catch {
      // Whether it was taken is not known: if so, its events are duplicates the next time.
      return .again(after: nil, problem: error.description)
    }
  }

  static func delivery(of response: ClientResponse, events: Int) -> Delivery {
    let text = "the daemon answered \(response.status): " + String(decoding: response.body.prefix(300), as: UTF8.self)
    switch response.status {
    case 200, 400:
      guard let accepted = number("accepted", in: response.body), let duplicates = number("duplicates", in: response.body) else {
        // Another server says 200, too; a daemon that cannot read a body will never read it.
        return response.status == 200
          ? .again(after: nil, problem: text) : .taken(accepted: 0, duplicates: 0, refused: events, problem: text)
      }
      let refused = max(0, events - accepted - duplicates)
      return .taken(accepted: accepted, duplicates: duplicates, refused: refused, problem: refused > 0 ? text : nil)
    case 413, 415: return .taken(accepted: 0, duplicates: 0, refused: events, problem: text)
    default:
      let seconds = response.header("Retry-After").flatMap { Int64($0) }
      return .again(after: seconds.map { .seconds(min(max($0, 0), 3_600)) }, problem: text)
    }
  }

  /// A whole number that stands behind a key of the answer's first level, where keys come before any text of others.
  private static func number(_ key: String, in json: [UInt8]) -> Int? {
    let wanted = Array("\"\(key)\":".utf8)
    guard let found = json.firstRange(of: wanted) else { return nil }
    let digits = json[found.upperBound...].drop { $0 == UInt8(ascii: " ") }.prefix { (0x30...0x39).contains($0) }
    return Int(String(decoding: digits, as: UTF8.self))
  }
}
