import HTTPServer
import PromQLEngine
import PromQLSyntax
import SeriesModel

/// `/api/v1/*` as Prometheus 3.5 answers it, over an engine, a source of series and what the wiring tells of the rest.
public struct PrometheusAPI: Sendable {
  /// Bounds of the API itself; the engine has its own.
  public struct Limits: Hashable, Sendable {
    /// The longest that a query may take; `timeout` can only shorten it.
    public var timeout = PromDuration.minutes(2)
    /// Steps of a range query.
    public var steps: Int64 = 11_000
    /// Series that `series` may touch, names and values that `labels` may.
    public var series = 1_000_000
    /// Bytes of a form.
    public var formBytes = 4 << 20
    /// Queries that run at a time, and that wait for their turn, of which one client may hold half.
    public var concurrentQueries = 20
    public var waitingQueries = 1000
    public init() {}
  }

  public var backend: any QueryBackend
  public var source: any SeriesSource
  public var time: any TimeSource
  public var parser: PromQLParser
  public var limits: Limits
  public var status: SystemStatus

  public init(
    backend: any QueryBackend, source: any SeriesSource, time: any TimeSource, parser: PromQLParser = PromQLParser(),
    limits: Limits = Limits(),
    status: SystemStatus
  ) {
    self.backend = backend
    self.source = source
    self.time = time
    self.parser = parser
    self.limits = limits
    self.status = status
  }

  /// The name of the lane in which queries wait for their turn.
  public static let queryLane = "query"

  typealias Endpoint = @Sendable (Request, PathParameters) throws(APIError) -> Answer

  /// Adds all routes. Cross-origin reading is the caller's decision (`router.crossOrigin(under: "/api/v1", .any)`).
  public func mount(on router: inout Router) {
    shareLanes(on: &router)
    form(&router, "query", lane: Self.queryLane) { request, _ throws(APIError) in try self.query(request) }
    form(&router, "query_range", lane: Self.queryLane) { request, _ throws(APIError) in try self.queryRange(request) }
    form(&router, "query_explain", lane: Self.queryLane) { request, _ throws(APIError) in try self.explainQuery(request) }
    form(&router, "query_exemplars", lane: "syntax") { request, _ throws(APIError) in try self.exemplars(request) }
    form(&router, "format_query", lane: "syntax") { request, _ throws(APIError) in try self.formatQuery(request) }
    form(&router, "parse_query", lane: "syntax") { request, _ throws(APIError) in try self.parseQuery(request) }
    form(&router, "series", lane: "series") { request, _ throws(APIError) in try self.series(request) }
    form(&router, "labels", lane: "series") { request, _ throws(APIError) in try self.labelNames(request) }
    get(&router, "label/:name/values", lane: "series") { request, part throws(APIError) in
      try self.labelValues(part["name"]!, request)
    }
    get(&router, "metadata", lane: "status") { request, _ throws(APIError) in try self.metadata(request) }
    get(&router, "rules", lane: "status") { request, _ throws(APIError) in try self.rules(request) }
    get(&router, "alerts", lane: "status") { _, _ in self.alerts() }
    get(&router, "targets", lane: "status") { request, _ in self.targets(request) }
    get(&router, "scrape_pools", lane: "status") { _, _ in self.scrapePools() }
    get(&router, "targets/metadata", lane: "status") { _, _ in .strings([]) }
    get(&router, "alertmanagers", lane: "status") { _, _ in self.alertmanagers() }
    get(&router, "notifications", lane: "status") { _, _ in .strings([]) }
    get(&router, "status/buildinfo", lane: "status") { _, _ in self.buildInfo() }
    get(&router, "status/runtimeinfo", lane: "status") { _, _ in self.runtimeInfo() }
    get(&router, "status/config", lane: "status") { _, _ in self.configuration() }
    get(&router, "status/flags", lane: "status") { _, _ in self.flags() }
    get(&router, "status/tsdb", lane: "status") { request, _ throws(APIError) in try self.tsdb(request) }
    get(&router, "status/walreplay", lane: "status") { _, _ in self.replay() }
    add(.DELETE, &router, "series", lane: "status") { _, _ throws(APIError) in throw APIError(.internal, "not implemented") }
    for action in ["delete_series", "clean_tombstones", "snapshot"] {
      for method in [HTTPMethod.POST, .PUT] {
        add(method, &router, "admin/tsdb/\(action)", lane: "status") { _, _ throws(APIError) in
          throw APIError(.unavailable, "admin APIs disabled")
        }
      }
    }
  }

  /// A request waits in its lane for no longer than its query may take, and is refused in the API's own shape.
  private func shareLanes(on router: inout Router) {
    let limits = limits
    let patience: @Sendable (Request) -> PromDuration? = { request in
      let wanted = try? Parameters(request).optionalDuration("timeout")
      return min(wanted ?? limits.timeout, limits.timeout)
    }
    func share(_ name: String, width: Int, places: Int) {
      router.share(
        Lane(name, width: width, places: places, boundsAnswers: true, patience: patience) { APIError($0, name, limits).response })
    }
    share(Self.queryLane, width: limits.concurrentQueries, places: limits.waitingQueries)
    for name in ["series", "syntax", "status"] { share(name, width: 4, places: 128) }
  }

  private func get(_ router: inout Router, _ path: String, lane: String, _ endpoint: @escaping Endpoint) {
    add(.GET, &router, path, lane: lane, endpoint)
  }

  private func form(_ router: inout Router, _ path: String, lane: String, _ endpoint: @escaping Endpoint) {
    add(.GET, &router, path, lane: lane, endpoint)
    add(.POST, &router, path, lane: lane, endpoint)
  }

  private func add(_ method: HTTPMethod, _ router: inout Router, _ path: String, lane: String, _ endpoint: @escaping Endpoint) {
    router.on(method, "/api/v1/\(path)", place: .pool, bodyLimit: method == .GET ? 0 : limits.formBytes, lane: lane) {
      request, parts in
      do throws(APIError) { return try endpoint(request, parts).response() } catch { return error.response }
    }
  }
}
