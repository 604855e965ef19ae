import CXXHash
import SeriesModel

/// The number that Prometheus spreads its groups by.
enum GroupHash {
  /// XXH64 of the label set of file and name, whose bytes are those of Prometheus' own label sets while no text is longer than 127.
  ///
  /// - Source: Prometheus 3.5, `rules/group.go`, `hash` and `EvalTimestamp`.
  static func of(_ group: GroupID) -> UInt64 {
    let labels: LabelSet = ["file": group.file, "name": group.name]
    // Invariant: the pointer is used only inside the closure that lends it.
    return unsafe labels.bytes.withUnsafeBufferPointer { unsafe XXH64($0.baseAddress, $0.count, 0) }
  }
}
