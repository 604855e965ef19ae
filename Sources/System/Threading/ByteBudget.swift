import Synchronization

/// Bytes that many may take from, up to a limit that they share.
public final class ByteBudget: Sendable {
  public let limit: Int
  private let taken = Atomic<Int>(0)

  public init(limit: Int) { self.limit = limit }

  public var used: Int { taken.load(ordering: .relaxed) }

  /// `nil`, and nothing taken: there are not so many left.
  public func claim(_ bytes: Int) -> ByteClaim? {
    let claim = ByteClaim(of: self)
    return claim.grow(to: bytes) ? claim : nil
  }

  fileprivate func take(_ bytes: Int) -> Bool {
    var before = taken.load(ordering: .relaxed)
    while true {
      let (after, overflow) = before.addingReportingOverflow(bytes)
      guard !overflow, after <= limit else { return false }
      let (exchanged, original) = taken.weakCompareExchange(expected: before, desired: after, ordering: .relaxed)
      if exchanged { return true }
      before = original
    }
  }

  fileprivate func giveBack(_ bytes: Int) { taken.subtract(bytes, ordering: .relaxed) }
}

/// Somebody's part of a budget. What it holds goes back with its last reference.
public final class ByteClaim: Sendable {
  private let budget: ByteBudget
  private let held = Atomic<Int>(0)

  /// Of nothing yet.
  public init(of budget: ByteBudget) { self.budget = budget }

  deinit { budget.giveBack(bytes) }

  public var bytes: Int { held.load(ordering: .relaxed) }

  /// Holds at least so many from now on. `false`, and no more than before: the budget has not so many left. One thread at a time may grow a claim.
  public func grow(to bytes: Int) -> Bool {
    let more = bytes - self.bytes
    guard more > 0 else { return true }
    guard budget.take(more) else { return false }
    held.add(more, ordering: .relaxed)
    return true
  }
}
