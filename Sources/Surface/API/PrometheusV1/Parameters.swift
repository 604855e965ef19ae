import HTTPServer
import PromQLSyntax
import SeriesModel
import TextCoding

/// A request's parameters, read as the reference reads them, with its error texts.
struct Parameters {
  private let pairs: [(name: String, value: String)]

  init(_ request: Request) { pairs = request.parameters }

  /// The first of that name; empty when there is none.
  subscript(_ name: String) -> String { pairs.first { $0.name == name }?.value ?? "" }

  func all(_ name: String) -> [String] { pairs.filter { $0.name == name }.map(\.value) }

  /// A time that may be left out.
  func time(_ name: String, default fallback: Timestamp) throws(APIError) -> Timestamp {
    let text = self[name]
    if text.isEmpty { return fallback }
    guard let time = Self.time(text) else {
      throw .parameter(name, "invalid time value for '\(name)': cannot parse \(GoText.quoted(text)) to a valid timestamp")
    }
    return time
  }

  /// A time that may not.
  func requiredTime(_ name: String) throws(APIError) -> Timestamp {
    let text = self[name]
    guard let time = Self.time(text) else { throw .parameter(name, "cannot parse \(GoText.quoted(text)) to a valid timestamp") }
    return time
  }

  /// A number of seconds, or `1h30m`. Shorter than a millisecond is 0.
  func duration(_ name: String) throws(APIError) -> PromDuration {
    switch Self.duration(self[name]) {
    case .success(let duration): return duration
    case .failure(let refusal): throw .parameter(name, refusal.reason)
    }
  }

  /// As ``duration(_:)``, but `nil` when it is left out.
  func optionalDuration(_ name: String) throws(APIError) -> PromDuration? { self[name].isEmpty ? nil : try duration(name) }

  /// How far back a sample counts; `nil`: the engine's default.
  func lookback() throws(APIError) -> PromDuration? {
    let text = self["lookback_delta"]
    if text.isEmpty { return nil }
    switch Self.duration(text) {
    case .success(let duration): return duration > .zero ? duration : nil
    case .failure(let refusal): throw APIError(.badData, "error parsing lookback delta duration: \(refusal.reason)")
    }
  }

  /// `nil` (also for 0): no limit.
  func limit() throws(APIError) -> Int? {
    let text = self["limit"]
    if text.isEmpty { return nil }
    switch Self.integer(text) {
    case .success(let limit):
      guard limit >= 0 else { throw .parameter("limit", "limit must be non-negative") }
      return limit == 0 ? nil : limit
    case .failure(let refusal): throw .parameter("limit", "strconv.Atoi: \(refusal.reason)")
    }
  }
}

// How texts are read.
extension Parameters {
  struct Refusal: Error { var reason: String }

  /// Unix seconds with fraction, rounded to milliseconds, or RFC 3339.
  static func time(_ text: String) -> Timestamp? {
    if let seconds = GoFloat.parse(text) {
      // Beyond this a time has no meaning to anybody, and no place in 64 bits of nanoseconds. NaN is no time either.
      guard seconds.magnitude <= 9_223_372_036_854 else { return nil }
      let whole = seconds.rounded(.towardZero)
      return Timestamp(milliseconds: Int64(whole) * 1000 + Int64(((seconds - whole) * 1000).rounded()))
    }
    switch text {
    // The ends of time, as the reference prints them.
    case "-292273086-05-16T16:47:06Z": return .distantPast
    case "292277025-08-18T07:12:54.999999999Z", "+292277025-08-18T07:12:54.999999999Z": return .distantFuture
    // The standard allows small letters and a blank, the reference does not.
    default: return text.utf8.contains { $0 == UInt8(ascii: " ") || $0 >= UInt8(ascii: "a") } ? nil : Timestamp(rfc3339: text)
    }
  }

  static func duration(_ text: String) -> Result<PromDuration, Refusal> {
    if let seconds = GoFloat.parse(text) {
      // NaN becomes the shortest duration there is.
      if seconds.isNaN { return .success(PromDuration(milliseconds: .min / 1_000_000)) }
      guard seconds.magnitude < 9_223_372_036.8 else {
        return .failure(Refusal(reason: "cannot parse \(GoText.quoted(text)) to a valid duration. It overflows int64"))
      }
      return .success(PromDuration(milliseconds: Int64(seconds * 1000)))
    }
    guard let duration = PromDuration(text) else {
      return .failure(Refusal(reason: "cannot parse \(GoText.quoted(text)) to a valid duration"))
    }
    return .success(duration)
  }

  static func integer(_ text: String) -> Result<Int, Refusal> {
    if let number = Int(text) { return .success(number) }
    let digits = text.drop { $0 == "-" || $0 == "+" }
    let isNumber =
      !digits.isEmpty && text.utf8.count - digits.utf8.count <= 1 && digits.utf8.allSatisfy { (0x30...0x39).contains($0) }
    return .failure(Refusal(reason: "parsing \(GoText.quoted(text)): \(isNumber ? "value out of range" : "invalid syntax")"))
  }
}
