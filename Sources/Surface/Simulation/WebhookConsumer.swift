import HTTPServer
import SeriesModel

/// Takes webhooks on a port of its own, and prints what they say.
///
/// ```swift
/// let consumer = try WebhookConsumer(time: time) { print($0) }
/// // --webhook is consumer.url
/// ```
package final class WebhookConsumer: Sendable {
  /// Of one body.
  package static let bodyLimit = 4 << 20

  private let server: Server

  /// Listens from now on, on loopback.
  ///
  /// - Parameters:
  ///   - port: 0: a free one.
  ///   - print: gets one line at a time, in order within a webhook, on a thread of the server.
  /// - Throws: when the port cannot be had.
  package init(
    port: UInt16 = 0, time: any TimeSource, printer: WebhookPrinter = WebhookPrinter(), print: @escaping @Sendable (String) -> Void
  ) throws(ServerError) {
    var router = Router()
    router.on(.POST, Self.path, place: .inline, bodyLimit: Self.bodyLimit) { request, _ in
      do throws(WebhookProblem) {
        for line in try printer.lines(for: request.body) { print(line) }
        return .text("taken\n")
      } catch {
        return .text("\(error)\n", status: 400)
      }
    }
    var options = ServerOptions(port: port)
    // One thread, so that lines of two webhooks do not mix.
    options.serverThreads = 1
    options.workers = 1
    server = try Server(Pipeline(router), options: options, time: time)
  }

  static let path = "/webhook"

  package var url: String { "http://127.0.0.1:\(server.port)\(Self.path)" }

  package func stop() { server.stop(within: .seconds(1)) }
}
