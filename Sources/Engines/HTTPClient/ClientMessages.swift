import SeriesModel

/// What is sent.
public struct ClientRequest: Sendable {
  /// Which servers are believed, and who we are to them.
  public struct Trust: Hashable, Sendable {
    /// Certificates in PEM; `nil`: the system's.
    public var authoritiesFile: String?
    public var certificateFile: String?
    public var keyFile: String?
    /// `insecure_skip_verify`: takes any certificate.
    public var trustsAnyone = false
    public init() {}
  }

  public enum Proxy: Hashable, Sendable {
    case none
    /// What `http_proxy`, `https_proxy` and `no_proxy` say.
    case environment
    case url(String)
  }

  public var method: String
  /// `http` or `https`.
  public var url: String
  public var headers: [(name: String, value: String)]
  /// `nil`: no body. An empty body is sent as `Content-Length: 0`.
  public var body: [UInt8]?
  /// Bytes of the response's body, unpacked.
  public var responseLimit = 16 << 20
  /// `nil`: a body that does not arrive whole is an error. Otherwise the status counts, and of the body what came within this time after the headers and
  /// within ``responseLimit``.
  public var bodyPatience: PromDuration?
  public var connectTime = PromDuration.seconds(5)
  /// 0: a redirect is the answer.
  public var redirects = 0
  public var proxy = Proxy.none
  public var trust = Trust()

  public init(_ method: String = "GET", _ url: String, headers: [(name: String, value: String)] = [], body: [UInt8]? = nil) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
  }
}

/// What came back, whatever its status.
public struct ClientResponse: Sendable {
  public var status: Int
  /// Of the last response when redirects were followed.
  public var headers: [(name: String, value: String)]
  /// Unpacked.
  public var body: [UInt8]

  /// The first header of that name; names compare without case.
  public func header(_ name: String) -> String? {
    let wanted = name.lowercased()
    return headers.first { $0.name.lowercased() == wanted }?.value
  }
}

/// Why there is no response.
public struct HTTPClientError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    case badRequest = "bad request"
    case unresolved = "cannot resolve the host"
    case refused = "cannot connect"
    case timedOut = "timed out"
    case tls = "TLS failed"
    case tooLarge = "the response is too large"
    case broken = "the connection broke"
    case canceled
  }

  public var kind: Kind
  /// Scheme, host and port; the rest of a webhook's URL may be a secret.
  public var origin: String
  public var reason: String

  /// Whether the same request may succeed later.
  public var retryMayHelp: Bool {
    switch kind {
    case .unresolved, .refused, .timedOut, .broken, .canceled: true
    case .badRequest, .tls, .tooLarge: false
    }
  }

  public var description: String { "\(origin): \(kind.rawValue): \(reason)" }
}
