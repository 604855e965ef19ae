import API
import Catalogue
import HTTPServer
import Ingest
import Instruments
import SeriesModel
import Storage
import Synchronization

/// Everything that runs while the program serves, wired together.
///
/// ```
///   POST /api/events ─► EventIngest ─► log, Fleet ─► Registry ─┬► Pages ─► GET /metrics
///                                                              └► Sampler ─► Head
/// ```
final class Daemon: Sendable {
  let server: Server
  let head: Head
  private let ingest: EventIngest
  private let threads: [PumpThread]
  private let isStopping = Atomic<Bool>(false)

  init(_ configuration: Configuration, time: any TimeSource, log: @escaping @Sendable (String) -> Void) throws {
    let registry = Registry(families: Families.all, options: RegistryOptions(time: time))
    var ingestion = IngestConfiguration(directory: configuration.dataDirectory)
    ingestion.log.sync = configuration.sync
    ingestion.limits.bodyBytes = configuration.eventBodyBytes
    let ingest = try EventIngest(ingestion, registry: registry, time: time)
    let pages = Pages(registry)
    let head = Head(options: HeadOptions(history: configuration.history, byteLimit: configuration.headBytes), time: time)
    for family in Families.all { head.setMetadata(family.metadata, family: family.name) }

    var router = Router()
    router.on(.GET, "/metrics", place: .pool) { request, _ in Self.page(pages, request) }
    router.on(.GET, "/-/healthy", place: .inline) { _, _ in .text("Tidemark is Healthy.\n") }
    router.on(.GET, "/-/ready", place: .inline) { _, _ in .text("Tidemark is Ready.\n") }
    router.on(.POST, "/api/events", place: .pool, bodyLimit: configuration.eventBodyBytes, lane: "events") { request, _ in
      Self.answer(ingest.accept(body: request.body, contentType: request.headers["Content-Type"], now: time.now()))
    }
    if configuration.receivesRemoteWrite {
      RemoteWriteEndpoint(sink: head) { head.setMetadata($1, family: $0) }.mount(on: &router)
    }
    let exchanges = ExchangeCounts()
    let server = try Server(
      Pipeline(router), options: ServerOptions(host: configuration.listen.host, port: configuration.listen.port), time: time,
      observer: exchanges.observe, log: log)

    let own = OwnMetrics(registry, head: head, server: server, exchanges: exchanges, time: time)
    own.publishBuild()
    let address = ListenAddress(host: configuration.listen.host, port: server.port)
    let sampler = Sampler(
      registry, into: head, .init(interval: configuration.sampleInterval, instance: address.description), history: head,
      collect: { update in
        own.report(into: &update)
        pages.report(into: &update)
      })
    self.server = server
    self.head = head
    self.ingest = ingest
    threads = [PumpThread("sampler", sampler, time: time), PumpThread("ingest-upkeep", ingest, time: time)]
  }

  /// Finishes what is in flight, then writes everything that is not written yet.
  func stop(within limit: PromDuration) {
    guard !isStopping.exchange(true, ordering: .sequentiallyConsistent) else { return }
    server.stop(within: limit)
    for thread in threads { thread.stop() }
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
}
