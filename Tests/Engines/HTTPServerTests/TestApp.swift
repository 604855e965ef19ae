import SeriesModel

@testable import HTTPServer

/// An answer as a client sees it, without what only a connection has (`Date`, `Connection`, `Transfer-Encoding`).
struct Reply: Equatable {
  var status: Int
  var headers: [String: String]
  var body: [UInt8]
  var text: String { String(decoding: body, as: UTF8.self) }
}

/// Runs one request against routes, through a socket or not; tests take both as arguments.
enum AppMode: String, CaseIterable, Sendable {
  case router, live

  func ask(
    _ router: Router, _ method: HTTPMethod = .GET, _ target: String, headers: HTTPFields = [:], body: [UInt8] = [],
    limits: RequestLimits = RequestLimits()
  ) throws -> Reply {
    let pipeline = Pipeline(router, limits: limits)
    switch self {
    case .router: return Reply(pipeline.respond(to: Request(method, target, headers: headers, body: body)!))
    case .live:
      let server = try Server(pipeline, time: SystemTime())
      defer { server.stop(within: .seconds(1)) }
      let client = RawClient(port: server.port)
      client.send(requestText(method.rawValue, target, headers, body))
      return try readReply(client, toHead: method == .HEAD)
    }
  }
}

func requestText(_ method: String, _ target: String, _ headers: HTTPFields = [:], _ body: [UInt8] = []) -> [UInt8] {
  var text = "\(method) \(target) HTTP/1.1\r\nHost: localhost\r\n"
  for (name, value) in headers.lines { text += "\(name): \(value)\r\n" }
  if !body.isEmpty { text += "Content-Length: \(body.count)\r\n" }
  return Array((text + "\r\n").utf8) + body
}

struct NoReply: Error {}

func readReply(_ client: RawClient, toHead: Bool = false) throws -> Reply {
  guard let head = client.receive(through: "\r\n\r\n") else { throw NoReply() }
  let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n")
  let status = Int(lines[0].split(separator: " ")[1])!
  if status == 100 { return try readReply(client, toHead: toHead) }
  var fields = HTTPFields()
  for line in lines.dropFirst() {
    let colon = line.firstIndex(of: ":")!
    fields.add(String(line[..<colon]), line[colon...].dropFirst().trimmingBlanks.description)
  }
  let length = toHead || status == 204 || status == 304 ? 0 : fields["Content-Length"].flatMap(Int.init) ?? 0
  guard let body = client.receive(exactly: length) else { throw NoReply() }
  return Reply(status: status, fields: fields, body: body)
}

extension Reply {
  init(status: Int, fields: HTTPFields, body: [UInt8]) {
    var headers: [String: String] = [:]
    for (name, value) in fields.lines where !["Date", "Connection", "Transfer-Encoding"].contains(name) {
      headers[name] = headers[name].map { "\($0), \(value)" } ?? value
    }
    self.init(status: status, headers: headers, body: body)
  }

  init(_ response: Response) {
    var fields = response.headers
    let body: [UInt8] =
      switch response.body {
      case .empty: []
      case .bytes(let bytes): bytes
      case .shared(let page): page.bytes
      case .stream(let stream): Array(stream.drain().utf8)
      }
    if fields["Content-Length"] == nil, response.status != 204, response.status != 304 {
      fields["Content-Length"] = String(body.count)
    }
    self.init(status: response.status, fields: fields, body: body)
  }
}
