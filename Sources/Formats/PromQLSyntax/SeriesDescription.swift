import SeriesModel
import SourceText

/// A series as test files write it.
public struct SeriesDescription: Sendable {
  public var labels: LabelSet
  /// One after the other on the grid of the test.
  public var points: [Point]

  public enum Point: Sendable, Hashable {
    /// `_`
    case gap
    /// `stale` is a staleness marker.
    case value(Double)
    /// `{{schema:0 count:4}}`, as it is written; a sum `{{…}}+{{…}}x3` keeps both texts. Whoever takes the points decides what to make of it.
    case histogram(String)
  }

  public init(labels: LabelSet, points: [Point]) {
    self.labels = labels
    self.points = points
  }
}

/// Reads the points of a series: `1 2+3x4 _x5 stale {{…}}`.
///
/// - Limits: a million points.
struct SeriesValueReader {
  private let bytes: [UInt8]
  private var position: Int
  private(set) var failure: (range: SourceRange, message: String)?

  static let mostPoints = 1_000_000

  init(_ bytes: [UInt8], from position: Int) {
    self.bytes = bytes
    self.position = position
  }

  mutating func read() -> [SeriesDescription.Point] {
    var points: [SeriesDescription.Point] = []
    while true {
      let before = position
      while current == 0x20 || current == 0x09 { position += 1 }
      guard current != nil else { return points }
      if position == before {
        fail(position, "unexpected \(shown) in series values")
        return []
      }
      guard item(&points) else { return [] }
      if points.count > Self.mostPoints {
        fail(before, "too many points in series, at most \(Self.mostPoints)")
        return []
      }
    }
  }

  private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  private var shown: String {
    guard let byte = current else { return "end of input" }
    let token = bytes[position...].prefix { $0 != 0x20 && $0 != 0x09 }
    let text = GoText.quoted(token)
    return Lexer.isAlpha(byte) ? "identifier \(text)" : Lexer.isDigit(byte) ? "number \(text)" : text
  }

  private mutating func fail(_ place: Int, _ message: String) {
    if failure == nil { failure = (SourceRange(place, bytes.count), message) }
  }

  private mutating func item(_ points: inout [SeriesDescription.Point]) -> Bool {
    if current == UInt8(ascii: "_") {
      position += 1
      guard let count = repetition(orElse: 1) else { return false }
      return append(.gap, count, &points)
    }
    if starts("{{") { return histogram(&points) }
    guard let first = value() else { return false }
    if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") {
      guard let step = value() else { return false }
      guard current == UInt8(ascii: "x"), let count = repetition(orElse: 0) else {
        fail(position, "unexpected \(shown) in series values, expected \"x\"")
        return false
      }
      guard fits(count, points) else { return false }
      // Added up, not multiplied: the reference's rounding.
      var sum = first
      for _ in 0...count {
        points.append(.value(sum))
        sum += step
      }
      return true
    }
    guard let count = repetition(orElse: 0) else { return false }
    return append(.value(first), count + 1, &points)
  }

  private mutating func append(_ point: SeriesDescription.Point, _ count: Int, _ points: inout [SeriesDescription.Point]) -> Bool {
    guard fits(count, points) else { return false }
    points.append(contentsOf: repeatElement(point, count: count))
    return true
  }

  private mutating func fits(_ count: Int, _ points: [SeriesDescription.Point]) -> Bool {
    if count <= Self.mostPoints - points.count { return true }
    fail(position, "too many points in series, at most \(Self.mostPoints)")
    return false
  }

  private mutating func histogram(_ points: inout [SeriesDescription.Point]) -> Bool {
    let start = position
    guard skipHistogram() else { return false }
    if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") {
      position += 1
      guard starts("{{"), skipHistogram() else {
        fail(position, "unexpected \(shown) in series values, expected \"{{\"")
        return false
      }
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    guard let count = repetition(orElse: 0) else { return false }
    return append(.histogram(text), count + 1, &points)
  }

  private mutating func skipHistogram() -> Bool {
    let start = position
    while position < bytes.count, !starts("}}") { position += 1 }
    if position >= bytes.count {
      fail(start, "histogram description incomplete")
      return false
    }
    position += 2
    return true
  }

  private func starts(_ text: StaticString) -> Bool {
    bytes[position...].starts(with: text.description.utf8)
  }

  /// `x5`; without it `default`.
  private mutating func repetition(orElse default: Int) -> Int? {
    guard current == UInt8(ascii: "x") else { return `default` }
    position += 1
    let digits = bytes[position...].prefix { Lexer.isDigit($0) }
    guard let count = Int(String(decoding: digits, as: UTF8.self)), count < Self.mostPoints else {
      fail(position, "invalid repetition in series values: \(GoText.quoted(digits))")
      return nil
    }
    position += digits.count
    return count
  }

  /// The letters and digits that begin here. A word is not repeated: `NaNx3` is one word, and none that is known.
  private func word() -> String {
    guard let byte = current, Lexer.isAlpha(byte) else { return "" }
    return String(decoding: bytes[position...].prefix { Lexer.isAlpha($0) || Lexer.isDigit($0) }, as: UTF8.self)
  }

  private mutating func value() -> Double? {
    let start = position
    if word() == "stale" {
      position += 5
      return Staleness.marker
    }
    var negative = false
    if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") {
      negative = current == UInt8(ascii: "-")
      position += 1
    }
    let digits = position
    if let byte = current, Lexer.isAlpha(byte) {
      position += word().utf8.count
    } else {
      while let byte = current {
        let afterExponent = position > digits && bytes[position - 1] | 0x20 == UInt8(ascii: "e")
        let isSign = byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
        guard
          Lexer.isDigit(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_") || byte | 0x20 == UInt8(ascii: "e")
            || isSign && afterExponent
        else { break }
        position += 1
      }
    }
    guard position > digits, case .success(let value) = NumberReading.number(bytes[digits..<position]) else {
      position = start
      fail(start, "unexpected \(shown) in series values, expected number or \"stale\"")
      return nil
    }
    return negative ? -value : value
  }
}
