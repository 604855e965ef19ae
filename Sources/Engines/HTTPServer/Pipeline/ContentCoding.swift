/// How a request's body is packed.
enum BodyCoding: Hashable, Sendable {
  case identity, gzip, deflate
  /// Left as it is: remote write's messages are snappy inside, whatever the field says.
  case snappy

  static let names = "gzip, deflate, snappy"

  /// `nil`: one that we do not know.
  init?(_ field: String?) {
    switch field?.lowercased() {
    case nil, "", "identity": self = .identity
    case "gzip", "x-gzip": self = .gzip
    case "deflate": self = .deflate
    case "snappy": self = .snappy
    default: return nil
    }
  }

  /// - Throws: 413 when more than `limit` bytes come out, 400 when the body is not what the field says.
  func decode(_ body: [UInt8], limit: Int) throws(HTTPProblem) -> [UInt8] {
    switch self {
    case .identity, .snappy: return body
    case .gzip, .deflate:
      if body.isEmpty { return body }
      switch inflate(body, limit: limit) {
      case .whole(let bytes): return bytes
      case .overflow: throw HTTPProblem(Pipeline.tooLarge(limit).with("X-Content-Type-Options", "nosniff"))
      case .broken: throw RequestHead.bad("the body is not valid \(self == .gzip ? "gzip" : "deflate")")
      }
    }
  }
}

/// When and how responses are packed.
public struct ResponseCompression: Hashable, Sendable {
  /// Bodies below this gain nothing.
  public var minimumBytes = 1024
  /// 1 is nearly as small as 6 on metrics text, at a third of the cost.
  public var level: Int32 = 1
  public init() {}

  /// Packs when client and handler agree. A response with its own `Content-Encoding` is passed as it is.
  func apply(to response: inout Response, accepting request: HTTPFields) {
    guard response.compressible, response.headers["Content-Encoding"] == nil, let count = response.body.byteCount,
      count >= minimumBytes
    else { return }
    response.headers.add("Vary", "Accept-Encoding")
    guard Self.acceptsGzip(request) else { return }
    let packed: [UInt8]?
    switch response.body {
    case .bytes(let bytes): packed = gzip(bytes, level: level)
    case .shared(let page): packed = gzip(page.bytes, level: level)
    case .empty, .stream: packed = nil
    }
    guard let packed, packed.count < count else { return }
    response.body = .bytes(packed)
    response.headers["Content-Encoding"] = "gzip"
    // Other bytes than the plain form's, so the tag no longer promises equality byte by byte.
    if let tag = response.headers["ETag"], !tag.hasPrefix("W/") { response.headers["ETag"] = "W/" + tag }
  }

  /// Whether `Accept-Encoding` has gzip, or `*`, with a quality above 0.
  public static func acceptsGzip(_ request: HTTPFields) -> Bool {
    var any = false
    for member in request.members("Accept-Encoding") {
      let name = member.prefix { $0 != ";" }.trimmingBlanks
      let accepted = quality(member.dropFirst(member.prefix { $0 != ";" }.count)) > 0
      if HTTPFields.same(name, "gzip") || HTTPFields.same(name, "x-gzip") { return accepted }
      if name == "*" { any = accepted }
    }
    return any
  }

  private static func quality(_ parameters: Substring) -> Double {
    for parameter in parameters.split(separator: ";").map(\.trimmingBlanks)
    where parameter.hasPrefix("q=") || parameter.hasPrefix("Q=") {
      return Double(parameter.dropFirst(2)) ?? 0
    }
    return 1
  }
}

extension Response {
  /// 503 with the advice to come again.
  static func busy(_ reason: String, retryAfter seconds: Int = 1) -> Response {
    Response.text("Service Unavailable: \(reason)\n", status: 503).with("Retry-After", String(seconds))
  }
}
