import SeriesModel

/// When two floats of a test count as equal: relatively within a millionth.
enum FloatTolerance {
  static let relative = 1e-6
  private static let smallestNormal = Double.leastNormalMagnitude

  static func equal(_ a: Double, _ b: Double) -> Bool {
    if Staleness.isMarker(a) || Staleness.isMarker(b) { return Staleness.isMarker(a) && Staleness.isMarker(b) }
    if a.isNaN && b.isNaN || a == b { return true }
    let sum = a.magnitude + b.magnitude
    let difference = (a - b).magnitude
    if a == 0 || b == 0 || sum < smallestNormal { return difference < relative * smallestNormal }
    return difference / min(sum, .greatestFiniteMagnitude) < relative
  }
}
