#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// Floating-point text with a fixed number of digits; the C library rounds exactly.
enum CFloatText {
  enum Form { case fixed, scientific, general, hexadecimal }

  /// - Parameter precision: `nil`, for the hexadecimal form alone: as many digits as there are.
  static func format(_ value: Double, _ form: Form, precision: Int?) -> String {
    let pattern =
      switch form {
      case .fixed: "%.*f"
      case .scientific: "%.*e"
      case .general: "%.*g"
      case .hexadecimal: "%.*a"
      }
    // A fixed text has at most 309 digits before the point.
    var buffer = [CChar](repeating: 0, count: (precision ?? 0) + 400)
    // Invariant: vsnprintf writes at most `buffer.count` bytes, the last of them zero.
    let length = unsafe withVaList([Int32(precision ?? -1), value]) { arguments in
      unsafe vsnprintf(&buffer, buffer.count, pattern, arguments)
    }
    return String(decoding: buffer.prefix(Int(length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
