import AlertModel
import HTTPClient
import SeriesModel

/// Posts notifications to one URL.
///
/// 2xx is delivered, whatever follows the headers. 5xx, timeouts and broken connections may go better later, and so may a 429 that says when
/// (`Retry-After`); anything else is refused. Redirects by 307 and 308 are followed; others would lose the body.
package struct WebhookSender: NotificationSender {
  /// The header by which a receiver recognises a notification that it has already taken.
  package static let idHeader = "Tidemark-Delivery-Id"
  private static let redirectLimit = 10
  /// Bytes of the answer's text that a reason quotes.
  private static let quotedLimit = 200
  /// Of the answer, which is only looked at when it is a refusal.
  private static let (answerBytes, answerTime) = (64 << 10, PromDuration.seconds(2))

  private let webhook: Webhook
  private let client: Client
  private let clock: any TimeSource
  private let externalURL: String

  /// - Parameters:
  ///   - client: made with ``userAgent(version:)``.
  ///   - externalURL: where people find us.
  package init(_ webhook: Webhook, client: Client, clock: any TimeSource, externalURL: String) {
    self.webhook = webhook
    self.client = client
    self.clock = clock
    self.externalURL = externalURL
  }

  package static func userAgent(version: String) -> String { "Tidemark/\(version)" }

  package func send(_ notification: Notification, before: Instant) -> DeliveryOutcome {
    let end = webhook.timeout > .zero ? min(before, clock.monotonic() + webhook.timeout) : before
    var request = ClientRequest(
      "POST", webhook.url, headers: [("Content-Type", "application/json"), (Self.idHeader, notification.id)],
      body: WebhookBody.encode(notification, externalURL: externalURL, maxAlerts: webhook.maxAlerts))
    request.responseLimit = Self.answerBytes
    request.bodyPatience = Self.answerTime
    request.trust = webhook.trust
    request.proxy = webhook.proxy
    for _ in 0...Self.redirectLimit {
      let response: ClientResponse
      do throws(HTTPClientError) {
        response = try client.send(request, within: .milliseconds(Int64((end - clock.monotonic()) * 1000)))
      } catch {
        return Self.outcome(of: error)
      }
      guard [307, 308].contains(response.status), let place = response.header("Location") else {
        return Self.outcome(of: response, at: clock.now())
      }
      guard let next = Self.resolve(place, from: request.url) else {
        return .refused(
          DeliveryFault(.other, status: response.status, "\(response.status): redirected to no http:// or https:// URL"))
      }
      request.url = next
    }
    return .refused(DeliveryFault(.other, "more than \(Self.redirectLimit) redirects"))
  }

  private static func outcome(of error: HTTPClientError) -> DeliveryOutcome {
    switch error.kind {
    case .timedOut: .retry(after: nil, DeliveryFault(.timeout, error.description))
    case .unresolved, .refused, .broken, .tls, .canceled: .retry(after: nil, DeliveryFault(.connection, error.description))
    case .badRequest, .tooLarge: .refused(DeliveryFault(.other, error.description))
    }
  }

  private static func outcome(of response: ClientResponse, at now: Timestamp) -> DeliveryOutcome {
    let status = response.status
    if (200...299).contains(status) { return .delivered(status: status) }
    let quote = quote(response.body)
    let reason = quote.isEmpty ? "\(status)" : "\(status): \(quote)"
    let pause = response.header("Retry-After").flatMap { RetryAfter.pause($0, at: now) }
    switch status {
    case 500...599: return .retry(after: pause, DeliveryFault(.serverError, status: status, reason))
    case 429 where pause != nil: return .retry(after: pause, DeliveryFault(.clientError, status: status, reason))
    case 400...499: return .refused(DeliveryFault(.clientError, status: status, reason))
    default: return .refused(DeliveryFault(.other, status: status, reason))
    }
  }

  /// The first line of an answer, without what does not print: it goes to logs.
  private static func quote(_ body: [UInt8]) -> String {
    let line = String(decoding: body.prefix(quotedLimit), as: UTF8.self).split(whereSeparator: \.isNewline).first ?? ""
    return String(String.UnicodeScalarView(line.unicodeScalars.filter { $0 == " " || GroupKey.prints($0) }))
  }

  /// An absolute URL, or a path on the same server.
  static func resolve(_ place: String, from url: String) -> String? {
    if place.hasPrefix("http://") || place.hasPrefix("https://") { return place }
    guard place.hasPrefix("/"), let scheme = url.firstRange(of: "://") else { return nil }
    if place.hasPrefix("//") { return "\(url[..<scheme.lowerBound]):\(place)" }
    let authority = url[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    return "\(url[..<scheme.upperBound])\(authority)\(place)"
  }
}
