import API
import HTTPServer
import Ingest
import Instruments
import PromQLSyntax
import SeriesModel
import Storage
import Threading

/// The daemon's HTTP interface.
struct Routes: Sendable {
  let configuration: Configuration
  let time: any TimeSource

  init(_ configuration: Configuration, time: any TimeSource) {
    self.configuration = configuration
    self.time = time
  }

  func router(
    ingest: EventIngest, pages: Pages, head: Head, queries: QueryService, reloading: Reloading, daemon: LateBinding
  ) -> Router {
    var router = Router()
    router.on(.GET, "/metrics", place: .pool) { request, _ in Self.page(pages, request) }
    router.on(.GET, "/-/healthy", place: .inline) { _, _ in .text("Tidemark is Healthy.\n") }
    router.on(.GET, "/-/ready", place: .inline) { _, _ in
      daemon.daemon?.isReady ?? false ? .text("Tidemark is Ready.\n") : .text("Service Unavailable\n", status: 503)
    }
    for method in [HTTPMethod.POST, .PUT] {
      router.on(method, "/-/reload", place: .pool, bodyLimit: 0) { _, _ in reload(daemon.daemon) }
    }
    let time = time
    router.on(.POST, "/api/events", place: .pool, bodyLimit: configuration.eventBodyBytes, lane: "events") { request, _ in
      Self.answer(ingest.accept(body: request.body, contentType: request.headers["Content-Type"], now: time.now()))
    }
    if configuration.receivesRemoteWrite {
      RemoteWriteEndpoint(sink: head) { head.setMetadata($1, family: $0) }.mount(on: &router)
    }
    let status = DaemonStatus(started: time.now(), head: head, reloading: reloading, daemon: daemon)
    var api = PrometheusAPI(
      backend: queries, source: head, time: time, parser: PromQLParser(features: configuration.syntax), status: status.system)
    api.limits.timeout = configuration.queryTimeout
    api.limits.series = configuration.maxQuerySeries
    api.limits.concurrentQueries = configuration.maxConcurrentQueries
    api.limits.waitingQueries = configuration.maxWaitingQueries
    api.mount(on: &router)
    router.crossOrigin(under: "/api/v1", .any)
    return router
  }

  private func reload(_ daemon: Daemon?) -> Response {
    guard configuration.enablesLifecycle else { return .text("Lifecycle API is not enabled.", status: 403) }
    do {
      try daemon?.reload()
      return Response(status: 200)
    } catch {
      return .text("failed to reload config: \(ServeCommand.explanation(of: error))\n", status: 500)
    }
  }

  private static func page(_ pages: Pages, _ request: Request) -> Response {
    let page = pages.answer(accept: request.headers["Accept"], acceptEncoding: request.headers["Accept-Encoding"])
    var response = Response(
      headers: ["Content-Type": page.contentType, "Vary": "Accept, Accept-Encoding"], body: .shared(SharedBytes(page.body)),
      compressible: false)
    if let coding = page.contentEncoding { response.headers["Content-Encoding"] = coding }
    return response
  }

  private static func answer(_ answer: IngestAnswer) -> Response {
    var response = Response.json(answer.body, status: answer.status).notStored
    if let seconds = answer.retryAfter { response.headers["Retry-After"] = String(seconds) }
    return response
  }
}

/// The daemon, for routes that are made before it is whole. Weak: the daemon holds its routes.
final class LateBinding: Sendable {
  private struct Held: Sendable { weak var daemon: Daemon? }
  private let held = BlockingLock(Held())

  var daemon: Daemon? { held.withLock { $0.daemon } }
  func bind(_ daemon: Daemon) { held.withLock { $0.daemon = daemon } }
}
