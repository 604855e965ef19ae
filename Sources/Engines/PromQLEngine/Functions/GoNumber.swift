import TextCoding

/// Numbers in texts, as Go's `%g` and `%f` write them.
enum GoNumber {
  static func general(_ value: Double) -> String { NumberText.general(value) }

  /// Six places behind the point.
  static func fixed6(_ value: Double) -> String {
    guard value.isFinite, value.magnitude < 1e15 else { return NumberText.general(value) }
    let millionths = (value.magnitude * 1e6).rounded()
    let whole = (millionths / 1e6).rounded(.down)
    let rest = String(Int(millionths - whole * 1e6))
    let sign = value.sign == .minus ? "-" : ""
    return "\(sign)\(NumberText.fixed(whole)).\(String(repeating: "0", count: max(0, 6 - rest.utf8.count)))\(rest)"
  }
}
