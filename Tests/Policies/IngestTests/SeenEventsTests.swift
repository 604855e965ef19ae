import DurableLog
import Orchestration
import SeriesModel
import Testing

@testable import Ingest

struct SeenEventsTests {
  static func id(_ n: Int) -> EventID { StableHash128.of(Array("\(n)".utf8)) }

  @Test func `identities stay for the window and go after it`() {
    var limits = IngestLimits()
    limits.window = .minutes(8)
    var seen = SeenEvents(limits: limits)
    for minute in 0..<30 {
      let now = EventText.start + .minutes(Int64(minute))
      seen.prepare(at: now, LogPosition(segment: UInt64(minute), offset: 0))
      seen.insert(Self.id(minute), time: now)
      for earlier in 0...minute {
        let isTaken = EventText.start + .minutes(Int64(earlier)) >= seen.oldestTaken(at: now)
        // Whoever may still come is known.
        if isTaken { #expect(seen.contains(Self.id(earlier))) }
      }
      #expect(seen.count <= 11)
    }
    #expect(seen.start!.segment >= 19)
  }

  @Test func `too many identities shrink the window, and what is forgotten is refused`() {
    var limits = IngestLimits()
    limits.identities = 800
    var seen = SeenEvents(limits: limits)
    for n in 0..<5000 {
      let now = EventText.start + .milliseconds(Int64(n))
      seen.prepare(at: now, LogPosition.start)
      seen.insert(Self.id(n), time: now)
      #expect(seen.count <= 800)
    }
    let now = EventText.start + .seconds(5)
    for n in 0..<5000 where EventText.start + .milliseconds(Int64(n)) >= seen.oldestTaken(at: now) {
      #expect(seen.contains(Self.id(n)))
    }
    #expect(seen.oldestTaken(at: now) > EventText.start + .seconds(4))
  }
}
