import Threading

/// Bytes that outlive many responses: a page rendered once and sent without copying.
public final class SharedBytes: Sendable {
  public let bytes: [UInt8]
  /// What they hold of a budget for as long as they are there.
  private let claim: ByteClaim?

  public init(_ bytes: [UInt8], claim: ByteClaim? = nil) {
    self.bytes = bytes
    self.claim = claim
  }
}

public enum ResponseBody: Sendable {
  case empty
  case bytes([UInt8])
  case shared(SharedBytes)
  /// Events as they happen; the response ends when the stream is closed.
  case stream(EventStream)

  /// `nil` when it is not known before the end.
  var byteCount: Int? {
    switch self {
    case .empty: 0
    case .bytes(let bytes): bytes.count
    case .shared(let page): page.bytes.count
    case .stream: nil
    }
  }
}

public struct Response: Sendable {
  public var status: Int
  public var headers: HTTPFields
  public var body: ResponseBody
  /// Whether the server may compress the body when the client accepts it. Pages that come compressed say no.
  public var compressible: Bool

  public init(status: Int = 200, headers: HTTPFields = HTTPFields(), body: ResponseBody = .empty, compressible: Bool = true) {
    self.status = status
    self.headers = headers
    self.body = body
    self.compressible = compressible
  }

  public static func text(_ text: String, status: Int = 200) -> Response {
    Response(status: status, headers: ["Content-Type": "text/plain; charset=utf-8"], body: .bytes(Array(text.utf8)))
  }

  public static func json(_ bytes: [UInt8], status: Int = 200) -> Response {
    Response(status: status, headers: ["Content-Type": "application/json"], body: .bytes(bytes))
  }

  /// An event stream; `send` to it from anywhere.
  public static func events(_ stream: EventStream) -> Response {
    Response(
      headers: ["Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"], body: .stream(stream),
      compressible: false)
  }

  /// The same with one more field line (replacing those of its name).
  public func with(_ name: String, _ value: String) -> Response {
    var copy = self
    copy.headers[name] = value
    return copy
  }

  /// Kept by no cache on the way.
  public var notStored: Response { with("Cache-Control", "no-store") }

  /// Named by a version (`abc` becomes `ETag: "abc"`): a client that has it gets 304 without a body.
  public func tagged(_ version: String) -> Response { with("ETag", "\"\(version)\"") }
}
