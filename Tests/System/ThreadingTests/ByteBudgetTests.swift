import Testing
import Threading

@Suite struct ByteBudgetTests {
  @Test func `what is claimed comes back with the last reference`() {
    let budget = ByteBudget(limit: 100)
    do {
      let first = budget.claim(60)
      #expect(first?.bytes == 60)
      #expect(budget.claim(41) == nil)
      #expect(budget.used == 60)
      let second = budget.claim(40)
      #expect(second != nil)
      #expect(budget.used == 100)
      withExtendedLifetime((first, second)) {}
    }
    #expect(budget.used == 0)
  }

  @Test func `what does not fit never stands in the way of what does`() {
    let budget = ByteBudget(limit: 100)
    let refused = BlockingLock(0)
    let threads = (0..<2).compactMap { number in
      WorkThread("claims-\(number)") {
        for _ in 0..<20_000 {
          if number == 0 { _ = budget.claim(101) } else if budget.claim(60) == nil { refused.withLock { $0 += 1 } }
        }
      }
    }
    for thread in threads { thread.join() }
    #expect(refused.withLock { $0 } == 0)
    #expect(budget.used == 0)
  }

  @Test func `a claim grows as long as there is room, and keeps what it has`() {
    let budget = ByteBudget(limit: 100)
    let claim = ByteClaim(of: budget)
    #expect(claim.grow(to: 70))
    #expect(claim.grow(to: 30))
    #expect(budget.used == 70)
    #expect(!claim.grow(to: 101))
    #expect(claim.bytes == 70)
    #expect(budget.used == 70)
  }
}
