import Catalogue
import HTTPServer
import Ingest
import Instruments
import SeriesModel
import Synchronization

/// Everything that runs while the program serves, wired together.
///
/// ```
///   POST /api/events ─► EventIngest ─► log, Fleet ─► Registry ─► Pages ─► GET /metrics
/// ```
final class Daemon: Sendable {
  let server: Server
  private let ingest: EventIngest
  private let upkeep: PumpThread
  private let isStopping = Atomic<Bool>(false)

  struct Options: Sendable {
    var listen: ListenAddress
    var dataDirectory: String
    /// The largest body of a request for events, unpacked.
    var eventBodyBytes = 8 << 20
  }

  init(_ options: Options, time: any TimeSource, log: @escaping @Sendable (String) -> Void) throws {
    let registry = Registry(families: Families.all, options: RegistryOptions(time: time))
    let ingest = try EventIngest(IngestConfiguration(directory: options.dataDirectory), registry: registry, time: time)
    Self.publishBuild(in: registry, at: time.now())
    let pages = Pages(registry)
    self.ingest = ingest

    var router = Router()
    router.on(.GET, "/metrics", place: .pool) { request, _ in Self.page(pages, request) }
    router.on(.GET, "/-/healthy", place: .inline) { _, _ in .text("Tidemark is Healthy.\n") }
    router.on(.GET, "/-/ready", place: .inline) { _, _ in .text("Tidemark is Ready.\n") }
    router.on(.POST, "/api/events", place: .pool, bodyLimit: options.eventBodyBytes, lane: "events") { request, _ in
      Self.answer(ingest.accept(body: request.body, contentType: request.headers["Content-Type"], now: time.now()))
    }
    var serverOptions = ServerOptions(host: options.listen.host, port: options.listen.port)
    serverOptions.workers = 8
    server = try Server(Pipeline(router), options: serverOptions, time: time, log: log)
    upkeep = PumpThread("ingest-upkeep", ingest, time: time)
  }

  /// Finishes what is in flight, then writes everything that is not written yet.
  func stop(within limit: PromDuration) {
    guard !isStopping.exchange(true, ordering: .sequentiallyConsistent) else { return }
    server.stop(within: limit)
    upkeep.stop()
    ingest.shutdown()
  }

  // MARK: Answers

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

  private static func publishBuild(in registry: Registry, at now: Timestamp) {
    registry.update { update in
      let start = registry.family(Families.tidemarkStartTimeSeconds)
      let series = update.series(start, [], created: now)
      update.set(series, now.seconds)
      let build = registry.family(Families.tidemarkBuildInfo)
      let info = update.series(build, [Version.text, Version.revision, Version.swift], created: now)
      update.set(info, 1)
    }
  }
}
