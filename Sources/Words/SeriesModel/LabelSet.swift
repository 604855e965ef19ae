/// The sorted identity of a series. Names are unique, values are not empty.
///
/// - Shape: one byte buffer; per label the name's length, the name, the value's length, the value; lengths are LEB128. Labels are sorted by the bytes of
///   their names. Equality and hashing look at the bytes alone.
/// - Complexity: look-up is linear in the number of labels; copying costs a reference count.
public struct LabelSet: Hashable, Sendable {
  package private(set) var bytes: [UInt8]

  public static let empty = LabelSet(sortedUnique: [])

  /// From labels in any order. Of two with one name the last wins; empty values are left out.
  public init(_ labels: [Label]) {
    self.init(builder: LabelSetBuilder(labels))
  }

  public init(_ labels: KeyValuePairs<String, String>) {
    self.init(labels.map { Label($0.key, $0.value) })
  }

  /// From labels sorted by name, each name once, no value empty.
  package init(sortedUnique labels: [Label]) {
    bytes = []
    bytes.reserveCapacity(labels.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count + 2 })
    for label in labels {
      Self.append(label.name, to: &bytes)
      Self.append(label.value, to: &bytes)
    }
  }

  init(builder: LabelSetBuilder) {
    self.init(sortedUnique: builder.sortedUnique())
  }

  /// From bytes in this type's own shape, which the caller vouches for (a decoder that has checked them).
  package init(uncheckedBytes bytes: [UInt8]) { self.bytes = bytes }

  public var isEmpty: Bool { bytes.isEmpty }

  public var count: Int {
    var n = 0
    forEachRange { _, _ in n += 1 }
    return n
  }

  public var labels: [Label] {
    var all: [Label] = []
    forEachRange { name, value in all.append(Label(text(name), text(value))) }
    return all
  }

  /// The value of a label, or `nil` when it is absent.
  public subscript(_ name: String) -> String? {
    let wanted = name.utf8
    let length = wanted.count
    var offset = 0
    while offset < bytes.count {
      let found = Self.range(at: &offset, in: bytes)
      let value = Self.range(at: &offset, in: bytes)
      if found.count == length, bytes[found].elementsEqual(wanted) { return text(value) }
    }
    return nil
  }

  public var metricName: String? { self[LabelName.metric] }

  /// Calls `body` with the bytes of each label, in order.
  package func forEach(_ body: (_ name: Span<UInt8>, _ value: Span<UInt8>) -> Void) {
    forEachRange { name, value in
      let span = bytes.span
      body(span.extracting(name), span.extracting(value))
    }
  }

  /// Calls `body` with the byte ranges of each label's name and value, in order.
  package func forEachRange(_ body: (_ name: Range<Int>, _ value: Range<Int>) -> Void) {
    var offset = 0
    while offset < bytes.count {
      let name = Self.range(at: &offset, in: bytes)
      let value = Self.range(at: &offset, in: bytes)
      body(name, value)
    }
  }

  package func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  // MARK: Derived sets

  public func removing(_ names: some Sequence<String>) -> LabelSet {
    let names = Set(names)
    return filtered { !names.contains($0) }
  }

  public func keeping(_ names: some Sequence<String>) -> LabelSet {
    let names = Set(names)
    return filtered { names.contains($0) }
  }

  public var withoutMetricName: LabelSet { filtered { $0 != LabelName.metric } }

  /// Sets one label; an empty value removes it.
  public func setting(_ name: String, _ value: String) -> LabelSet {
    var builder = LabelSetBuilder(self)
    builder.set(name, value)
    return LabelSet(builder: builder)
  }

  private func filtered(_ keep: (String) -> Bool) -> LabelSet {
    var kept: [UInt8] = []
    kept.reserveCapacity(bytes.count)
    var offset = 0
    while offset < bytes.count {
      let start = offset
      let name = Self.range(at: &offset, in: bytes)
      _ = Self.range(at: &offset, in: bytes)
      if keep(text(name)) { kept.append(contentsOf: bytes[start..<offset]) }
    }
    return LabelSet(uncheckedBytes: kept)
  }

  // MARK: Coding

  private static func append(_ text: String, to bytes: inout [UInt8]) {
    var length = text.utf8.count
    while length >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: length) | 0x80)
      length >>= 7
    }
    bytes.append(UInt8(length))
    bytes.append(contentsOf: text.utf8)
  }

  private static func range(at offset: inout Int, in bytes: [UInt8]) -> Range<Int> {
    var length = 0
    var shift = 0
    while true {
      let byte = bytes[offset]
      offset += 1
      length |= Int(byte & 0x7f) << shift
      if byte < 0x80 { break }
      shift += 7
    }
    defer { offset += length }
    return offset..<offset + length
  }
}

extension LabelSet: Comparable {
  /// Label by label, name before value; a set that is the beginning of another comes first.
  public static func < (a: LabelSet, b: LabelSet) -> Bool {
    var i = 0
    var j = 0
    while i < a.bytes.count, j < b.bytes.count {
      for _ in 0..<2 {
        let x = range(at: &i, in: a.bytes)
        let y = range(at: &j, in: b.bytes)
        if let order = lexicographicOrder(a.bytes, x, b.bytes, y) { return order }
      }
    }
    return i >= a.bytes.count && j < b.bytes.count
  }

  private static func lexicographicOrder(_ a: [UInt8], _ x: Range<Int>, _ b: [UInt8], _ y: Range<Int>) -> Bool? {
    let shared = min(x.count, y.count)
    for k in 0..<shared {
      let (left, right) = (a[x.lowerBound + k], b[y.lowerBound + k])
      if left != right { return left < right }
    }
    return x.count == y.count ? nil : x.count < y.count
  }
}

extension LabelSet: CustomStringConvertible {
  /// `name{a="b", c="d"}`, as Prometheus prints a metric.
  public var description: String {
    let name = metricName ?? ""
    let others = labels.filter { $0.name != LabelName.metric }
    let classic = LabelName.isClassicMetric(name)
    let quotedName = classic || name.isEmpty ? [] : [Self.quote(name)]
    let pairs =
      quotedName + others.map { (LabelName.isClassicLabel($0.name) ? $0.name : Self.quote($0.name)) + "=" + Self.quote($0.value) }
    let shown = classic ? name : ""
    if pairs.isEmpty { return shown.isEmpty ? "{}" : shown }
    return shown + "{" + pairs.joined(separator: ", ") + "}"
  }

  /// A double-quoted string with Go's escapes.
  package static func quote(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\r": out += "\\r"
      case "\t": out += "\\t"
      case "\u{07}": out += "\\a"
      case "\u{08}": out += "\\b"
      case "\u{0c}": out += "\\f"
      case "\u{0b}": out += "\\v"
      case "\u{00}"..<"\u{20}", "\u{7f}":
        let hex = String(scalar.value, radix: 16)
        out += "\\x" + (hex.count < 2 ? "0" : "") + hex
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out + "\""
  }
}

extension LabelSet: ExpressibleByDictionaryLiteral {
  public init(dictionaryLiteral labels: (String, String)...) { self.init(labels.map { Label($0.0, $0.1) }) }
}
