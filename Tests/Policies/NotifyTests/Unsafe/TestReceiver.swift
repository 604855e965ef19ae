import Glibc
import SeriesModel
import Threading

@testable import Notify

/// A server on loopback that takes requests and does to each connection what a test says.
// Invariant: the listening descriptor is closed by the accepting thread alone; `stop` only shuts it down.
@safe final class TestReceiver: @unchecked Sendable {
  struct Request: Sendable {
    var at: Instant
    var path: String
    /// Names in lower case.
    var headers: [String: String]
    var body: [UInt8]
    var text: String { String(decoding: body, as: UTF8.self) }
  }

  enum Behaviour: Sendable {
    /// `HTTP/1.1 STATUS X` with these header lines and body.
    case answer(Int, [String] = [], body: String = "")
    case close
    /// Says nothing, for ever.
    case hang
    /// A whole head, then a byte of an endless body every 50 ms.
    case drip(Int)
    /// A body of this many bytes.
    case giant(Int, bytes: Int)
    case garbage
  }

  let port: UInt16
  private let listening: Int32
  private let taken = Monitor<[Request]>([])

  init(_ behave: @escaping @Sendable (Request) -> Behaviour = { _ in .answer(200) }) {
    let listening = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    self.listening = listening
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    unsafe withUnsafeMutablePointer(to: &address) {
      unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        let bound = unsafe bind(listening, $0, length)
        precondition(bound == 0 && listen(listening, 64) == 0, "cannot listen: errno \(errno)")
        unsafe getsockname(listening, $0, &length)
      }
    }
    port = UInt16(bigEndian: address.sin_port)
    inThread { [self] in
      while true {
        let connection = accept(listening, nil, nil)
        guard connection >= 0 else { break }
        inThread {
          self.serve(connection, behave)
          Glibc.close(connection)
        }
      }
      Glibc.close(listening)
    }
  }

  var url: String { "http://127.0.0.1:\(port)" }
  var requests: [Request] { taken.withLock { $0 } }
  func requests(to path: String) -> [Request] { requests.filter { $0.path == path } }
  func stop() { _ = shutdown(listening, Int32(SHUT_RDWR)) }

  private func serve(_ connection: Int32, _ behave: (Request) -> Behaviour) {
    var pending: [UInt8] = []
    while let request = Self.read(connection, &pending) {
      taken.withLock { $0.append(request) }
      switch behave(request) {
      case .answer(let status, let lines, let body):
        let head = (["HTTP/1.1 \(status) X", "Content-Length: \(body.utf8.count)"] + lines).joined(separator: "\r\n")
        guard Self.write("\(head)\r\n\r\n\(body)", connection) else { return }
      case .close: return
      case .hang:
        // Until the other side goes.
        _ = Self.receive(connection, &pending)
        return
      case .drip(let status):
        guard Self.write("HTTP/1.1 \(status) X\r\nContent-Length: 100000\r\n\r\n", connection) else { return }
        while Self.write("x", connection) { usleep(50_000) }
        return
      case .giant(let status, let bytes):
        guard Self.write("HTTP/1.1 \(status) X\r\nContent-Length: \(bytes)\r\n\r\n", connection) else { return }
        let block = String(repeating: "y", count: 64 << 10)
        var left = bytes
        while left > 0, Self.write(block, connection) { left -= block.utf8.count }
        return
      case .garbage:
        _ = Self.write("220 mail.example ESMTP\r\n", connection)
        return
      }
    }
  }

  private static func read(_ connection: Int32, _ pending: inout [UInt8]) -> Request? {
    let blank = Array("\r\n\r\n".utf8)
    while pending.firstRange(of: blank) == nil { guard receive(connection, &pending) else { return nil } }
    let end = pending.firstRange(of: blank)!.upperBound
    let lines = String(decoding: pending[..<end], as: UTF8.self).split(separator: "\r\n")
    pending.removeFirst(end)
    let pairs = lines.dropFirst().map { line in
      let colon = line.firstIndex(of: ":")!
      return (line[..<colon].lowercased(), String(line[line.index(after: colon)...].drop { $0 == " " }))
    }
    let headers = Dictionary(pairs) { first, _ in first }
    let length = headers["content-length"].flatMap { Int($0) } ?? 0
    while pending.count < length { guard receive(connection, &pending) else { return nil } }
    let body = Array(pending.prefix(length))
    pending.removeFirst(length)
    return Request(
      at: SystemTime().monotonic(), path: String(lines[0].split(separator: " ")[1]), headers: headers, body: body)
  }

  private static func receive(_ connection: Int32, _ pending: inout [UInt8]) -> Bool {
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    let count = unsafe buffer.withUnsafeMutableBytes { unsafe recv(connection, $0.baseAddress, $0.count, 0) }
    if count > 0 { pending += buffer[..<count] }
    return count > 0
  }

  private static func write(_ text: String, _ connection: Int32) -> Bool {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let sent = unsafe bytes.withUnsafeBytes { unsafe send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      guard sent > 0 else { return false }
      bytes = bytes.dropFirst(sent)
    }
    return true
  }
}

/// A thread of its own: those of a shared queue are few, and tests let them wait.
func inThread(_ body: @escaping @Sendable () -> Void) {
  final class Box {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
  var thread = pthread_t()
  // Invariant: the box is released by the one thread that takes it.
  let status = unsafe pthread_create(
    &thread, nil,
    { raw in
      unsafe Unmanaged<Box>.fromOpaque(raw!).takeRetainedValue().body()
      return nil
    }, Unmanaged.passRetained(Box(body)).toOpaque())
  precondition(status == 0, "no thread: \(status)")
  pthread_detach(thread)
}

/// Waits until it is so, for at most `seconds`.
func eventually(_ seconds: Double = 20, _ isSo: () -> Bool) async -> Bool {
  let clock = SystemTime()
  let start = clock.monotonic()
  while clock.monotonic() - start < seconds {
    if isSo() { return true }
    try? await Task.sleep(for: .milliseconds(5))
  }
  return isSo()
}

func usleepMilliseconds(_ milliseconds: UInt32) { usleep(milliseconds * 1000) }
