import CSimdJSON
import CXXHash
import Glibc
import Orchestration

/// Reads the JSON of single events. One thread at a time.
// Invariant: the C reader is made and freed by this object alone, and text it points to is copied before the next read. A decoder is taken out of its pool
// by one thread at a time, which is why it may cross threads.
@safe final class EventReader: @unchecked Sendable {
  private let pointer: OpaquePointer
  private var scratch: [UInt8] = []

  /// Bytes that must be readable behind a text.
  static let padding = Int(csimdjson_padding())

  enum Problem: Equatable {
    case malformed, brokenUTF8, tooDeep, badNumber, badString, notAnObject
    case duplicate(EventField)
  }

  enum Kind { case absent, null, bool, integer, number, string, array, object }

  init(maximumDepth: Int) {
    var names = unsafe EventField.allCases.map { unsafe UnsafePointer<CChar>(strdup($0.name)!) }
    let made = unsafe csimdjson_reader_new(
      &names, Int32(names.count), Int32(EventField.data.rawValue), Int32(EventField.firstOfData.rawValue), maximumDepth)
    unsafe names.forEach { unsafe free(UnsafeMutablePointer(mutating: $0)) }
    guard let made = unsafe made else { fatalError("no memory for a JSON reader") }
    unsafe pointer = made
  }

  deinit { unsafe csimdjson_reader_free(pointer) }

  /// Reads one event. ``padding`` bytes stand behind `range` in `body`.
  func read(_ body: borrowing [UInt8], _ range: Range<Int>) -> Problem? {
    precondition(range.upperBound + Self.padding <= body.count, "no padding behind \(range) of \(body.count) bytes")
    let code = unsafe body.withUnsafeBytes { buffer in
      let text = unsafe buffer.baseAddress!.advanced(by: range.lowerBound).assumingMemoryBound(to: CChar.self)
      return Int(unsafe csimdjson_read(pointer, text, range.count))
    }
    switch code {
    case CSIMDJSON_OK: return nil
    case CSIMDJSON_BROKEN_UTF8: return .brokenUTF8
    case CSIMDJSON_TOO_DEEP: return .tooDeep
    case CSIMDJSON_BAD_NUMBER: return .badNumber
    case CSIMDJSON_BAD_STRING: return .badString
    case CSIMDJSON_NOT_AN_OBJECT: return .notAnObject
    case CSIMDJSON_DUPLICATE: return .duplicate(EventField(rawValue: Int(unsafe csimdjson_failed_field(pointer)))!)
    default: return .malformed
    }
  }

  func kind(_ field: EventField) -> Kind {
    switch Int(unsafe value(field).kind) {
    case CSIMDJSON_NULL: .null
    case CSIMDJSON_BOOL: .bool
    case CSIMDJSON_INTEGER: .integer
    case CSIMDJSON_NUMBER: .number
    case CSIMDJSON_STRING: .string
    case CSIMDJSON_ARRAY: .array
    case CSIMDJSON_OBJECT: .object
    default: .absent
    }
  }

  /// Of a string.
  func byteCount(_ field: EventField) -> Int { Int(unsafe value(field).length) }

  /// Of an integer.
  func integer(_ field: EventField) -> Int64 { unsafe value(field).integer }

  /// Of an integer or a number.
  func number(_ field: EventField) -> Double { unsafe value(field).number }

  /// Of a string; at most its first `limit` bytes.
  func text(_ field: EventField, limit: Int = .max) -> String {
    let found = unsafe value(field)
    guard let start = unsafe found.text else { return "" }
    return unsafe start.withMemoryRebound(to: UInt8.self, capacity: Int(found.length)) { bytes in
      unsafe String(decoding: UnsafeBufferPointer(start: bytes, count: min(limit, Int(found.length))), as: UTF8.self)
    }
  }

  /// Lends the bytes of a string.
  func withText<R>(_ field: EventField, _ body: (Span<UInt8>) -> R) -> R {
    let found = unsafe value(field)
    guard let start = unsafe found.text else { return body([UInt8]().span) }
    return unsafe start.withMemoryRebound(to: UInt8.self, capacity: Int(found.length)) { bytes in
      body(unsafe Span(_unsafeStart: bytes, count: Int(found.length)))
    }
  }

  /// The identity of the event: a hash of its source and id.
  func identity() -> EventID {
    scratch.removeAll(keepingCapacity: true)
    // The length keeps source and id apart.
    let length = UInt32(byteCount(.source))
    for shift in stride(from: UInt32(0), to: 32, by: 8) { scratch.append(UInt8(truncatingIfNeeded: length >> shift)) }
    for field in [EventField.source, .id] {
      withText(field) { bytes in for i in bytes.indices { scratch.append(bytes[i]) } }
    }
    return StableHash128.of(scratch)
  }

  private func value(_ field: EventField) -> csimdjson_value { unsafe csimdjson_field(pointer, Int32(field.rawValue)) }
}

/// A 128-bit hash that does not change between processes and releases: XXH3.
enum StableHash128 {
  static func of(_ bytes: [UInt8]) -> EventID {
    // Invariant: the pointer is used only inside the closure that lends it.
    let hash = unsafe bytes.withUnsafeBytes { unsafe XXH3_128bits($0.baseAddress, $0.count) }
    return EventID(high: hash.high64, low: hash.low64)
  }
}
