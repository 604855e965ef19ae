import SeriesModel
import Threading

/// Where the series stand: blocks of 1024 neighbours on one of 64 shelves, each with a lock.
///
/// A reference is a place (low 32 bits) and the tenure of the series that has it (high 32 bits).
final class SeriesShelves: Sendable {
  final class Shelf: Sendable {
    let series = BlockingLock<[HeadSeries]>([])
  }

  private let shelves: [Shelf] = (0..<64).map { _ in Shelf() }

  static func place(_ ref: SeriesRef) -> UInt32 { UInt32(truncatingIfNeeded: ref.raw) }
  static func tenure(_ ref: SeriesRef) -> UInt32 { UInt32(truncatingIfNeeded: ref.raw >> 32) }
  static func reference(_ place: UInt32, _ tenure: UInt32) -> SeriesRef { SeriesRef(UInt64(tenure) << 32 | UInt64(place)) }
  @inline(__always) static func shelf(_ place: UInt32) -> Int { Int(place >> 10) & 63 }
  @inline(__always) static func index(_ place: UInt32) -> Int { Int(place >> 16) << 10 | Int(place & 1023) }

  func shelf(of place: UInt32) -> Shelf { shelves[Self.shelf(place)] }

  /// Puts a new series at a place and returns its reference.
  func put(at place: UInt32, madeAt: Int64) -> SeriesRef {
    shelf(of: place).series.withLock { series in
      let index = Self.index(place)
      if index >= series.count {
        // Places are given out in order, but two blocks of one shelf may be reached in any.
        series.reserveCapacity(max(series.capacity, index + 1))
        while series.count <= index { series.append(HeadSeries(tenure: 0, madeAt: 0)) }
      }
      let tenure = series[index].tenure & ~Self.vacant &+ 1
      series[index] = HeadSeries(tenure: tenure, madeAt: madeAt)
      return Self.reference(place, tenure)
    }
  }

  /// Marks a place as free; its tenure goes on from there.
  static let vacant: UInt32 = 1 << 31

  /// Calls `body` with the series of a reference under its shelf's lock; `nil` when it is gone.
  func with<Result: Sendable>(_ ref: SeriesRef, _ body: (inout HeadSeries) -> Result) -> Result? {
    let place = Self.place(ref)
    return shelf(of: place).series.withLock { series in
      let index = Self.index(place)
      guard index < series.count, series[index].tenure == Self.tenure(ref) else { return nil }
      return body(&series[index])
    }
  }
}
