import SeriesModel

/// The order in which the alerts of a group are told: by `job`, then by `instance`, then by all labels.
///
/// An alert with such a label comes before one without. Of all labels, fewer come first; then the first label that differs decides: by its value, and where
/// the names differ the set without the smaller name is first. Texts compare byte by byte.
struct AlertOrder {
  private typealias Texts = (name: Range<Int>, value: Range<Int>)

  private let bytes: [UInt8]
  private let job: Range<Int>?
  private let instance: Range<Int>?
  private let labels: [Texts]

  init(_ set: LabelSet) {
    bytes = set.bytes
    job = set.valueRange(of: LabelName.job)
    instance = set.valueRange(of: LabelName.instance)
    var labels: [Texts] = []
    labels.reserveCapacity(16)
    set.forEachRange { labels.append(($0, $1)) }
    self.labels = labels
  }

  static func < (a: AlertOrder, b: AlertOrder) -> Bool {
    for (x, y) in [(a.job, b.job), (a.instance, b.instance)] where x != nil || y != nil {
      guard let x, let y else { return x != nil }
      let order = order(a.bytes, x, b.bytes, y)
      if order != 0 { return order < 0 }
    }
    if a.labels.count != b.labels.count { return a.labels.count < b.labels.count }
    for i in a.labels.indices {
      let names = order(a.bytes, a.labels[i].name, b.bytes, b.labels[i].name)
      if names != 0 { return names > 0 }
      let values = order(a.bytes, a.labels[i].value, b.bytes, b.labels[i].value)
      if values != 0 { return values < 0 }
    }
    return false
  }

  /// Less than, equal to or more than 0.
  private static func order(_ a: [UInt8], _ x: Range<Int>, _ b: [UInt8], _ y: Range<Int>) -> Int {
    let (a, b) = (a.span, b.span)
    for i in 0..<min(x.count, y.count) where a[x.lowerBound + i] != b[y.lowerBound + i] {
      return a[x.lowerBound + i] < b[y.lowerBound + i] ? -1 : 1
    }
    return x.count - y.count
  }
}
