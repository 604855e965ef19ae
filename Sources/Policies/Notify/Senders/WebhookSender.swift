import AlertModel
import HTTPClient
import SeriesModel

/// Posts notifications to one URL.
///
/// 2xx is delivered; 5xx, timeouts and broken connections may go better later; anything else is refused. Redirects by 307 and 308 are followed; others would
/// lose the body.
package struct WebhookSender: NotificationSender {
  /// The header by which a receiver recognises a notification that it has already taken.
  package static let idHeader = "Tidemark-Delivery-Id"
  private static let redirectLimit = 10
  /// Of the answer's text, what a reason quotes.
  private static let quotedLimit = 200

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
    request.responseLimit = 1 << 20
    request.trust = webhook.trust
    request.proxy = webhook.proxy
    for _ in 0...Self.redirectLimit {
      let response: ClientResponse
      do throws(HTTPClientError) {
        response = try client.send(request, within: .milliseconds(Int64((end - clock.monotonic()) * 1000)))
      } catch {
        return Self.outcome(of: error)
      }
      guard [307, 308].contains(response.status), let place = response.header("Location") else { return Self.outcome(of: response) }
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
    case .badRequest: .refused(DeliveryFault(.other, error.description))
    // It was taken: trying again would tell it twice.
    case .tooLarge: .refused(DeliveryFault(.other, error.description))
    }
  }

  private static func outcome(of response: ClientResponse) -> DeliveryOutcome {
    let text = String(decoding: response.body.prefix(quotedLimit), as: UTF8.self).split(whereSeparator: \.isNewline).first
    let reason = text.map { "\(response.status): \($0)" } ?? "\(response.status)"
    switch response.status {
    case 200...299: return .delivered(status: response.status)
    case 500...599:
      let pause = response.header("Retry-After").flatMap { Int64($0) }.map { PromDuration.seconds(max(0, min($0, 86_400))) }
      return .retry(after: pause, DeliveryFault(.serverError, status: response.status, reason))
    case 400...499: return .refused(DeliveryFault(.clientError, status: response.status, reason))
    default: return .refused(DeliveryFault(.other, status: response.status, reason))
    }
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
