import CRE2

/// Owns one compiled RE2 pattern.
// Invariant: `cre2_pattern` is immutable once made and RE2 matches from any thread; the pointer is freed once, by deinit.
@safe final class RE2Handle: @unchecked Sendable {
  private let pointer: OpaquePointer
  let groupCount: Int

  init(_ pattern: String, memoryLimit: Int64 = 64 << 20) throws(RegularExpressionError) {
    var pattern = pattern
    let made = pattern.withUTF8 { text in
      unsafe text.withMemoryRebound(to: CChar.self) { unsafe cre2_new($0.baseAddress!, $0.count, memoryLimit) }
    }
    guard let made = unsafe made else { throw RegularExpressionError("out of memory") }
    if let error = unsafe cre2_error(made) {
      let message = unsafe String(cString: error)
      unsafe cre2_free(made)
      throw RegularExpressionError(message)
    }
    unsafe pointer = made
    groupCount = Int(unsafe cre2_group_count(made))
  }

  deinit { unsafe cre2_free(pointer) }

  func fullMatch(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { buffer in
      unsafe buffer.withMemoryRebound(to: CChar.self) { unsafe cre2_full_match(pointer, $0.baseAddress, $0.count) }
    }
  }

  func fullMatch(_ text: Span<UInt8>) -> Bool {
    unsafe text.withUnsafeBufferPointer { buffer in
      unsafe buffer.withMemoryRebound(to: CChar.self) { unsafe cre2_full_match(pointer, $0.baseAddress, $0.count) }
    }
  }

  func search(_ text: String, from start: Int) -> [Range<Int>?]? {
    var text = text
    var spans = [Int](repeating: -1, count: 2 * (groupCount + 1))
    let found = text.withUTF8 { buffer in
      unsafe buffer.withMemoryRebound(to: CChar.self) {
        unsafe cre2_match(pointer, $0.baseAddress, $0.count, start, false, &spans, Int32(groupCount + 1))
      }
    }
    guard found else { return nil }
    return (0...groupCount).map { spans[2 * $0] < 0 ? nil : spans[2 * $0]..<spans[2 * $0 + 1] }
  }

  func group(named name: String) -> Int? {
    var name = name
    let number = name.withUTF8 { text in
      unsafe text.withMemoryRebound(to: CChar.self) { unsafe cre2_group_named(pointer, $0.baseAddress!, $0.count) }
    }
    return number < 0 ? nil : Int(number)
  }
}
