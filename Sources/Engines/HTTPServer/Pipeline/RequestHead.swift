/// What is known of a request before its body.
struct RequestHead: Sendable {
  /// As sent, perhaps one we do not know.
  var methodName: String
  var version: String = "HTTP/1.1"
  /// As sent.
  var target: String
  var headers: HTTPFields
  var peer: String = "127.0.0.1"
  /// Whether the target was cut at a zero byte before we saw it.
  var isTargetTorn = false

  var method: HTTPMethod? { HTTPMethod(rawValue: methodName) }

  /// What the client says of its body's length.
  enum BodyLength: Hashable, Sendable {
    case none
    case bytes(Int)
    case chunked
  }

  /// Refuses what two servers on one way could read differently.
  ///
  /// - Throws: 400 for ambiguous or missing fields, 501 for a transfer coding that is not `chunked`, 505 for other versions.
  func bodyLength() throws(HTTPProblem) -> BodyLength {
    guard version == "HTTP/1.1" || version == "HTTP/1.0" else {
      throw HTTPProblem(status: 505, "HTTP Version Not Supported: expected HTTP/1.0 or HTTP/1.1")
    }
    guard !isTargetTorn else { throw Self.bad("the request target has a zero byte") }
    var hosts = 0
    var length: String?
    var coding: String?
    for (name, value) in headers.lines {
      // `Content-Length : 3` is no length to us and one to others; what follows would be read as a request here and as a body there.
      guard Self.isToken(name) else { throw Self.bad("the header name \(name.debugDescription) is not one") }
      // Looked at by length first, since this runs over every line of every request.
      switch name.utf8.count {
      case 4 where HTTPFields.same(name, "Host"): hosts += 1
      case 14 where HTTPFields.same(name, "Content-Length"):
        guard length == nil else { throw Self.bad("more than one Content-Length") }
        length = value
      case 17 where HTTPFields.same(name, "Transfer-Encoding"):
        guard coding == nil else { throw Self.bad("more than one Transfer-Encoding") }
        coding = value
      default: break
      }
    }
    if hosts > 1 { throw Self.bad("more than one Host") }
    if hosts == 0, version == "HTTP/1.1" { throw Self.bad("missing required Host header") }
    if let coding {
      guard length == nil else { throw Self.bad("both Content-Length and Transfer-Encoding") }
      guard HTTPFields.same(coding, "chunked") else {
        throw HTTPProblem(status: 501, "Not Implemented: the only transfer coding is chunked")
      }
      return .chunked
    }
    guard let length else { return .none }
    guard !length.isEmpty, length.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      throw Self.bad("Content-Length is not a number")
    }
    guard let bytes = Int(length) else { return .bytes(.max) }
    return bytes == 0 ? .none : .bytes(bytes)
  }

  /// The characters of names (RFC 9110, 5.6.2).
  private static func isToken(_ name: String) -> Bool {
    !name.isEmpty
      && name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
          true
        case UInt8(ascii: "-"), UInt8(ascii: "_"): true
        default: "!#$%&'*+.^`|~".utf8.contains(byte)
        }
      }
  }

  static func bad(_ reason: String) -> HTTPProblem { HTTPProblem(status: 400, "400 Bad Request: \(reason)") }
}
