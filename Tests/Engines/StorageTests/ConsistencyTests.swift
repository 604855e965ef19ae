import SeriesModel
import Synchronization
import Testing

@testable import Storage

@Suite struct ConsistencyTests {
  @Test func `a view made before a batch never sees it, one made after sees all of it`() throws {
    let head = Head(options: HeadOptions(outOfOrderWindow: .seconds(1000)))
    let refs = try (0..<3).map { try head.reference(for: ["i": "\($0)"]) }
    var views: [any SeriesView] = [head.view()]
    for round in 1...400 {
      var batch = SampleBatch()
      for ref in refs { batch.append(ref, Int64(round * 10), Double(round)) }
      if round > 2 { batch.append(refs[0], Int64(round * 10 - 15), -1) }
      _ = try head.append(batch)
      if round % 37 == 0 || round < 4 { views.append(head.view()) }
    }
    let rounds = [0, 1, 2, 3] + stride(from: 37, through: 400, by: 37)
    for (view, seen) in zip(views, rounds) {
      var columns = SampleColumns()
      try view.read(refs.span, in: .all, into: &columns)
      #expect((0..<3).map { columns.row($0).count } == [seen + max(0, seen - 2), seen, seen], "view after \(seen)")
      var latest = SampleColumns()
      try view.readLatest(refs.span, in: .all, into: &latest)
      #expect(latest.values == Array(repeating: Double(seen), count: seen == 0 ? 0 : 3))
    }
  }

  @Test func `what is published with a batch is seen together with it`() throws {
    let head = Head()
    let ref = try head.reference(for: ["a": "1"])
    var batch = SampleBatch()
    batch.append(ref, 1, 1)
    var published = false
    head.append(batch) { published = true }
    #expect(published)
  }

  /// Every batch writes its number to all series. Readers beside it must find one number in all of them.
  @Test func `readers beside an appender always see whole batches`() async throws {
    let head = Head(options: HeadOptions(history: .seconds(5)))
    let refs = try (0..<200).map { try head.reference(for: ["i": "\($0)"]) }
    let done = Flag()
    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        for round in 1...600 {
          var batch = SampleBatch()
          for ref in refs { batch.append(ref, Int64(round * 10), Double(round)) }
          _ = try? head.append(batch)
          if round % 50 == 0 { _ = try? head.reference(for: ["fresh": "\(round)"]) }
        }
        done.set()
      }
      for _ in 0..<2 {
        group.addTask {
          var last = 0.0
          while !done.isSet {
            let view = head.view()
            var columns = SampleColumns()
            try? view.read(refs.span, in: .all, into: &columns)
            let newest = Set((0..<columns.rowCount).map { columns.row($0).last.map { columns.values[$0] } ?? 0 })
            if newest.count != 1 || newest.first! < last { Issue.record("a view saw \(newest.sorted()) after \(last)") }
            last = newest.first!
            var latest = SampleColumns()
            try? view.readLatest(refs.span, in: .all, into: &latest)
            if Set(latest.values).union(newest).count != 1, last > 0 {
              Issue.record("the newest are \(Set(latest.values)), not \(newest)")
            }
            if (try? view.select([], in: .all, limit: .max))?.count ?? 0 < (last > 0 ? 200 : 0) {
              Issue.record("a selection misses series")
            }
          }
        }
      }
    }
    #expect(try head.view().samples([.equal("i", "7")]).last == [6000, 600])
  }

  @Test func `many threads resolve the same labels to the same reference`() async throws {
    let head = Head()
    let found = await withTaskGroup(of: [SeriesRef].self) { group in
      for _ in 0..<6 { group.addTask { (0..<500).compactMap { try? head.reference(for: ["i": "\($0)"]) } } }
      return await group.reduce(into: [[SeriesRef]]()) { $0.append($1) }
    }
    #expect(Set(found).count == 1)
    #expect(Set(found[0]).count == 500)
    #expect(head.statistics().seriesCount == 500)
  }
}

private final class Flag: Sendable {
  private let state = Atomic(false)
  var isSet: Bool { state.load(ordering: .acquiring) }
  func set() { state.store(true, ordering: .releasing) }
}
