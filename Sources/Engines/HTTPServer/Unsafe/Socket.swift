#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// The few socket calls that the server makes itself.
enum Socket {
  /// A listening TCP socket and its port.
  ///
  /// - Throws: ``ServerError`` with the address in it.
  static func listen(host: String, port: UInt16, backlog: Int32 = 1024) throws(ServerError) -> (descriptor: Int32, port: UInt16) {
    let address = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    var hints = unsafe addrinfo()
    unsafe hints.ai_family = AF_UNSPEC
    unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    unsafe hints.ai_flags = AI_PASSIVE
    var found: UnsafeMutablePointer<addrinfo>?
    let status = unsafe getaddrinfo(host.isEmpty ? nil : host, String(port), &hints, &found)
    guard status == 0, let first = unsafe found else {
      throw .unknownHost(address, reason: unsafe String(cString: gai_strerror(status)))
    }
    // Invariant: the list lives until freeaddrinfo; each entry's address has the length beside it.
    defer { unsafe freeaddrinfo(found) }
    let info = unsafe first.pointee
    let descriptor = unsafe socket(info.ai_family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
    guard descriptor >= 0 else { throw .cannotListen(address, reason: reason(errno)) }
    var on: Int32 = 1
    unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
    guard unsafe bind(descriptor, info.ai_addr, info.ai_addrlen) == 0, Glibc.listen(descriptor, backlog) == 0 else {
      let code = errno
      close(descriptor)
      throw code == EADDRINUSE ? .addressInUse(address) : .cannotListen(address, reason: reason(code))
    }
    return (descriptor, localPort(descriptor))
  }

  /// Of a bound socket, in host order.
  static func localPort(_ descriptor: Int32) -> UInt16 {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    // Invariant: the storage is large enough for every family, and its port stands at the same offset in both IP families.
    return unsafe withUnsafeMutablePointer(to: &storage) { pointer in
      _ = unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe getsockname(descriptor, $0, &length) }
      return unsafe pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { UInt16(bigEndian: unsafe $0.pointee.sin_port) }
    }
  }

  /// A numeric address without port; IPv4 in IPv6 is shown as IPv4.
  static func text(of address: UnsafePointer<sockaddr>?) -> String {
    guard let address = unsafe address else { return "" }
    let length =
      unsafe address.pointee.sa_family == sa_family_t(AF_INET6) ? MemoryLayout<sockaddr_in6>.size : MemoryLayout<sockaddr_in>.size
    var name = [CChar](repeating: 0, count: 64)
    // Invariant: getnameinfo ends the text with a zero within the array.
    guard unsafe getnameinfo(address, socklen_t(length), &name, socklen_t(name.count), nil, 0, NI_NUMERICHOST) == 0 else {
      return ""
    }
    let text = String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    return text.hasPrefix("::ffff:") ? String(text.dropFirst(7)) : text
  }

  /// Whether the other side has closed its half or the connection is broken. Does not wait.
  static func hasHungUp(_ descriptor: Int32) -> Bool {
    var state = pollfd(fd: descriptor, events: Int16(closedHalf), revents: 0)
    guard unsafe poll(&state, 1, 0) > 0 else { return false }
    return Int32(state.revents) & (closedHalf | POLLHUP | POLLERR) != 0
  }

  /// Bytes that the other side has confirmed since the connection began; 0 when the kernel does not say.
  static func confirmedBytes(_ descriptor: Int32) -> UInt64 {
    var info = [UInt8](repeating: 0, count: 136)
    var length = socklen_t(info.count)
    // Invariant: the call writes at most `length` bytes, the buffer's count.
    let status = unsafe info.withUnsafeMutableBytes {
      unsafe getsockopt(descriptor, Int32(IPPROTO_TCP), tcpInfo, $0.baseAddress!, &length)
    }
    guard status == 0, length >= 128 else { return 0 }
    return info[120..<128].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// Linux' TCP_INFO; `tcpi_bytes_acked` stands at byte 120 of what it gives.
  private static let tcpInfo: Int32 = 11

  /// Linux' POLLRDHUP, which glibc shows only to GNU sources.
  private static let closedHalf: Int32 = 0x2000

  static func shutDown(_ descriptor: Int32) { _ = Glibc.shutdown(descriptor, Int32(SHUT_RDWR)) }

  /// Ends our half: the client reads to the end.
  static func endSending(_ descriptor: Int32) { _ = Glibc.shutdown(descriptor, Int32(SHUT_WR)) }

  /// Sends what fits without waiting.
  static func send(_ bytes: [UInt8], to descriptor: Int32) {
    _ = unsafe bytes.withUnsafeBytes {
      unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
    }
  }

  static func closeDescriptor(_ descriptor: Int32) { _ = Glibc.close(descriptor) }

  private static func reason(_ code: Int32) -> String { unsafe String(cString: strerror(code)) }
}

extension [UInt8] {
  mutating func append(raw bytes: RawSpan) {
    // Invariant: the buffer is used only inside the closure that lends it.
    unsafe bytes.withUnsafeBytes { unsafe append(contentsOf: $0) }
  }
}
