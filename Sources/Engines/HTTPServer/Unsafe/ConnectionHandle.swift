import CMicrohttpd

/// libmicrohttpd's connection.
// Invariant: the pointer is used only inside a callback for that connection, or while it is suspended; a suspended connection is not freed. Who keeps
// a handle over that time (``Completion``, ``StreamFeed``) drops it under its lock before the connection runs on.
@safe struct ConnectionHandle: @unchecked Sendable {
  private let pointer: OpaquePointer

  init(_ pointer: OpaquePointer) { unsafe self.pointer = pointer }

  var descriptor: Int32 { unsafe mhd_descriptor(pointer) }
  var peer: String { unsafe Socket.text(of: mhd_client_address(pointer)) }

  /// The record made when the connection began.
  var record: ConnectionRecord? {
    // Invariant: the context is a retained record until the connection's end callback.
    guard let raw = unsafe mhd_socket_context(pointer) else { return nil }
    return unsafe Unmanaged<ConnectionRecord>.fromOpaque(raw).takeUnretainedValue()
  }

  func suspend() { unsafe MHD_suspend_connection(pointer) }
  func resume() { unsafe MHD_resume_connection(pointer) }

  var fields: HTTPFields {
    var fields = HTTPFields()
    // Invariant: the iterator runs within this call, and its strings live through it.
    unsafe withUnsafeMutablePointer(to: &fields) { fields in
      _ = unsafe MHD_get_connection_values_n(
        pointer, .HEADER_KIND,
        { raw, _, name, nameLength, value, valueLength in
          let name = unsafe Self.string(name, nameLength)
          let value = unsafe Self.string(value, valueLength)
          unsafe raw!.assumingMemoryBound(to: HTTPFields.self).pointee.add(name, value)
          return .YES
        }, fields)
    }
    return fields
  }

  private static func string(_ text: UnsafePointer<CChar>?, _ length: Int) -> String {
    guard let text = unsafe text else { return "" }
    return unsafe String(decoding: UnsafeRawBufferPointer(start: text, count: length), as: UTF8.self)
  }

  /// Hands the response to the connection, which sends it after the callback.
  func queue(_ response: Response, closing: Bool) -> Bool {
    // A 304 must not say that the page is 0 bytes long, which the library writes for an empty body, but not for one of unknown length.
    guard let made = unsafe response.status == 304 ? makeUnmeasured() : makeResponse(response.body) else { return false }
    for (name, value) in response.headers.lines { unsafe MHD_add_response_header(made, name, value) }
    if closing { unsafe MHD_add_response_header(made, "Connection", "close") }
    defer { unsafe MHD_destroy_response(made) }
    return unsafe MHD_queue_response(pointer, UInt32(response.status), made) == .YES
  }

  private func makeResponse(_ body: ResponseBody) -> OpaquePointer? {
    switch body {
    case .empty: return unsafe MHD_create_response_from_buffer(0, nil, .RESPMEM_PERSISTENT)
    case .bytes(let bytes): return unsafe makeResponse(SharedBytes(bytes))
    case .shared(let page): return unsafe makeResponse(page)
    case .stream(let stream):
      let feed = unsafe Unmanaged.passRetained(StreamFeed(stream, self))
      return unsafe MHD_create_response_from_callback(
        UInt64.max, 4096,
        { raw, _, buffer, limit in unsafe Unmanaged<StreamFeed>.fromOpaque(raw!).takeUnretainedValue().read(into: buffer!, limit) },
        feed.toOpaque(),
        { raw in unsafe Unmanaged<StreamFeed>.fromOpaque(raw!).takeRetainedValue().end() })
    }
  }

  private func makeUnmeasured() -> OpaquePointer? {
    unsafe MHD_create_response_from_callback(UInt64.max, 1, { _, _, _, _ in -1 }, nil, nil)
  }

  /// Sends the page's own bytes. The response keeps the page alive until libmicrohttpd lets it go.
  private func makeResponse(_ page: SharedBytes) -> OpaquePointer? {
    // Invariant: the array in `page` is immutable and native, so its storage stays in place while the page is retained.
    let base = unsafe page.bytes.withUnsafeBufferPointer { unsafe UnsafeMutableRawPointer(mutating: $0.baseAddress) }
    let retained = unsafe Unmanaged.passRetained(page)
    return unsafe MHD_create_response_from_buffer_with_free_callback_cls(
      page.bytes.count, base, { raw in unsafe Unmanaged<SharedBytes>.fromOpaque(raw!).release() }, retained.toOpaque())
  }

  static func reason(_ status: Int) -> String { unsafe String(cString: MHD_get_reason_phrase_for(UInt32(status))) }
}

/// Carries an event stream's bytes to its connection.
// Invariant: `read` and `end` are called by the connection's thread; the wake-up resumes the connection under the stream's lock, only after `read`
// has parked it under the same lock and before `end` detaches.
@safe private final class StreamFeed: @unchecked Sendable {
  private let stream: EventStream
  private let connection: ConnectionHandle

  init(_ stream: EventStream, _ connection: ConnectionHandle) {
    self.stream = stream
    self.connection = connection
    stream.attach { connection.resume() }
  }

  func read(into buffer: UnsafeMutablePointer<CChar>, _ limit: Int) -> Int {
    let supply = stream.take(upTo: limit, orPark: connection.suspend) { bytes in
      unsafe bytes.withUnsafeBytes { unsafe UnsafeMutableRawPointer(buffer).copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
    }
    switch supply {
    case .bytes(let count): return count
    case .parked: return 0
    case .ended: return -1  // MHD_CONTENT_READER_END_OF_STREAM
    }
  }

  func end() { stream.detach() }
}
