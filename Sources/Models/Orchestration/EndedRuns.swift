import SeriesModel

/// Remembers how runs ended, at 19 bytes each, so that a second end is noticed.
///
/// Two halves: when the young one is old enough or full, it becomes the old one, and the old one is forgotten.
package struct EndedRuns: Sendable {
  private var young = IDSet()
  private var old = IDSet()
  private var youngSince = Timestamp.distantPast

  package init() {}

  package var count: Int { young.count + old.count }

  package func status(of kind: RunUpdate.Kind, _ run: RunKey) -> RunStatus? {
    let id = Self.hash(kind, run)
    return (young.tag(of: id) ?? old.tag(of: id)).flatMap(RunStatus.init(rawValue:))
  }

  package mutating func remember(
    _ kind: RunUpdate.Kind, _ run: RunKey, _ status: RunStatus, at now: Timestamp, under policy: OrchestrationPolicy
  ) {
    if young.count >= policy.endedMemoryLimit / 2 || now - youngSince >= policy.endedMemory {
      if young.count > 0 {
        old = young
        old.seal()
        young = IDSet()
      } else {
        old = IDSet()
      }
      youngSince = now
    }
    young.insert(Self.hash(kind, run), tag: status.rawValue)
  }

  /// For checkpoints: the lost, which no event tells of.
  package var lost: [EventID] {
    var found: [EventID] = []
    for set in [old, young] { set.forEach { id, tag in if tag == RunStatus.lost.rawValue { found.append(id) } } }
    return found.sorted()
  }

  package mutating func rememberLost(_ ids: [EventID]) {
    for id in ids { young.insert(id, tag: RunStatus.lost.rawValue) }
  }

  private static func hash(_ kind: RunUpdate.Kind, _ run: RunKey) -> EventID {
    var text = run.id
    let salt = UInt64(kind.rawValue) << 32 | UInt64(run.attempt)
    return text.withUTF8Span { bytes in
      EventID(high: StableHash.of(bytes, seed: salt), low: StableHash.of(bytes, seed: ~salt))
    }
  }
}

private extension String {
  mutating func withUTF8Span<R>(_ body: (Span<UInt8>) -> R) -> R {
    makeContiguousUTF8()
    return body(utf8.span)
  }
}
