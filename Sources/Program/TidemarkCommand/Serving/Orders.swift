import Foundation
import Glibc
import Threading

/// What the program is told by signals, from its first moment to its last.
///
/// Before it serves, TERM and INT end it at once: nothing is acknowledged yet. While it stops, a second one does.
final class Orders: Sendable {
  private enum Stage { case starting, serving, stopping }
  private struct State {
    var stage = Stage.starting
    var reloads = 0
    var abandon: @Sendable () -> Void = {}
  }

  private let state = Monitor(State())

  init() {
    Signals.hold()
    let state = state
    let thread = Thread {
      while true {
        let signal = Signals.next()
        let abandon = state.change { state -> (@Sendable () -> Void)? in
          switch (signal, state.stage) {
          case (.hangUp, _): state.reloads += 1
          case (.terminate, .serving): state.stage = .stopping
          case (.terminate, .starting), (.terminate, .stopping): return state.abandon
          }
          return nil
        }
        if let abandon {
          abandon()
          _exit(0)
        }
      }
    }
    thread.name = "signals"
    thread.start()
  }

  /// What is left to do when the program is ended before it serves, or once more while it stops.
  func whenAbandoned(_ work: @escaping @Sendable () -> Void) { state.withLock { $0.abandon = work } }

  /// From now on there is something to stop.
  func serving() { state.change { $0.stage = .serving } }

  /// Waits for the next reload, `true`, or for the end, `false`.
  func next() -> Bool {
    state.wait { state in
      if state.stage == .stopping { return false }
      guard state.reloads > 0 else { return nil }
      state.reloads -= 1
      return true
    }
  }
}
