/// Whose pages may read our answers from a browser.
public enum CrossOriginPolicy: Hashable, Sendable {
  case any
  /// Origins as browsers send them: `https://grafana.example:3000`.
  case only([String])

  static let allowedHeaders = "Accept, Authorization, Content-Type, Origin"
  static let allowedMethods = "GET, POST, OPTIONS"

  /// What `Access-Control-Allow-Origin` says to a page of `origin`; `nil`: nothing.
  func allowance(for origin: String) -> String? {
    switch self {
    case .any: "*"
    case .only(let origins): origins.contains(origin) ? origin : nil
    }
  }

  func apply(to headers: inout HTTPFields, origin: String?) {
    headers.add("Vary", "Origin")
    guard let origin, let allowed = allowance(for: origin) else { return }
    headers["Access-Control-Allow-Headers"] = Self.allowedHeaders
    headers["Access-Control-Allow-Methods"] = Self.allowedMethods
    headers["Access-Control-Allow-Origin"] = allowed
    headers["Access-Control-Expose-Headers"] = "Date"
  }
}
