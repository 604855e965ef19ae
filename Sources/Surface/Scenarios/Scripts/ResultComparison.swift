import PromQLEngine
import PromQLSyntax
import SeriesModel
import TextCoding

/// A result that is not the expected one.
struct Mismatch: Hashable {
  var expected: String
  var got: String
}

/// Compares what a query gave with the lines of its case.
struct ResultComparison {
  let expected: ScriptExpectation
  let time: ScriptCase.Time

  func mismatch(of value: QueryValue) -> Mismatch? {
    if let string = expected.string {
      if case .string(let got, _) = value, got == string { return nil }
      return Mismatch(expected: GoText.quoted(string), got: Self.show(value))
    }
    switch value {
    case .scalar(let sample):
      guard let scalar = expected.scalar else { return Mismatch(expected: shownSeries, got: Self.show(value)) }
      return FloatTolerance.equal(scalar, sample.value)
        ? nil : Mismatch(expected: NumberText.general(scalar), got: Self.show(value))
    case .string: return Mismatch(expected: shownSeries, got: Self.show(value))
    case .vector(let elements): return mismatch(ofVector: elements)
    case .matrix(let series): return mismatch(ofMatrix: series)
    }
  }

  // MARK: Instant vectors

  private func mismatch(ofVector elements: [VectorElement]) -> Mismatch? {
    if let scalar = expected.scalar {
      return Mismatch(expected: "the scalar \(NumberText.general(scalar))", got: Self.show(.vector(elements)))
    }
    var missing: [LabelSet: (place: Int, point: SeriesDescription.Point?)] = [:]
    for (place, series) in expected.series.enumerated() { missing[series.labels] = (place, series.points.first) }
    for (place, element) in elements.enumerated() {
      let got = "\(element.labels) \(NumberText.general(element.value))"
      guard let wanted = missing.removeValue(forKey: element.labels) else { return Mismatch(expected: shownSeries, got: got) }
      if expected.isOrdered, wanted.place != place {
        return Mismatch(expected: "\(element.labels) as number \(wanted.place + 1)", got: "as number \(place + 1)")
      }
      guard case .value(let value) = wanted.point, FloatTolerance.equal(value, element.value) else {
        return Mismatch(expected: "\(element.labels) \(Self.show(wanted.point ?? .gap))", got: got)
      }
    }
    return missing.isEmpty ? nil : Mismatch(expected: Self.show(missing.keys.sorted()), got: "nothing for it")
  }

  // MARK: Series of points

  private func mismatch(ofMatrix series: [SeriesPoints]) -> Mismatch? {
    let grid: (from: Timestamp, through: Timestamp, step: PromDuration)
    switch time {
    case .range(let from, let through, let step): grid = (from, through, step)
    case .instant:
      guard let window = expected.window else {
        return Mismatch(expected: expected.scalar.map { NumberText.general($0) } ?? shownSeries, got: Self.show(.matrix(series)))
      }
      grid = window
    }
    if case .range = time, let unsorted = zip(series, series.dropFirst()).first(where: { !($0.labels < $1.labels) }) {
      return Mismatch(expected: "\(unsorted.1.labels) before \(unsorted.0.labels)", got: "the other way round")
    }
    var missing: [LabelSet: [(Int64, Double?)]] = [:]
    if let scalar = expected.scalar { missing[.empty] = [(grid.from.milliseconds, scalar)] }
    for one in expected.series {
      var points: [(Int64, Double?)] = []
      for (k, point) in one.points.enumerated() {
        let time = grid.from.milliseconds + Int64(k) * grid.step.milliseconds
        switch point {
        case .gap: break
        case .value(let value): points.append((time, value))
        case .histogram: points.append((time, nil))
        }
        if time > grid.through.milliseconds {
          return Mismatch(expected: "\(one.labels) with \(one.points.count) points", got: "fewer steps than that")
        }
      }
      missing[one.labels] = points
    }
    for one in series {
      guard let points = missing.removeValue(forKey: one.labels) else {
        return Mismatch(expected: shownSeries, got: Self.show(one))
      }
      let isSame =
        points.count == one.timestamps.count
        && points.indices.allSatisfy { i in
          guard points[i].0 == one.timestamps[i], let value = points[i].1 else { return false }
          return FloatTolerance.equal(value, one.values[i])
        }
      if !isSame {
        let wanted = SeriesPoints(labels: one.labels, timestamps: points.map(\.0), values: points.map { $0.1 ?? .nan })
        return Mismatch(expected: Self.show(wanted), got: Self.show(one))
      }
    }
    let left = missing.filter { !$0.value.isEmpty }
    return left.isEmpty ? nil : Mismatch(expected: Self.show(left.keys.sorted()), got: "nothing for it")
  }

  // MARK: Texts

  private var shownSeries: String {
    if expected.series.isEmpty { return expected.scalar.map { "the scalar \(NumberText.general($0))" } ?? "nothing" }
    return expected.series.prefix(3).map { "\($0.labels) " + $0.points.prefix(6).map(Self.show).joined(separator: " ") }.joined(
      separator: ", ")
      + (expected.series.count > 3 ? ", …" : "")
  }

  private static func show(_ point: SeriesDescription.Point) -> String {
    switch point {
    case .gap: "_"
    case .value(let value): NumberText.general(value)
    case .histogram(let text): text
    }
  }

  private static func show(_ series: SeriesPoints) -> String {
    let points = zip(series.timestamps, series.values).prefix(8).map {
      "\(NumberText.general($1)) @\(PromDuration(milliseconds: $0))"
    }
    return "\(series.labels) " + points.joined(separator: ", ") + (series.timestamps.count > 8 ? ", …" : "")
  }

  private static func show(_ labels: [LabelSet]) -> String {
    labels.prefix(3).map(\.description).joined(separator: ", ") + (labels.count > 3 ? ", …" : "")
  }

  static func show(_ value: QueryValue) -> String {
    switch value {
    case .scalar(let sample): "the scalar \(NumberText.general(sample.value))"
    case .string(let text, _): GoText.quoted(text)
    case .vector(let elements) where elements.isEmpty: "nothing"
    case .vector(let elements):
      elements.prefix(3).map { "\($0.labels) \(NumberText.general($0.value))" }.joined(separator: ", ")
        + (elements.count > 3 ? ", …" : "")
    case .matrix(let series) where series.isEmpty: "nothing"
    case .matrix(let series): series.prefix(2).map(show).joined(separator: ", ") + (series.count > 2 ? ", …" : "")
    }
  }

  // MARK: Remarks

  func mismatch(of annotations: [Annotation]) -> Mismatch? {
    mismatch(annotations, .warning, expected.warnings, "warning") ?? mismatch(annotations, .info, expected.infos, "info")
  }

  private func mismatch(_ all: [Annotation], _ kind: Annotation.Kind, _ wanted: ScriptExpectation.Remarks, _ name: String)
    -> Mismatch?
  {
    let texts = all.filter { $0.kind == kind }.map(\.text)
    switch wanted {
    case .free: return nil
    case .none: return texts.first.map { Mismatch(expected: "no \(name)", got: $0) }
    case .some(let patterns):
      if let unmet = patterns.first(where: { pattern in !texts.contains { pattern.fits($0) } }) {
        return Mismatch(expected: "\(name): \(unmet)", got: texts.first ?? "no \(name)")
      }
      let stray = texts.first { text in !patterns.contains { $0.fits(text) } }
      return stray.map { Mismatch(expected: "\(name): \(patterns[0])", got: $0) }
    }
  }
}
