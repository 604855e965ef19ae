/// Numbers for people, as Prometheus' template functions write them.
enum Humanized {
  /// Four significant digits.
  static func short(_ value: Double) -> String { GoFloat.format(value, "g", precision: 4) }

  private static let small = ["m", "u", "n", "p", "f", "a", "z", "y"]

  /// `1.234k`, `5m`
  static func number(_ value: Double) -> String {
    if value == 0 || !value.isFinite { return short(value) }
    if value.magnitude < 1 { return scaledUp(value) }
    return scaledDown(value, by: 1000, ["k", "M", "G", "T", "P", "E", "Z", "Y"])
  }

  /// `1.5Ki`, written `ki` as the reference writes it.
  static func binary(_ value: Double) -> String {
    if value.magnitude <= 1 || !value.isFinite { return short(value) }
    return scaledDown(value, by: 1024, ["ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"])
  }

  /// `1d 2h 3m 4s`, `12.35s`, `5ms`
  static func duration(_ value: Double) -> String {
    if !value.isFinite { return short(value) }
    if value == 0 { return short(value) + "s" }
    if value.magnitude < 1 { return scaledUp(value) + "s" }
    let sign = value < 0 ? "-" : ""
    // Go converts a float that is out of range to the smallest integer on this platform.
    let total = Int64(exactly: value.magnitude.rounded(.towardZero)) ?? .min
    let (seconds, minutes, hours, days) = (total % 60, total / 60 % 60, total / 3600 % 24, total / 86_400)
    if days != 0 { return "\(sign)\(days)d \(hours)h \(minutes)m \(seconds)s" }
    if hours != 0 { return "\(sign)\(hours)h \(minutes)m \(seconds)s" }
    if minutes != 0 { return "\(sign)\(minutes)m \(seconds)s" }
    return "\(sign)\(short(value.magnitude))s"
  }

  private static func scaledDown(_ value: Double, by step: Double, _ prefixes: [String]) -> String {
    var (value, prefix) = (value, "")
    for next in prefixes where value.magnitude >= step {
      prefix = next
      value /= step
    }
    return short(value) + prefix
  }

  private static func scaledUp(_ value: Double) -> String {
    var (value, prefix) = (value, "")
    for next in small where value.magnitude < 1 {
      prefix = next
      value *= 1000
    }
    return short(value) + prefix
  }
}
