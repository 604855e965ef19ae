import AlertModel
import SeriesModel
import Testing

@testable import Notify

@Suite struct StageTests {
  static let now = Timestamp(rfc3339: "2026-01-02T03:00:00Z")!

  static func told(_ firing: String, _ resolved: String) -> ToldAlerts {
    func set(_ names: String) -> Set<Fingerprint> { Set(names.unicodeScalars.map { Fingerprint(bits: UInt64($0.value)) }) }
    return ToldAlerts(firing: set(firing), resolved: set(resolved))
  }

  struct Case: Sendable, CustomTestStringConvertible {
    /// Firing and resolved, a letter an alert.
    var now: (String, String)
    var last: (String, String)?
    /// Since the last one.
    var minutes: Int64 = 1
    var sendsResolved = true
    var reason: NotifyReason?
    var testDescription: String {
      "\(now) after \(last.map { "\($0)" } ?? "nothing"), \(minutes)m, send_resolved \(sendsResolved): \(reason.map(\.rawValue) ?? "-")"
    }
  }

  static let cases = [
    Case(now: ("a", ""), last: nil, reason: .firstNotification),
    Case(now: ("a", "b"), last: nil, reason: .firstNotification),
    Case(now: ("", "a"), last: nil, reason: nil),
    Case(now: ("ab", ""), last: ("a", ""), reason: .newAlertsAdded),
    Case(now: ("b", "a"), last: ("a", ""), reason: .newAlertsAdded),
    Case(now: ("a", ""), last: ("", "a"), reason: .firstNotification),
    Case(now: ("", "a"), last: ("a", ""), reason: .allAlertsResolved),
    Case(now: ("", "a"), last: ("a", ""), sendsResolved: false, reason: .allAlertsResolved),
    Case(now: ("", "a"), last: ("", "a"), minutes: 600, reason: nil),
    Case(now: ("a", "b"), last: ("ab", ""), reason: .someAlertsResolved),
    Case(now: ("a", "b"), last: ("ab", ""), sendsResolved: false, reason: nil),
    Case(now: ("a", "b"), last: ("a", "b"), reason: nil),
    Case(now: ("a", ""), last: ("ab", ""), reason: nil),
    Case(now: ("a", ""), last: ("a", ""), minutes: 60, reason: nil),
    Case(now: ("a", ""), last: ("a", ""), minutes: 61, reason: .repeatIntervalElapsed),
  ]

