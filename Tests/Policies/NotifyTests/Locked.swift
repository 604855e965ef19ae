import Threading

@testable import Notify

/// A value behind a lock.
final class Locked<Value: Sendable>: Sendable {
  private let held: Monitor<Value>
  init(_ value: Value) { held = Monitor(value) }
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
