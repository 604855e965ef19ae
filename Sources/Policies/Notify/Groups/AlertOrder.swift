import SeriesModel

/// The order in which the alerts of a group are told: by `job`, then by `instance`, then by all labels.
///
/// An alert with such a label comes before one without. Of all labels, fewer come first; then the first label that differs decides: by its value, and where
/// the names differ the set without the smaller name is first. Texts compare byte by byte.
struct AlertOrder {
  private let job: String?
  private let instance: String?
  private let labels: [Label]

  init(_ labels: LabelSet) {
    job = labels[LabelName.job]
    instance = labels[LabelName.instance]
    self.labels = labels.labels
  }

  static func < (a: AlertOrder, b: AlertOrder) -> Bool {
    for (x, y) in [(a.job, b.job), (a.instance, b.instance)] {
      switch (x, y) {
      case (nil, nil): continue
      case (nil, _): return false
      case (_, nil): return true
      case (let x?, let y?): if !isSame(x, y) { return precedes(x, y) }
      }
    }
    if a.labels.count != b.labels.count { return a.labels.count < b.labels.count }
    for (x, y) in zip(a.labels, b.labels) {
      if !isSame(x.name, y.name) { return precedes(y.name, x.name) }
      if !isSame(x.value, y.value) { return precedes(x.value, y.value) }
    }
    return false
  }

  private static func isSame(_ a: String, _ b: String) -> Bool { a.utf8.elementsEqual(b.utf8) }
  private static func precedes(_ a: String, _ b: String) -> Bool { a.utf8.lexicographicallyPrecedes(b.utf8) }
}
