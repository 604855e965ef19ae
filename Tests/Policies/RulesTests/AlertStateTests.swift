import SeriesModel
import Testing

@testable import Rules

/// The step from state to state, by itself.
struct AlertStateTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var state: AlertState
    var seen: Bool
    var expected: AlertState?
    var testDescription: String { name }
  }

  static let policy = AlertPolicy(holdFor: .seconds(60), keepFiringFor: .seconds(30))

  /// At second 100.
  static let cases = [
    Case(name: "pending goes on", state: .pending(at(41)), seen: true, expected: .pending(at(41))),
    Case(name: "pending for just long enough fires", state: .pending(at(40)), seen: true, expected: .firing(at(40), at(100))),
    Case(name: "pending and missed is forgotten", state: .pending(at(0)), seen: false, expected: nil),
    Case(name: "firing goes on", state: .firing(at(0), at(60)), seen: true, expected: .firing(at(0), at(60))),
    Case(name: "a first miss is kept", state: .firing(at(0), at(60)), seen: false, expected: .firing(at(0), at(60), at(100))),
    Case(name: "kept until", state: .firing(at(0), at(60), at(71)), seen: false, expected: .firing(at(0), at(60), at(71))),
    Case(name: "kept long enough", state: .firing(at(0), at(60), at(70)), seen: false, expected: .resolved(at(0), at(60), at(100))),
    Case(name: "kept and seen again", state: .firing(at(0), at(60), at(70)), seen: true, expected: .firing(at(0), at(60))),
    Case(
      name: "resolved stays", state: .resolved(at(0), at(60), at(-800)), seen: false, expected: .resolved(at(0), at(60), at(-800))),
    Case(name: "resolved is forgotten", state: .resolved(at(0), at(60), at(-801)), seen: false, expected: nil),
    Case(name: "resolved and seen is new", state: .resolved(at(0), at(60), at(99)), seen: true, expected: .pending(at(100))),
  ]

  @Test(arguments: cases)
  func `a step`(_ one: Case) {
    #expect(one.state.step(seen: one.seen, at: at(100), under: Self.policy) == one.expected)
  }

  @Test func `without for an alert begins as firing`() {
    #expect(AlertState.appearing(at: at(5), under: AlertPolicy()) == .firing(at(5), at(5)))
    #expect(AlertState.appearing(at: at(5), under: Self.policy) == .pending(at(5)))
  }

  /// Random policies and walks: what a life may look like, whatever happens.
  @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64])
  func `a life has its order`(seed: UInt64) {
    var random = SeededRandom(seed)
    for _ in 0..<200 {
      let policy = AlertPolicy(
        holdFor: .seconds(Int64.random(in: 0...5, using: &random)), keepFiringFor: .seconds(Int64.random(in: 0...5, using: &random))
      )
      var state: AlertState?
      var now = at(0)
      // How long it was seen, and missed, without a break.
      var (seenSince, missedSince): (Timestamp?, Timestamp?) = (nil, nil)
      for _ in 0..<60 {
        now = now + .seconds(Int64.random(in: 1...3, using: &random))
        let seen = Double.random(in: 0..<1, using: &random) < 0.7
        if seen { (seenSince, missedSince) = (seenSince ?? now, nil) } else { (seenSince, missedSince) = (nil, missedSince ?? now) }
        let before = state
        state = state?.step(seen: seen, at: now, under: policy) ?? (state == nil && seen ? .appearing(at: now, under: policy) : nil)

        switch state {
        case .pending(let activeAt):
          #expect(seen && activeAt == seenSince && now - activeAt < policy.holdFor, "seed \(seed)")
        case .firing(let activeAt, let firedAt, let missing):
          #expect(activeAt <= firedAt && firedAt - activeAt >= policy.holdFor && missing == missedSince, "seed \(seed)")
          if let missing { #expect(now - missing < policy.keepFiringFor, "seed \(seed)") }
          if let was = before?.firedAt, before?.isActive == true { #expect(was == firedAt, "seed \(seed)") }
        case .resolved(_, let firedAt, let resolvedAt):
          #expect(!seen && firedAt < resolvedAt && resolvedAt <= now, "seed \(seed)")
        case nil: #expect(!seen, "seed \(seed)")
        }
      }
    }
  }
}

private func at(_ seconds: Int64) -> Timestamp { Timestamp(milliseconds: seconds * 1000) }

extension AlertState {
  fileprivate static func pending(_ activeAt: Timestamp) -> AlertState { .pending(activeAt: activeAt) }
  fileprivate static func firing(_ activeAt: Timestamp, _ firedAt: Timestamp, _ missing: Timestamp? = nil) -> AlertState {
    .firing(activeAt: activeAt, firedAt: firedAt, missingSince: missing)
  }
  fileprivate static func resolved(_ activeAt: Timestamp, _ firedAt: Timestamp, _ resolvedAt: Timestamp) -> AlertState {
    .resolved(activeAt: activeAt, firedAt: firedAt, resolvedAt: resolvedAt)
  }
}
