import SeriesModel
import TextCoding

extension LabelSet {
  /// The set with `le` and `quantile` in the form in which Prometheus stores them: `120` becomes `120.0`. What is no number stays.
  package var normalizingBounds: LabelSet {
    var set = self
    for name in [LabelName.bucket, LabelName.quantile] {
      guard let text = self[name], let normal = Self.normalBound(text), normal != text else { continue }
      set = set.setting(name, normal)
    }
    return set
  }

  private static func normalBound(_ text: String) -> String? {
    guard let value = Double(text) else { return nil }
    let short = NumberText.general(value)
    return value.isFinite && !short.utf8.contains { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "e") } ? short + ".0" : short
  }
}
