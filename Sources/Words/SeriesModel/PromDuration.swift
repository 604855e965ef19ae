/// A length of time in milliseconds, written as Prometheus writes it: `1h30m`, `15s`, `500ms`.
@frozen
public struct PromDuration: Hashable, Comparable, Sendable {
  public var milliseconds: Int64

  @inlinable public init(milliseconds: Int64) { self.milliseconds = milliseconds }
  @inlinable public static func milliseconds(_ n: Int64) -> PromDuration { PromDuration(milliseconds: n) }
  @inlinable public static func seconds(_ n: Int64) -> PromDuration { PromDuration(milliseconds: n * 1000) }
  @inlinable public static func minutes(_ n: Int64) -> PromDuration { PromDuration(milliseconds: n * 60_000) }
  @inlinable public static func hours(_ n: Int64) -> PromDuration { PromDuration(milliseconds: n * 3_600_000) }
  public static let zero = PromDuration(milliseconds: 0)

  @inlinable public var seconds: Double { Double(milliseconds) / 1000 }
  @inlinable public static func < (a: PromDuration, b: PromDuration) -> Bool { a.milliseconds < b.milliseconds }

  /// Units from large to small, each at most once, as in `1d12h`; `0` needs no unit. `nil` when `text` is something else or too large.
  public init?(_ text: some StringProtocol) {
    let bytes = Array(text.utf8)
    if bytes == [0x30] {
      self = .zero
      return
    }
    var i = 0
    var total: Int64 = 0
    var nextUnit = 0
    while i < bytes.count {
      let digitsStart = i
      var n: Int64 = 0
      while i < bytes.count, bytes[i] >= 0x30, bytes[i] <= 0x39 {
        let (product, overflow1) = n.multipliedReportingOverflow(by: 10)
        let (sum, overflow2) = product.addingReportingOverflow(Int64(bytes[i] - 0x30))
        guard !overflow1, !overflow2 else { return nil }
        n = sum
        i += 1
      }
      guard i > digitsStart else { return nil }
      let unitStart = i
      while i < bytes.count, bytes[i] < 0x30 || bytes[i] > 0x39 { i += 1 }
      let unit = String(decoding: bytes[unitStart..<i], as: UTF8.self)
      guard let position = Self.units.firstIndex(where: { $0.name == unit }), position >= nextUnit else { return nil }
      nextUnit = position + 1
      let (part, overflow1) = n.multipliedReportingOverflow(by: Self.units[position].milliseconds)
      let (sum, overflow2) = total.addingReportingOverflow(part)
      // The reference keeps nanoseconds in 64 bits.
      guard !overflow1, !overflow2, sum <= Int64.max / 1_000_000 else { return nil }
      total = sum
    }
    guard i > 0 else { return nil }
    milliseconds = total
  }

  static let units: [(name: String, milliseconds: Int64, exactOnly: Bool)] = [
    ("y", 31_536_000_000, true), ("w", 604_800_000, true), ("d", 86_400_000, false), ("h", 3_600_000, false), ("m", 60_000, false),
    ("s", 1000, false), ("ms", 1, false),
  ]
}

extension PromDuration: CustomStringConvertible {
  /// The reference's form: years and weeks only when nothing remains below them.
  public var description: String {
    guard milliseconds != 0 else { return "0s" }
    var text = milliseconds < 0 ? "-" : ""
    var rest = abs(milliseconds)
    for unit in Self.units where !unit.exactOnly || rest % unit.milliseconds == 0 {
      let n = rest / unit.milliseconds
      guard n > 0 else { continue }
      text += "\(n)\(unit.name)"
      rest -= n * unit.milliseconds
    }
    return text
  }
}
