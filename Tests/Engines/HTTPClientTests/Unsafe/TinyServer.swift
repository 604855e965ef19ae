import Glibc
import Threading
import Synchronization

/// A server that does to each connection what a test says.
// Invariant: the descriptors belong to the accepting thread; `stop` only shuts the listening one down.
@safe final class TinyServer: @unchecked Sendable {
  let port: UInt16
  private let listening: Int32
  private let accepted = Atomic<Int>(0)

  /// - Parameter answer: called with each request's head and body; what it returns is written as it is, `nil` closes without a word.
  convenience init(_ answer: @escaping @Sendable (_ head: String, _ body: [UInt8]) -> String?) {
    self.init(serving: { connection in Self.serve(connection) { head, body in answer(head, body).map { Array($0.utf8) } } })
  }

  convenience init(bytes: @escaping @Sendable (_ head: String) -> [UInt8]) {
    self.init(serving: { connection in Self.serve(connection) { head, _ in bytes(head) } })
  }

  /// Says the same to everybody, without listening to a whole request.
  convenience init(answeringAtOnce text: String) {
    self.init(serving: { connection in
      Self.write(Array(text.utf8), connection)
      close(connection)
    })
  }

  /// Says this to everybody, then a letter every 20 ms.
  convenience init(dripping text: String) {
    self.init(serving: { connection in
      Self.write(Array(text.utf8), connection)
      var byte: UInt8 = 0x78
      while unsafe send(connection, &byte, 1, Int32(MSG_NOSIGNAL)) == 1 { sleepSeconds(0.02) }
      close(connection)
    })
  }

  private init(serving serve: @escaping @Sendable (Int32) -> Void) {
    listening = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let descriptor = listening
    unsafe withUnsafeMutablePointer(to: &address) {
      unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        let bound = unsafe bind(descriptor, $0, length)
        precondition(bound == 0 && listen(descriptor, 16) == 0, "cannot listen: errno \(errno)")
        unsafe getsockname(descriptor, $0, &length)
      }
    }
    port = UInt16(bigEndian: address.sin_port)
    inThread { [self] in
      while true {
        let connection = accept(listening, nil, nil)
        guard connection >= 0 else { break }
        accepted.add(1, ordering: .relaxed)
        inThread { serve(connection) }
      }
      close(listening)
    }
  }

  var connections: Int { accepted.load(ordering: .relaxed) }
  var url: String { "http://127.0.0.1:\(port)" }
  func stop() { _ = shutdown(listening, Int32(SHUT_RDWR)) }

  private static func serve(_ connection: Int32, _ answer: (String, [UInt8]) -> [UInt8]?) {
    defer { close(connection) }
    var pending: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    func receive() -> Bool {
      let count = unsafe buffer.withUnsafeMutableBytes { unsafe recv(connection, $0.baseAddress, $0.count, 0) }
      if count > 0 { pending += buffer[..<count] }
      return count > 0
    }
    while true {
      while pending.firstRange(of: Array("\r\n\r\n".utf8)) == nil { guard receive() else { return } }
      let end = pending.firstRange(of: Array("\r\n\r\n".utf8))!.upperBound
      let head = String(decoding: pending[..<end], as: UTF8.self)
      pending.removeFirst(end)
      let length =
        head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }
        .flatMap { Int($0.split(separator: " ")[1]) } ?? 0
      while pending.count < length { guard receive() else { return } }
      let body = Array(pending.prefix(length))
      pending.removeFirst(length)
      guard let bytes = answer(head, body) else { return }
      write(bytes, connection)
    }
  }

  private static func write(_ bytes: [UInt8], _ connection: Int32) {
    _ = unsafe bytes.withUnsafeBytes { unsafe send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
  }
}

func sleepSeconds(_ seconds: Double) { usleep(UInt32(seconds * 1e6)) }

/// A thread of its own: those of a shared queue are few, and tests let them wait.
func inThread(_ body: @escaping @Sendable () -> Void) {
  precondition(WorkThread("test", body) != nil, "the system has no more threads")
}
