import SeriesModel

/// A request whose body has arrived whole, within its route's limit, and decompressed.
public struct Request: Sendable {
  public var method: HTTPMethod
  /// Percent-decoded.
  public var path: String
  /// As sent, without query; patterns are matched against this, so that `%2F` does not divide segments.
  public var rawPath: String
  /// As sent, without the question mark.
  public var rawQuery: String
  /// Decoded pairs of the URL's query, in order.
  public var query: [(name: String, value: String)]
  public var headers: HTTPFields
  public var body: [UInt8]
  /// The client's address, without port.
  public var peer: String
  /// Tells when the client hangs up before it has its answer.
  public var client: ClientPresence
  /// When its last byte was here, on the server's clock; `nil`: it did not come through a server.
  public var arrived: Instant?

  public init(
    method: HTTPMethod, path: String, rawQuery: String = "", query: [(name: String, value: String)] = [],
    headers: HTTPFields = HTTPFields(),
    body: [UInt8] = [], peer: String = "127.0.0.1"
  ) {
    self.method = method
    self.path = path
    self.rawPath = URLCoding.encodePath(path)
    self.rawQuery = rawQuery
    self.query = query
    self.headers = headers
    self.body = body
    self.peer = peer
    self.client = ClientPresence()
  }

  init(
    _ method: HTTPMethod, target: RequestTarget, headers: HTTPFields, body: [UInt8], peer: String, client: ClientPresence,
    arrived: Instant? = nil
  ) {
    self.method = method
    self.path = target.path
    self.rawPath = target.rawPath
    self.rawQuery = target.rawQuery
    self.query = URLCoding.pairs(of: target.rawQuery)
    self.headers = headers
    self.body = body
    self.peer = peer
    self.client = client
    self.arrived = arrived
  }

  /// What the client sends as `GET /a%20b?x=1`: a path with its query. `nil` when it is not one.
  public init?(
    _ method: HTTPMethod, _ target: String, headers: HTTPFields = HTTPFields(), body: [UInt8] = [], peer: String = "127.0.0.1"
  ) {
    guard let target = try? RequestTarget(target) else { return nil }
    self.init(method, target: target, headers: headers, body: body, peer: peer, client: ClientPresence())
  }

  /// The pairs of a form body (`application/x-www-form-urlencoded`, of POST, PUT and PATCH), then those of the URL.
  ///
  /// A body of another content type is not read. So a parameter given in both places has the body's value first.
  public var parameters: [(name: String, value: String)] {
    guard !body.isEmpty, method == .POST || method == .PUT || method == .PATCH, let type = headers["Content-Type"] else {
      return query
    }
    let media = type.prefix { $0 != ";" }.trimmingBlanks
    guard HTTPFields.same(media, "application/x-www-form-urlencoded") else { return query }
    return URLCoding.pairs(of: String(decoding: body, as: UTF8.self)) + query
  }
}

/// The parts of the path that the route's pattern named, percent-decoded.
public struct PathParameters: Sendable {
  public var values: [String: String]
  public init(_ values: [String: String] = [:]) { self.values = values }
  public subscript(_ name: String) -> String? { values[name] }
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
