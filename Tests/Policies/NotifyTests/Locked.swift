import Synchronization

/// A value behind a lock.
final class Locked<Value: Sendable>: Sendable {
  private let held: Mutex<Value>
  init(_ value: Value) { held = Mutex(value) }
  var value: Value { held.withLock { $0 } }
  func set(_ value: Value) { held.withLock { $0 = value } }
  func change(_ body: (inout Value) -> Void) { held.withLock { body(&$0) } }
  func exchange(_ value: Value) -> Value {
    held.withLock { held in
      defer { held = value }
      return held
    }
  }
}
