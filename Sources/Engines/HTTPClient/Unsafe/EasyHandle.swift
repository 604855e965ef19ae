import CCurl
import SeriesModel

/// libcurl's handle with the connections it keeps.
// Invariant: one thread uses a handle at a time (``Client`` lends it out); freed once, by deinit.
@safe final class EasyHandle: @unchecked Sendable {
  enum Outcome {
    /// `isWhole` is `false` when the body was cut, as the request allows.
    case status(Int, isWhole: Bool)
    case failure(HTTPClientError.Kind, String)
  }

  private let curl: UnsafeMutableRawPointer
  private static let isReady = ccurl_global_init() == CURLE_OK

  init?() {
    guard Self.isReady, let curl = unsafe curl_easy_init() else { return nil }
    unsafe self.curl = curl
  }

  deinit { unsafe curl_easy_cleanup(curl) }

  func perform(_ request: ClientRequest, userAgent: String, within limit: PromDuration, _ transfer: Transfer) -> Outcome {
    var headers: UnsafeMutablePointer<curl_slist>?
    // Without these libcurl would wait for a 100 and call every body a form.
    for line in Self.lines(of: request) { unsafe headers = curl_slist_append(headers, line) }
    defer { unsafe curl_slist_free_all(headers) }
    var message = [CChar](repeating: 0, count: Int(CURL_ERROR_SIZE))
    let proxy: String? =
      switch request.proxy {
      case .none: ""
      case .environment: nil
      case .url(let url): url
      }
    // Invariant: the texts, the body and `transfer` live through the call, which is all that libcurl uses them for.
    let code = unsafe withTexts([
      request.method, request.url, proxy, userAgent, request.trust.authoritiesFile, request.trust.certificateFile,
      request.trust.keyFile,
    ]) { texts in
      unsafe (request.body ?? []).withUnsafeBufferPointer { body in
        var setup = unsafe ccurl_request()
        unsafe setup.method = texts[0]
        unsafe setup.url = texts[1]
        unsafe setup.headers = UnsafePointer(headers)
        unsafe setup.has_body = request.body == nil ? 0 : 1
        unsafe setup.body = UnsafeRawPointer(body.baseAddress)
        unsafe setup.body_size = curl_off_t(body.count)
        unsafe setup.timeout_ms = Int(limit.milliseconds)
        unsafe setup.connect_timeout_ms = Int(min(limit, request.connectTime).milliseconds)
        unsafe setup.redirects = request.redirects
        unsafe setup.proxy = texts[2]
        unsafe setup.user_agent = texts[3]
        unsafe setup.ca_file = texts[4]
        unsafe setup.certificate_file = texts[5]
        unsafe setup.key_file = texts[6]
        unsafe setup.trusts_anyone = request.trust.trustsAnyone ? 1 : 0
        unsafe setup.on_header = { bytes, size, count, context in
          let line = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
          unsafe Unmanaged<Transfer>.fromOpaque(context!).takeUnretainedValue().headerArrived(String(decoding: line, as: UTF8.self))
          return size * count
        }
        unsafe setup.on_body = { bytes, size, count, context in
          let chunk = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
          let goesOn = unsafe Unmanaged<Transfer>.fromOpaque(context!).takeUnretainedValue().bodyArrived(chunk.bytes)
          return goesOn ? size * count : 0
        }
        unsafe setup.on_progress = { context, _, _, _, _ in
          unsafe Unmanaged<Transfer>.fromOpaque(context!).takeUnretainedValue().hasEnough() ? 1 : 0
        }
        unsafe setup.context = Unmanaged.passUnretained(transfer).toOpaque()
        return unsafe ccurl_perform(curl, &setup, &message)
      }
    }
    withExtendedLifetime(transfer) {}
    if code == CURLE_OK { return .status(unsafe ccurl_status(curl), isWhole: true) }
    if transfer.statusCounts { return .status(unsafe ccurl_status(curl), isWhole: false) }
    if transfer.isOverflowing { return .failure(.tooLarge, transfer.overflowReason) }
    let detail = String(decoding: message.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    return .failure(Self.kind(code), detail.isEmpty ? unsafe String(cString: curl_easy_strerror(code)) : detail)
  }

  private static func lines(of request: ClientRequest) -> [String] {
    // A header with an empty value is written with a semicolon.
    var lines = request.headers.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" }
    let given = Set(request.headers.map { $0.name.lowercased() })
    for name in ["Expect", "Content-Type"] where !given.contains(name.lowercased()) { lines.append("\(name):") }
    return lines
  }

  private static func kind(_ code: CURLcode) -> HTTPClientError.Kind {
    switch code {
    case CURLE_URL_MALFORMAT, CURLE_TOO_MANY_REDIRECTS: .badRequest
    case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: .unresolved
    case CURLE_COULDNT_CONNECT: .refused
    case CURLE_OPERATION_TIMEDOUT: .timedOut
    case CURLE_ABORTED_BY_CALLBACK: .canceled
    case CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE,
      CURLE_SSL_ISSUER_ERROR, CURLE_SSL_ENGINE_NOTFOUND, CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_CLIENTCERT:
      .tls
    default: .broken
    }
  }
}

/// Lends C strings for some texts; `nil` stays NULL.
private func withTexts<Result>(_ texts: [String?], _ body: ([UnsafePointer<CChar>?]) -> Result) -> Result {
  // Invariant: every text ends with a zero, and the pointers leave only into `body`.
  let joined = texts.map { $0.map { Array($0.utf8CString) } ?? [] }
  let starts = joined.reduce(into: [0]) { $0.append($0.last! + $1.count) }
  return unsafe Array(joined.joined()).withUnsafeBufferPointer { all in
    unsafe body(joined.indices.map { unsafe joined[$0].isEmpty ? nil : all.baseAddress! + starts[$0] })
  }
}

extension [UInt8] {
  mutating func append(raw bytes: borrowing RawSpan) {
    // Invariant: the buffer is used only inside the closure that lends it.
    unsafe bytes.withUnsafeBytes { unsafe append(contentsOf: $0) }
  }
}
