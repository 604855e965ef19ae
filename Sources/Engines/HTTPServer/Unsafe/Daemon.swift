import CMicrohttpd

/// libmicrohttpd with our callbacks.
// Invariant: `setup` and the retained context live from init until after `stop`, when no callback runs any more; `stop` is called once, by the server.
@safe final class Daemon: @unchecked Sendable {
  /// What callbacks reach through their context.
  private final class Context: Sendable {
    let core: ServerCore
    let log: @Sendable (String) -> Void
    init(core: ServerCore, log: @escaping @Sendable (String) -> Void) {
      self.core = core
      self.log = log
    }
  }

  private let setup = UnsafeMutablePointer<mhd_setup>.allocate(capacity: 1)
  private let context: Unmanaged<Context>
  private let daemon: OpaquePointer

  /// `nil` when the library does not start.
  init?(_ core: ServerCore, listening descriptor: Int32, log: @escaping @Sendable (String) -> Void) {
    unsafe context = Unmanaged.passRetained(Context(core: core, log: log))
    unsafe setup.initialize(
      to: mhd_setup(
        listen_descriptor: descriptor, threads: UInt32(max(1, core.options.serverThreads)),
        connections: UInt32(core.options.connections),
        // The housekeeper is stricter; this is for what it does not see, such as a stream whose client has stopped reading.
        inactivity_seconds: UInt32(max(60, core.options.idleTime.milliseconds / 1000 + 10)), connection_memory: 32 << 10,
        context: context.toOpaque(), access: Self.access, completed: Self.completed, connection: Self.connection,
        request_line: Self.requestLine,
        log: { context, text in
          unsafe Daemon.from(context).log(String(cString: text!))
        }))
    guard let daemon = unsafe mhd_start(setup) else {
      unsafe context.release()
      unsafe setup.deallocate()
      return nil
    }
    unsafe self.daemon = daemon
  }

  /// Takes no more connections.
  func quiesce() {
    let descriptor = unsafe MHD_quiesce_daemon(daemon)
    if descriptor >= 0 { Socket.closeDescriptor(descriptor) }
  }

  /// Ends all connections and threads. None may be suspended.
  func stop() {
    unsafe MHD_stop_daemon(daemon)
    unsafe context.release()
    unsafe setup.deallocate()
  }

  private static func from(_ raw: UnsafeMutableRawPointer?) -> Context {
    unsafe Unmanaged<Context>.fromOpaque(raw!).takeUnretainedValue()
  }
}

// The callbacks. Invariant: libmicrohttpd calls those of one connection one after the other, with the context and pointers that we gave it.
extension Daemon {
  /// A connection begins or ends. Its record is retained in between.
  private static let connection: MHD_NotifyConnectionCallback = { context, pointer, socketContext, event in
    guard let pointer = unsafe pointer, let socketContext = unsafe socketContext else { return }
    let core = unsafe Daemon.from(context).core
    switch event {
    case .CONNECTION_NOTIFY_STARTED:
      let handle = unsafe ConnectionHandle(pointer)
      let record = ConnectionRecord(descriptor: handle.descriptor, peer: handle.peer, at: core.time.monotonic())
      core.connections.insert(record)
      unsafe socketContext.pointee = Unmanaged.passRetained(record).toOpaque()
    case .CONNECTION_NOTIFY_CLOSED:
      guard let raw = unsafe socketContext.pointee else { return }
      core.connections.remove(unsafe Unmanaged<ConnectionRecord>.fromOpaque(raw).takeRetainedValue())
      unsafe socketContext.pointee = nil
    }
  }

  /// The request line is here: the request begins. Called before anything is decoded, so the target is as sent.
  private static let requestLine:
    @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<CChar>?, OpaquePointer?) -> UnsafeMutableRawPointer? = {
      context, uri, pointer in
      guard let uri = unsafe uri, let pointer = unsafe pointer, let record = unsafe ConnectionHandle(pointer).record else {
        return nil
      }
      let request = LiveRequest(
        core: unsafe Daemon.from(context).core, target: unsafe String(cString: uri), at: UInt(bitPattern: uri), record: record)
      return unsafe Unmanaged.passRetained(request).toOpaque()
    }

  private static let access: MHD_AccessHandlerCallback = { _, pointer, _, method, version, bytes, count, slot in
    guard let pointer = unsafe pointer, let raw = unsafe slot?.pointee, let count = unsafe count else { return .NO }
    let request = unsafe Unmanaged<LiveRequest>.fromOpaque(raw).takeUnretainedValue()
    let connection = unsafe ConnectionHandle(pointer)
    let goesOn: Bool
    if request.isFirstCall {
      // The version follows the target and one blank in the line that both point into; a zero byte in the target makes the gap longer.
      let isTorn = unsafe UInt(bitPattern: version!) != request.targetAddress + UInt(request.target.utf8.count) + 1
      goesOn = request.headArrived(
        method: unsafe String(cString: method!), version: unsafe String(cString: version!), isTargetTorn: isTorn, connection)
    } else if unsafe count.pointee > 0, let bytes = unsafe bytes {
      let chunk = unsafe UnsafeRawBufferPointer(start: bytes, count: count.pointee)
      goesOn = request.bodyArrived(unsafe chunk.bytes)
      unsafe count.pointee = 0
    } else {
      goesOn = request.proceed(connection)
    }
    return goesOn ? .YES : .NO
  }

  private static let completed: MHD_RequestCompletedCallback = { _, _, slot, code in
    guard let slot = unsafe slot, let raw = unsafe slot.pointee else { return }
    let request = unsafe Unmanaged<LiveRequest>.fromOpaque(raw).takeRetainedValue()
    unsafe slot.pointee = nil
    switch code {
    case .REQUEST_TERMINATED_COMPLETED_OK: request.completed(.answered)
    case .REQUEST_TERMINATED_CLIENT_ABORT, .REQUEST_TERMINATED_READ_ERROR, .REQUEST_TERMINATED_WITH_ERROR:
      request.completed(.hungUp)
    default: request.completed(.cut)
    }
  }
}
