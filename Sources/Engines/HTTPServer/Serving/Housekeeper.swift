import SeriesModel
import Threading

/// A thread that looks after connections: cuts the overdue, tells workers whose clients have gone, answers what waited too long, keeps event streams alive.
final class Housekeeper: Sendable {
  static let step = 0.2
  private let stopping = Monitor(false)
  private let thread: WorkThread?

  init(_ core: ServerCore) {
    let stopping = stopping
    thread = WorkThread("http-keeper") {
      var lastHeartbeat = core.time.monotonic()
      while stopping.wait(seconds: Self.step, { $0 ? true : nil }) == nil {
        let now = core.time.monotonic()
        core.connections.sweep(at: now, under: core.patience)
        core.pool.sweep(at: now)
        if now - lastHeartbeat >= core.options.heartbeat.seconds {
          core.heartbeat()
          lastHeartbeat = now
        }
      }
    }
  }

  func stop() {
    stopping.withLock { $0 = true }
    stopping.notifyAll()
    thread?.join()
  }
}

extension ServerCore {
  fileprivate var patience: ConnectionPatience {
    let isPressed = responseBytes.used > responseBytes.limit / 4 * 3
    return ConnectionPatience(
      headerTime: options.headerTime, idleTime: options.idleTime, transferTime: options.transferTime,
      bytesPerSecond: options.bytesPerSecond,
      responseBytesPerSecond: isPressed ? options.pressedBytesPerSecond : options.bytesPerSecond)
  }
}
