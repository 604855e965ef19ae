/// The methods that routes know.
public enum HTTPMethod: String, Hashable, Sendable, CaseIterable { case GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS }

/// Field lines in their order; names compare without case.
public struct HTTPFields: Hashable, Sendable, ExpressibleByDictionaryLiteral {
  public private(set) var lines: [(name: String, value: String)] = []

  public init() {}
  public init(dictionaryLiteral elements: (String, String)...) { lines = elements.map { ($0.0, $0.1) } }

  /// The first line of that name.
  public subscript(_ name: String) -> String? {
    get { lines.first { Self.same($0.name, name) }?.value }
    set {
      lines.removeAll { Self.same($0.name, name) }
      if let newValue { lines.append((name, newValue)) }
    }
  }

  public func all(_ name: String) -> [String] { lines.filter { Self.same($0.name, name) }.map(\.value) }
  public mutating func add(_ name: String, _ value: String) { lines.append((name, value)) }

  static func same(_ a: String, _ b: String) -> Bool {
    a.utf8.count == b.utf8.count && zip(a.utf8, b.utf8).allSatisfy { lower($0) == lower($1) }
  }
  private static func lower(_ byte: UInt8) -> UInt8 { (0x41...0x5a).contains(byte) ? byte + 32 : byte }

  public static func == (a: HTTPFields, b: HTTPFields) -> Bool { a.lines.elementsEqual(b.lines) { $0.name == $1.name && $0.value == $1.value } }
  public func hash(into hasher: inout Hasher) {
    for line in lines {
      hasher.combine(line.name)
      hasher.combine(line.value)
    }
  }
}

/// A request whose body has arrived whole, within its route's limit, and decompressed.
public struct Request: Sendable {
  public var method: HTTPMethod
  /// Percent-decoded.
  public var path: String
  /// As sent, without the question mark.
  public var rawQuery: String
  /// Decoded pairs of the URL's query, in order.
  public var query: [(name: String, value: String)]
  public var headers: HTTPFields
  public var body: [UInt8]
  /// The client's address, without port.
  public var peer: String

  public init(
    method: HTTPMethod, path: String, rawQuery: String = "", query: [(name: String, value: String)] = [], headers: HTTPFields = HTTPFields(),
    body: [UInt8] = [], peer: String = "127.0.0.1"
  ) {
    self.method = method
    self.path = path
    self.rawQuery = rawQuery
    self.query = query
    self.headers = headers
    self.body = body
    self.peer = peer
  }
}

/// The parts of the path that the route's pattern named.
public struct PathParameters: Sendable {
  public var values: [String: String]
  public init(_ values: [String: String] = [:]) { self.values = values }
  public subscript(_ name: String) -> String? { values[name] }
}

/// Bytes that outlive many responses: a page rendered once and sent without copying.
public final class SharedBytes: Sendable {
  public let bytes: [UInt8]
  public init(_ bytes: [UInt8]) { self.bytes = bytes }
}

public enum ResponseBody: Sendable {
  case empty
  case bytes([UInt8])
  case shared(SharedBytes)
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
}

/// What a handler throws to answer with a status and a message.
public struct HTTPProblem: Error, Sendable {
  public var response: Response
  public init(_ response: Response) { self.response = response }
  public init(status: Int, _ message: String) { response = .text(message + "\n", status: status) }
}

/// Where a handler runs: on the server's own threads (it must not wait for anything), or on the pool.
public enum HandlerPlace: Sendable { case inline, pool }

public typealias Handler = @Sendable (Request, PathParameters) throws(HTTPProblem) -> Response
