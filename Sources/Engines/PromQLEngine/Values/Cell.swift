import SeriesModel

/// One series at one step: a double, or nothing.
///
/// Absence is a bit pattern, the staleness marker's. It cannot be mistaken for a value: selectors never yield markers, arithmetic only makes quiet
/// NaNs and the marker is a signalling one, and no number text reads as it. A bitmap would cost a second memory stream and a test just as well; this way a
/// stale sample is absent as it stands, and a row without gaps needs no more than a compare per value.
///
/// A native histogram would be a further signalling pattern with an index into a side table of its ``Rows``; rows of floats would never look there.
enum Cell {
  static var absent: Double { Staleness.marker }

  @inline(__always) static func isAbsent(_ value: Double) -> Bool { value.bitPattern == Staleness.bits }
  @inline(__always) static func isPresent(_ value: Double) -> Bool { value.bitPattern != Staleness.bits }
}
