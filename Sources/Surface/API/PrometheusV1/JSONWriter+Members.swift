import SeriesModel
import TextCoding

extension JSONWriter {
  /// `{"__name__":"up","job":"a"}`
  mutating func labels(_ labels: LabelSet) {
    beginObject()
    // Spans cannot be captured, ranges can.
    let bytes = labels.bytes
    labels.forEachRange { name, value in
      key(String(decoding: bytes[name], as: UTF8.self))
      string(utf8: bytes.span.extracting(value))
    }
    endObject()
  }

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
