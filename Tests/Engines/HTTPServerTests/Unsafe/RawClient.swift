import Glibc

/// A socket that says exactly what a test wants said.
// Invariant: the descriptor is open from init to deinit; a test uses its client from one thread at a time.
@safe final class RawClient {
  private let descriptor: Int32
  private var pending: [UInt8] = []

  init(port: UInt16) {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let status = unsafe withUnsafePointer(to: &address) {
      unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    precondition(status == 0, "cannot connect to port \(port): errno \(errno)")
    var patience = timeval(tv_sec: 10, tv_usec: 0)
    unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    unsafe setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
  }

  deinit { close(descriptor) }

  /// Whether all bytes went out.
  @discardableResult
  func send(_ text: String) -> Bool { send(Array(text.utf8)) }

  @discardableResult
  func send(_ bytes: [UInt8]) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = unsafe bytes[sent...].withUnsafeBytes {
        unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      sent += count
    }
    return true
  }

  func endSending() { _ = shutdown(descriptor, Int32(SHUT_WR)) }

  /// Some bytes; empty at the end of the connection, `nil` when it broke or nothing came for 10 s.
  func receive() -> [UInt8]? {
    if !pending.isEmpty {
      defer { pending = [] }
      return pending
    }
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    let count = unsafe buffer.withUnsafeMutableBytes { unsafe recv(descriptor, $0.baseAddress, $0.count, 0) }
    return count < 0 ? nil : Array(buffer[..<count])
  }

  /// Everything up to the end of the connection.
  func rest() -> String {
    var all: [UInt8] = []
    while let some = receive(), !some.isEmpty { all += some }
    return String(decoding: all, as: UTF8.self)
  }

  /// Whether the server ends the connection within 10 s; what it says before is dropped.
  func isEnded() -> Bool {
    while let some = receive() {
      if some.isEmpty { return true }
    }
    return errno == ECONNRESET
  }

  /// Bytes up to and including `mark`; `nil` when the connection ends before.
  func receive(through mark: String) -> [UInt8]? {
    var all: [UInt8] = []
    let mark = Array(mark.utf8)
    while true {
      if let found = all.firstRange(of: mark) {
        pending = Array(all[found.upperBound...])
        return Array(all[..<found.upperBound])
      }
      guard let some = receive(), !some.isEmpty else { return nil }
      all += some
    }
  }

  func unread(_ bytes: [UInt8]) { pending = bytes + pending }

  func receive(exactly count: Int) -> [UInt8]? {
    var all: [UInt8] = []
    while all.count < count {
      guard let some = receive(), !some.isEmpty else { return nil }
      all += some
    }
    pending = Array(all[count...])
    return Array(all[..<count])
  }
}
