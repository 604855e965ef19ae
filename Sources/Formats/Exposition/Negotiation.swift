/// What a scraper is answered with.
///
/// - Source: RFC 9110 §12.5 (quality values, specificity); the parameters that Prometheus sends.
package struct Negotiation: Hashable, Sendable {
  package var format: ExpositionFormat
  package var escaping: NameEscaping

  /// From an `Accept` header.
  ///
  /// The format with the higher quality wins, text between equals unless the scraper names OpenMetrics itself; `q=0` excludes. No header, or one
  /// without a match, gives text.
  package init(accept: String?) {
    format = .text
    escaping = .underscores
    guard let accept else { return }
    let ranges = MediaRange.list(accept)
    let text = Self.best(ranges, type: "text", subtype: "plain") { $0 == nil || $0 == "0.0.4" }
    let openMetrics = Self.best(ranges, type: "application", subtype: "openmetrics-text") {
      $0 == nil || $0 == "1.0.0" || $0 == "0.0.1"
    }
    // A wildcard does not ask for OpenMetrics: only those who name it can be trusted to read it.
    guard let openMetrics, openMetrics.specificity > 1, openMetrics.quality > 0, openMetrics.quality >= (text?.quality ?? 0) else {
      escaping = Self.escaping(of: text)
      return
    }
    format = .openMetrics
    escaping = Self.escaping(of: openMetrics)
  }

  /// Whether an `Accept-Encoding` header allows gzip: named or through `*`, and not with quality 0.
  package static func acceptsGzip(_ header: String?) -> Bool {
    guard let header else { return false }
    var wildcard = false
    for coding in MediaRange.list(header) {
      switch coding.type {
      case "gzip", "x-gzip": return coding.quality > 0
      case "*": wildcard = coding.quality > 0
      default: break
      }
    }
    return wildcard
  }

  /// The most specific range that matches; between equals the one with the highest quality.
  private static func best(_ ranges: [MediaRange], type: String, subtype: String, version: (String?) -> Bool) -> MediaRange? {
    var best: MediaRange?
    for range in ranges {
      let named = range.type == type && range.subtype == subtype
      guard named ? version(range.parameters["version"]) : (range.type == type && range.subtype == "*") || range.isEverything else {
        continue
      }
      if let found = best, (found.specificity, found.quality) >= (range.specificity, range.quality) { continue }
      best = range
    }
    return best
  }

  private static func escaping(of range: MediaRange?) -> NameEscaping {
    range?.parameters["escaping"].flatMap(NameEscaping.init(rawValue:)) ?? .underscores
  }
}

/// One element of an `Accept` or `Accept-Encoding` header.
struct MediaRange {
  var type: String
  var subtype: String
  var parameters: [String: String] = [:]
  var quality = 1.0

  var isEverything: Bool { type == "*" && subtype == "*" }
  /// 0 for `*/*`, 1 for `text/*`, more for a named type; each parameter adds one.
  var specificity: Int { isEverything ? 0 : subtype == "*" ? 1 : 2 + parameters.keys.count { $0 != "escaping" && $0 != "charset" } }

  /// The elements of a header; what cannot be read is left out.
  static func list(_ header: String) -> [MediaRange] { header.split(separator: ",").compactMap { MediaRange(String($0)) } }

  init?(_ text: String) {
    let parts = text.split(separator: ";", omittingEmptySubsequences: false).map(Self.trimmed)
    guard let first = parts.first, !first.isEmpty else { return nil }
    let names = first.lowercased().split(separator: "/", maxSplits: 1).map(String.init)
    type = names[0]
    subtype = names.count > 1 ? names[1] : ""
    for part in parts.dropFirst() {
      let pair = part.split(separator: "=", maxSplits: 1).map(Self.trimmed)
      guard pair.count == 2 else { continue }
      let value =
        pair[1].hasPrefix("\"") && pair[1].hasSuffix("\"") && pair[1].count > 1 ? String(pair[1].dropFirst().dropLast()) : pair[1]
      if pair[0].lowercased() == "q" {
        guard let q = Double(value), (0...1).contains(q) else { return nil }
        quality = q
      } else {
        parameters[pair[0].lowercased()] = value.lowercased()
      }
    }
  }

  private static func trimmed(_ text: some StringProtocol) -> String {
    var text = Substring(text)
    while let c = text.first, c == " " || c == "\t" { text.removeFirst() }
    while let c = text.last, c == " " || c == "\t" { text.removeLast() }
    return String(text)
  }
}
