import ArgumentParser

/// `127.0.0.1:10874`, `[::1]:10874`, or `:10874` for all addresses.
struct ListenAddress: ExpressibleByArgument, Hashable, Sendable {
  var host: String
  var port: UInt16

  init(host: String, port: UInt16) {
    self.host = host
    self.port = port
  }

  init?(argument: String) {
    guard let colon = argument.lastIndex(of: ":"), let port = UInt16(argument[argument.index(after: colon)...]) else { return nil }
    var host = String(argument[..<colon])
    if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
    self.init(host: host, port: port)
  }

  var defaultValueDescription: String { description }

  /// Whether only this machine reaches it.
  var isLoopback: Bool { host == "localhost" || host == "::1" || host.hasPrefix("127.") }
}

extension ListenAddress: CustomStringConvertible {
  var description: String { (host.contains(":") ? "[\(host)]" : host) + ":\(port)" }
}
