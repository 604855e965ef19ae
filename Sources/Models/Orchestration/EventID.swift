import SeriesModel

/// An event's identity, its source and id, as 128 bits of a hash that is the same in every process.
///
/// The lowest two bits are always zero: tables keep a small tag there.
package struct EventID: Hashable, Comparable, Sendable {
  package let high: UInt64
  package let low: UInt64

  package init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low & ~3
  }

  package static func < (a: EventID, b: EventID) -> Bool { a.high != b.high ? a.high < b.high : a.low < b.low }
}

/// Where an event stands in the one order that everybody agrees on: by its own time, then by its identity.
package struct EventPosition: Hashable, Comparable, Sendable {
  package var time: Timestamp
  package var id: EventID

  package init(time: Timestamp, id: EventID) {
    self.time = time
    self.id = id
  }

  package static func < (a: EventPosition, b: EventPosition) -> Bool { a.time != b.time ? a.time < b.time : a.id < b.id }
}
