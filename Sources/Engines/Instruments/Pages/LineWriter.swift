import Catalogue
import Exposition
import SeriesModel

/// Writes the lines of one family from nothing.
struct LineWriter {
  private let shape: FamilyShape
  /// `le="…"` of each bucket, `+Inf` the last.
  private let bounds: [[UInt8]]
  /// `name="`, after the first with a comma in front.
  private let labelHeads: [[UInt8]]
  /// Per label: the part of the key that is its value, or where its closed values stand.
  private let sources: [Source]
  private let bucket: [UInt8]
  private let sum: [UInt8]
  private let count: [UInt8]
  private let plain: [UInt8]
  private let created: [UInt8]

  private enum Source {
    case key(Int)
    case closed(values: [[UInt8]], stride: Int)
  }

  init(_ shape: FamilyShape, _ format: ExpositionFormat) {
    self.shape = shape
    let family = shape.family
    bounds = (family.buckets + [.infinity]).map { bound in
      var text = Array("le=\"".utf8)
      ExpositionWriter.appendBound(bound, in: format, to: &text)
      return text + [quote]
    }
    labelHeads = family.labels.enumerated().map { Array((($0 > 0 ? "," : "") + $1.name + "=\"").utf8) }
    sources = family.labels.indices.map { position in
      if let part = shape.keyPositions.firstIndex(of: position) { return .key(part) }
      let spread = shape.spread.first { $0.position == position }!
      return .closed(values: spread.values.map(Self.escaped), stride: spread.stride)
    }
    (bucket, sum, count) = (
      Array((family.name + "_bucket").utf8), Array((family.name + "_sum").utf8), Array((family.name + "_count").utf8)
    )
    plain = Array(family.name.utf8)
    created = Array((family.openMetricsName + "_created").utf8)
  }

  /// `a="b",c="d"` of one combination of an entity, into reused bytes.
  func setLabels(_ labels: inout [UInt8], _ key: [UInt8], _ parts: [Range<Int>], _ combination: Int) {
    labels.removeAll(keepingCapacity: true)
    for (head, source) in zip(labelHeads, sources) {
      labels.append(contentsOf: head)
      switch source {
      case .key(let part): ExpositionWriter.appendLabelValue(key[parts[part]], to: &labels)
      case .closed(let values, let stride): labels.append(contentsOf: values[combination / stride % values.count])
      }
      labels.append(quote)
    }
  }

  func appendBucket(_ i: Int, _ labels: [UInt8], _ value: Double, to page: inout [UInt8]) -> PageText.Line {
    append(bucket, labels, bounds[i], value, to: &page)
  }
  func appendSum(_ labels: [UInt8], _ value: Double, to page: inout [UInt8]) -> PageText.Line {
    append(sum, labels, [], value, to: &page)
  }
  func appendCount(_ labels: [UInt8], _ value: Double, to page: inout [UInt8]) -> PageText.Line {
    append(count, labels, [], value, to: &page)
  }
  func appendPlain(_ labels: [UInt8], _ value: Double, to page: inout [UInt8]) -> PageText.Line {
    append(plain, labels, [], value, to: &page)
  }

  /// The line never changes.
  func appendCreated(_ labels: [UInt8], _ time: Timestamp, to page: inout [UInt8]) -> PageText.Line {
    let start = page.count
    appendPrefix(created, labels, [], to: &page)
    ExpositionWriter.appendSeconds(time, to: &page)
    page.append(newline)
    return PageText.Line(prefix: UInt32(page.count - start), value: 0)
  }

  private func append(_ name: [UInt8], _ labels: [UInt8], _ bound: [UInt8], _ value: Double, to page: inout [UInt8])
    -> PageText.Line
  {
    let start = page.count
    appendPrefix(name, labels, bound, to: &page)
    let valueStart = page.count
    ExpositionWriter.appendValue(value, to: &page)
    page.append(newline)
    return PageText.Line(prefix: UInt32(valueStart - start), value: UInt32(page.count - valueStart))
  }

  private func appendPrefix(_ name: [UInt8], _ labels: [UInt8], _ bound: [UInt8], to page: inout [UInt8]) {
    page.append(contentsOf: name)
    if !labels.isEmpty || !bound.isEmpty {
      page.append(UInt8(ascii: "{"))
      page.append(contentsOf: labels)
      if !labels.isEmpty && !bound.isEmpty { page.append(UInt8(ascii: ",")) }
      page.append(contentsOf: bound)
      page.append(UInt8(ascii: "}"))
    }
    page.append(UInt8(ascii: " "))
  }

  private static func escaped(_ value: String) -> [UInt8] {
    var out: [UInt8] = []
    ExpositionWriter.appendLabelValue(Array(value.utf8)[...], to: &out)
    return out
  }
}

private let newline = UInt8(ascii: "\n")
private let quote = UInt8(ascii: "\"")
