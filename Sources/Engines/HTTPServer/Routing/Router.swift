/// Which handler answers which method on which path, with what limits.
///
/// A GET route also answers HEAD; OPTIONS answers 204 on every known path; another method gets 405 with `Allow`; an unknown path 404.
public struct Router: Sendable {
  /// One handler and the conditions under which it runs.
  struct Route: Sendable {
    var pattern: RoutePattern
    var method: HTTPMethod
    var place: HandlerPlace
    /// Bytes of body, as sent and after decompression.
    var bodyLimit: Int
    /// The name of its ``Lane``; lanes take turns on the pool.
    var lane: String
    var handler: Handler
  }

  enum Match: Sendable {
    case route(Route, PathParameters)
    /// The path is known, the method is not.
    case otherMethods([HTTPMethod])
    case unknownPath(Response)
  }

  /// Routes without named places by path.
  private var literal: [String: [Route]] = [:]
  /// The others, most specific first.
  private var patterns: [Route] = []
  private var lanes: [String: Lane] = [:]
  private var notFoundUnder: [(prefix: String, value: Response)] = []
  private var crossOriginUnder: [(prefix: String, value: CrossOriginPolicy)] = []

  public init() {}

  /// Adds a route.
  ///
  /// - Parameter pattern: literal segments, `:name` for one segment, `*name` at the end for the rest (left percent-encoded).
  /// - Parameter bodyLimit: bytes, counted as sent and again after decompression; 0 for methods without body.
  /// - Parameter lane: who shares turns on the pool; by default each pattern has its own.
  public mutating func on(
    _ method: HTTPMethod, _ pattern: String, place: HandlerPlace = .pool, bodyLimit: Int = 0, lane: String? = nil,
    _ handler: @escaping Handler
  ) {
    let pattern = RoutePattern(pattern)
    let route = Route(
      pattern: pattern, method: method, place: place, bodyLimit: bodyLimit, lane: lane ?? pattern.text, handler: handler)
    if pattern.isLiteral {
      precondition(literal[pattern.text]?.contains { $0.method == method } != true, "\(method) \(pattern.text) has two handlers")
      literal[pattern.text, default: []].append(route)
    } else {
      precondition(
        !patterns.contains { $0.method == method && $0.pattern == pattern }, "\(method) \(pattern.text) has two handlers")
      patterns.append(route)
      patterns.sort { RoutePattern.moreSpecific($0.pattern, $1.pattern) }
    }
  }

  /// Says what a lane's requests share. A lane that nobody describes is an ordinary one.
  public mutating func share(_ lane: Lane) {
    precondition(lanes.updateValue(lane, forKey: lane.name) == nil, "the lane \(lane.name) is described twice")
  }

  func lane(_ name: String) -> Lane { lanes[name] ?? Lane(name) }

  /// What unknown paths beneath `prefix` get instead of `404 page not found`. The longest prefix wins.
  public mutating func notFound(under prefix: String, _ response: Response) {
    notFoundUnder.append((prefix, response))
    notFoundUnder.sort { $0.prefix.utf8.count > $1.prefix.utf8.count }
  }

  /// Which other origins' pages may read answers beneath `prefix`. The longest prefix wins; without any, none may.
  public mutating func crossOrigin(under prefix: String, _ policy: CrossOriginPolicy) {
    crossOriginUnder.append((prefix, policy))
    crossOriginUnder.sort { $0.prefix.utf8.count > $1.prefix.utf8.count }
  }

  func match(_ method: HTTPMethod?, _ target: RequestTarget) -> Match {
    var methods: Set<HTTPMethod> = []
    if let routes = literal[target.rawPath] {
      if let route = Self.choose(method, among: routes) { return .route(route, PathParameters()) }
      methods.formUnion(routes.map(\.method))
    }
    if !patterns.isEmpty {
      let parts = RoutePattern.split(target.rawPath)
      for route in patterns {
        guard let parameters = route.pattern.match(parts) else { continue }
        if Self.answers(method, route) { return .route(route, parameters) }
        methods.insert(route.method)
      }
    }
    if methods.isEmpty { return .unknownPath(Self.first(notFoundUnder, over: target.path) ?? .pageNotFound) }
    if methods.contains(.GET) { methods.insert(.HEAD) }
    methods.insert(.OPTIONS)
    return .otherMethods(HTTPMethod.allCases.filter(methods.contains))
  }

  func crossOriginPolicy(for path: String) -> CrossOriginPolicy? { Self.first(crossOriginUnder, over: path) }

  private static func choose(_ method: HTTPMethod?, among routes: [Route]) -> Route? {
    routes.first { $0.method == method } ?? (method == .HEAD ? routes.first { $0.method == .GET } : nil)
  }

  private static func answers(_ method: HTTPMethod?, _ route: Route) -> Bool {
    route.method == method || method == .HEAD && route.method == .GET
  }

  /// `/api` covers `/api` and `/api/x`, not `/apis`.
  private static func first<Value>(_ table: [(prefix: String, value: Value)], over path: String) -> Value? {
    table.first { entry in
      path.hasPrefix(entry.prefix)
        && (entry.prefix.hasSuffix("/") || path.utf8.count == entry.prefix.utf8.count
          || path.utf8.dropFirst(entry.prefix.utf8.count).first == UInt8(ascii: "/"))
    }?.value
  }
}

extension Response {
  static var pageNotFound: Response { .text("404 page not found\n", status: 404) }
}