  @Test(arguments: cases) func `a notification is due when the other side knows less`(_ c: Case) {
    let last = c.last.map {
      NotificationLog.Entry(told: Self.told($0.0, $0.1), at: Self.now - .minutes(c.minutes), expiresAt: Self.now + .hours(1))
    }
    #expect(
      Dedup.reason(
        telling: Self.told(c.now.0, c.now.1), after: last, sendsResolved: c.sendsResolved, repeatInterval: .hours(1), at: Self.now)
        == c.reason)
  }

  @Test func `an entry of the log expires after two repeat intervals, or by retention`() {
    var log = NotificationLog()
    let keys = (0..<2).map { NotificationLog.Key(groupKey: "g", receiver: "r", integration: $0) }
    log.record(Self.told("a", ""), for: keys[0], repeatInterval: .hours(1), at: Self.now)
    log.record(Self.told("a", ""), for: keys[1], repeatInterval: .hours(100), at: Self.now)
    #expect(log.entry(for: keys[0], at: Self.now + .minutes(119)) != nil)
    #expect(log.entry(for: keys[0], at: Self.now + .minutes(120)) == nil)
    #expect(log.entry(for: keys[1], at: Self.now + .hours(119)) != nil)
    #expect(log.entry(for: keys[1], at: Self.now + .hours(120)) == nil)
    log.record(Self.told("b", ""), for: keys[0], repeatInterval: .hours(1), at: Self.now + .hours(200))
    #expect(Array(log.entries.keys) == [keys[0]], "the other one was swept")
  }

  // MARK: Deliveries

  static let fault = DeliveryFault(.serverError, status: 500, "500")
  static let start = Instant(nanoseconds: 0)

  @Test func `a delivery waits between attempts, longer each time, and gives up at the limit`() {
    var policy = RetryPolicy()
    policy.spreadRatio = 0
    var state = DeliveryState.sending(attempt: 1)
    var now = Self.start
    var waits: [Double] = []
    while case .sending = state {
      state = state.step(
        outcome: .retry(after: nil, Self.fault), now: now, limit: Self.start + .minutes(10), policy: policy, luck: 0.5)
      guard case .waiting(_, let until, _) = state else { break }
      waits.append(until - now)
      now = until
      state = state.retried()
    }
    #expect(waits.prefix(4).map { ($0 * 1000).rounded() } == [500, 750, 1125, 1688])
    #expect(waits.max() == 60, "the cap")
    #expect(state == .failed(attempts: waits.count + 1, Self.fault))
  }

  @Test(arguments: [0, 0.25, 0.5, 0.999]) func `waits are spread to both sides`(_ luck: Double) {
    let wait = RetryPolicy().wait(afterAttempt: 1, luck: luck).milliseconds
    #expect(abs(Double(wait) - 500 * (0.5 + luck)) <= 1)
  }

  @Test(
    arguments: [
      (.delivered(status: 200), .delivered(attempts: 2, status: 200)), (.refused(fault), .failed(attempts: 2, fault)),
      (.retry(after: .seconds(3), fault), .waiting(attempts: 2, until: start + .seconds(3), fault)),
      (.retry(after: .milliseconds(1), fault), .waiting(attempts: 2, until: start + .milliseconds(750), fault)),
      (.retry(after: .seconds(10), fault), .failed(attempts: 2, fault)),
    ] as [(DeliveryOutcome, DeliveryState)])
  func `an attempt's outcome is the delivery's next state`(_ outcome: DeliveryOutcome, _ next: DeliveryState) {
    let sending = DeliveryState.sending(attempt: 2)
    #expect(
      sending.step(outcome: outcome, now: Self.start, limit: Self.start + .seconds(10), policy: RetryPolicy(), luck: 0.5) == next)
    for settled in [next, next.cut()] {
      guard settled != sending else { continue }
      #expect(
        settled.step(outcome: .delivered(status: 1), now: Self.start, limit: Self.start, policy: RetryPolicy(), luck: 0) == settled,
        "what comes late changes nothing")
    }
  }

  @Test(
    arguments: [
      (.sending(attempt: 3), .failed(attempts: 3, DeliveryFault(.timeout, "no answer until the group's next flush"))),
      (.waiting(attempts: 3, until: start, fault), .failed(attempts: 3, fault)),
      (.delivered(attempts: 1, status: 204), .delivered(attempts: 1, status: 204)),
    ] as [(DeliveryState, DeliveryState)])
  func `the end of the flush ends a delivery`(_ state: DeliveryState, _ end: DeliveryState) {
    #expect(state.cut() == end)
  }

  // MARK: Senders' parts

  @Test(
    arguments: [
      ("0", .zero), ("7", .seconds(7)), ("120", .minutes(2)), ("99999999", .hours(24)), ("99999999999999999999", .hours(24)),
      ("", nil),
      ("-1", nil), ("1.5", nil), ("soon", nil), ("Fri, 02 Jan 2026 03:00:30 GMT", .seconds(30)),
      ("Fri, 02 Jan 2026 02:59:00 GMT", .zero), ("Fri, 02 Jan 2036 03:00:00 GMT", .hours(24)),
      ("Fri, 02 Foo 2026 03:00:30 GMT", nil),
      ("Fri, 32 Jan 2026 03:00:30 GMT", nil), ("Friday, 02-Jan-26 03:00:30 GMT", nil),
    ] as [(String, PromDuration?)])
  func `Retry-After is seconds or a date`(_ text: String, _ pause: PromDuration?) {
    #expect(RetryAfter.pause(text, at: Self.now) == pause)
  }

  @Test(
    arguments: [
      ("/x", "http://h:1/a?b", "http://h:1/x"), ("//other/x", "https://h/a", "https://other/x"),
      ("https://o/x", "http://h/a", "https://o/x"), ("x", "http://h/a", nil), ("ftp://o/x", "http://h/a", nil),
      ("/x", "http://u:p@h/a#f", "http://u:p@h/x"),
    ] as [(String, String, String?)])
  func `a redirect leads to a URL`(_ place: String, _ from: String, _ to: String?) {
    #expect(WebhookSender.resolve(place, from: from) == to)
  }
}
