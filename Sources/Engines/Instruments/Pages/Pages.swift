import Catalogue
import Exposition
import SeriesModel
import Threading

/// Answers scrapes.
///
/// A page is rendered when something changed, at most once per interval however many scrapers come, and compressed once. What a scrape gets in between
/// is the same array again: no copy, no lock on the registry.
package final class Pages: Sendable {
  /// A body to be sent as it is.
  package struct Answer: Sendable {
    package var contentType: String
    /// `gzip`, or `nil` when the body is plain.
    package var contentEncoding: String?
    /// Shares its memory with other answers.
    package var body: [UInt8]
    /// Equal for equal pages of one format and encoding.
    package var version: UInt64
  }

  private let registry: Registry
  private let interval: PromDuration
  private let text: BlockingLock<RenderedPage>
  private let openMetrics: BlockingLock<RenderedPage>
  private let scrapes = ScrapeCounts()

  package init(_ registry: Registry, minimumInterval: PromDuration = .milliseconds(250)) {
    self.registry = registry
    interval = minimumInterval
    text = BlockingLock(RenderedPage(PageText(.text, showsCreated: false)))
    openMetrics = BlockingLock(RenderedPage(PageText(.openMetrics, showsCreated: registry.options.showsCreated)))
  }

  /// From a request's `Accept` and `Accept-Encoding`.
  package func answer(accept: String?, acceptEncoding: String?) -> Answer {
    let format = Negotiation(accept: accept).format
    let gzip = Negotiation.acceptsGzip(acceptEncoding)
    scrapes.count(format, gzip: gzip)
    return switch format {
    case .text: text.withLock { answer(from: &$0, gzip) }
    case .openMetrics: openMetrics.withLock { answer(from: &$0, gzip) }
    }
  }

  private func answer(from page: inout RenderedPage, _ gzip: Bool) -> Answer {
    refresh(&page)
    return Answer(
      contentType: page.text.format.contentType, contentEncoding: gzip ? "gzip" : nil,
      body: gzip ? page.compressed() : page.text.bytes,
      version: page.version)
  }

  private func refresh(_ page: inout RenderedPage) {
    let changes = registry.changes
    if page.version == changes { return }
    let time = registry.options.time
    let start = time.monotonic()
    if let last = page.renderedAt, start < last + interval { return }
    page.version = registry.read { state in
      page.text.render(state)
      return state.changed
    }
    page.gzip = nil
    page.renderedAt = start
    scrapes.rendered(page.text.format, seconds: time.monotonic() - start, bytes: page.text.bytes.count)
  }

  /// Writes what scrapes cost into the own families. Called on the grid, so that counting scrapes does not make every page a new one.
  package func report(into update: inout RegistryUpdate) { scrapes.report(into: &update, registry) }
}

/// A page and its compressed form.
struct RenderedPage: Sendable {
  var text: PageText
  /// The registry's changes that it shows.
  var version = UInt64.max
  var renderedAt: Instant?
  var gzip: [UInt8]?

  init(_ text: PageText) { self.text = text }

  mutating func compressed() -> [UInt8] {
    if let gzip { return gzip }
    let made = Gzip.compress(text.bytes)
    gzip = made
    return made
  }
}
