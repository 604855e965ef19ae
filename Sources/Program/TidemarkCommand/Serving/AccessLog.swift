import HTTPServer
import TextCoding

/// One line about each request, in a form that reads well and splits at blanks.
///
/// ```
/// access: 127.0.0.1 GET /metrics 200 52113B 0.8ms "Prometheus/3.5.3"
/// ```
enum AccessLog {
  static func line(_ exchange: Exchange) -> String {
    let bytes = exchange.responseBytes.map { "\($0)B" } ?? "stream"
    let milliseconds = Double(Int(exchange.seconds * 10_000)) / 10
    let end = exchange.end == .answered ? "" : " \(exchange.end.rawValue)"
    return "access: \(exchange.peer) \(printable(exchange.method)) \(printable(exchange.target)) \(exchange.status) \(bytes) "
      + "\(milliseconds)ms \"\(printable(exchange.userAgent ?? ""))\"\(end)"
  }

  /// What a client sent may hold anything; nothing of it moves the cursor or ends the line.
  private static func printable(_ text: String) -> String {
    var out = ""
    for scalar in text.unicodeScalars.prefix(1000) {
      if scalar.value < 0x21 || scalar.value == 0x7f || scalar == "\"" {
        out += "%" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16, uppercase: true)
      } else {
        out.unicodeScalars.append(scalar)
      }
    }
    return out
  }
}
