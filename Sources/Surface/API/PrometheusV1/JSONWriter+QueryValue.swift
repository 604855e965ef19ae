import PromQLEngine
import SeriesModel
import TextCoding

extension JSONWriter {
  /// The members `resultType` and `result`; at most `limit` series. `true`: some were left out.
  mutating func queryResult(_ value: QueryValue, limit: Int?) -> Bool {
    switch value {
    case .scalar(let sample):
      resultType("scalar")
      point(sample.timestamp.milliseconds, sample.value)
      return false
    case .string(let text, let time):
      resultType("string")
      beginArray()
      seconds(milliseconds: time.milliseconds)
      string(text)
      endArray()
      return false
    case .vector(let elements):
      resultType("vector")
      let shown = elements.prefix(limit ?? .max)
      beginArray()
      var scratch: [UInt8] = []
      for element in shown {
        beginObject()
        key("metric")
        labels(element.labels, scratch: &scratch)
        key("value")
        point(element.timestamp.milliseconds, element.value)
        endObject()
      }
      endArray()
      return shown.count < elements.count
    case .matrix(let series):
      resultType("matrix")
      let shown = series.prefix(limit ?? .max)
      beginArray()
      var scratch: [UInt8] = []
      for one in shown {
        beginObject()
        key("metric")
        labels(one.labels, scratch: &scratch)
        key("values")
        beginArray()
        for i in one.timestamps.indices { point(one.timestamps[i], one.values[i]) }
        endArray()
        endObject()
      }
      endArray()
      return shown.count < series.count
    }
  }

  private mutating func resultType(_ name: String) {
    key("resultType")
    string(name)
    key("result")
  }

  private mutating func point(_ milliseconds: Int64, _ value: Double) {
    beginArray()
    seconds(milliseconds: milliseconds)
    sampleValue(value)
    endArray()
  }

  /// `{"__name__":"up","job":"a"}`
  mutating func labels(_ labels: LabelSet) {
    var scratch: [UInt8] = []
    self.labels(labels, scratch: &scratch)
  }

  /// The same with memory that is used again.
  mutating func labels(_ labels: LabelSet, scratch: inout [UInt8]) {
    scratch.removeAll(keepingCapacity: true)
    scratch.append(UInt8(ascii: "{"))
    labels.forEach { name, value in
      if scratch.count > 1 { scratch.append(UInt8(ascii: ",")) }
      Self.appendQuoted(name, to: &scratch)
      scratch.append(UInt8(ascii: ":"))
      Self.appendQuoted(value, to: &scratch)
    }
    scratch.append(UInt8(ascii: "}"))
    raw(scratch)
  }

  private static func appendQuoted(_ text: Span<UInt8>, to out: inout [UInt8]) {
    out.append(UInt8(ascii: "\""))
    for i in text.indices {
      let byte = text[i]
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        out.append(UInt8(ascii: "\\"))
        out.append(byte)
      case 0..<0x20:
        out.append(contentsOf: "\\u00".utf8)
        out.append(hex(byte >> 4))
        out.append(hex(byte & 15))
      default: out.append(byte)
      }
    }
    out.append(UInt8(ascii: "\""))
  }

  private static func hex(_ digit: UInt8) -> UInt8 { digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10 }

  /// An object of strings, sorted by key.
  mutating func strings(_ pairs: [String: String]) {
    beginObject()
    for (name, value) in pairs.sorted(by: { $0.key < $1.key }) {
      key(name)
      string(value)
    }
    endObject()
  }

  mutating func member(_ name: String, _ value: String) {
    key(name)
    string(value)
  }

  mutating func member(_ name: String, _ value: Int) {
    key(name)
    integer(value)
  }

  mutating func member(_ name: String, _ value: Double) {
    key(name)
    number(value)
  }

  /// RFC 3339; what never happened is Go's zero time.
  mutating func member(_ name: String, _ time: Timestamp?) {
    key(name)
    string(time?.rfc3339 ?? "0001-01-01T00:00:00Z")
  }
}
