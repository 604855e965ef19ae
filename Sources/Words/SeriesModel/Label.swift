/// A name and a value. An empty value means that the label is absent.
public struct Label: Hashable, Sendable {
  public var name: String
  public var value: String
  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}

/// Names that mean something to everybody.
public enum LabelName {
  public static let metric = "__name__"
  public static let bucket = "le"
  public static let quantile = "quantile"
  public static let job = "job"
  public static let instance = "instance"
  public static let alert = "alertname"
  public static let alertState = "alertstate"

  /// `[a-zA-Z_][a-zA-Z0-9_]*`
  public static func isClassicLabel(_ name: some StringProtocol) -> Bool { isClassic(name, colon: false) }
  /// `[a-zA-Z_:][a-zA-Z0-9_:]*`
  public static func isClassicMetric(_ name: some StringProtocol) -> Bool { isClassic(name, colon: true) }

  private static func isClassic(_ name: some StringProtocol, colon: Bool) -> Bool {
    var first = true
    for byte in name.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): break
      case UInt8(ascii: ":") where colon: break
      case UInt8(ascii: "0")...UInt8(ascii: "9") where !first: break
      default: return false
      }
      first = false
    }
    return !first
  }
}
