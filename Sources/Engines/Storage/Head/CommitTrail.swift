/// Which samples of a series a view sees, told by how many there were before each of the last batches.
///
/// A view carries the number of the last batch that was complete when it was made. Samples of later batches stand at the end of the series, so what the
/// view sees is a number of samples from the front. The trail remembers only what a living view may ask for.
struct CommitTrail: Sendable {
  /// The batch that appended last, and how many samples there were before it.
  private var batch: UInt64 = 0
  private var before = 0
  /// Earlier batches that some living view does not see, oldest first.
  private var older: [(batch: UInt64, before: Int)] = []

  /// Called before each sample of a batch. `oldestView` is the least batch number that a living view, or the next one, carries.
  mutating func note(_ next: UInt64, samples: Int, oldestView: UInt64) {
    guard next != batch else { return }
    if batch > oldestView {
      older.append((batch, before))
    } else if !older.isEmpty {
      older.removeAll()
    }
    batch = next
    before = samples
  }

  /// How many of `samples` a view sees.
  func visible(at view: UInt64, of samples: Int) -> Int {
    if batch <= view { return samples }
    var seen = before
    for entry in older.reversed() {
      if entry.batch <= view { break }
      seen = entry.before
    }
    return seen
  }

  func sees(_ view: UInt64) -> Bool { batch <= view }
}
