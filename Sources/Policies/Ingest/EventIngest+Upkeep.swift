import DurableLog
import Instruments
import Orchestration
import SeriesModel
import Synchronization

// MARK: Upkeep

extension EventIngest: Pump {
  /// Lets time pass, writes rows every few seconds and a checkpoint every so many; says when to be called again.
  package func run(through now: Instant) -> Instant? {
    let wall = time.now()
    letTimePass(wall)
    let next = upkeep.withLock { upkeep -> Timestamp? in
      if upkeep.isStopped { return nil }
      if wall >= upkeep.flushAt {
        flush(&upkeep, wall)
        upkeep.flushAt = wall + configuration.flushInterval
      }
      if wall >= upkeep.checkpointAt {
        writeCheckpoint(&upkeep, wall)
        upkeep.checkpointAt = wall + configuration.checkpointInterval
      }
      return min(upkeep.flushAt, upkeep.checkpointAt, wall + configuration.policy.tick)
    }
    return next.map { now + max(.milliseconds(1), $0 - wall) }
  }

  /// Writes everything that is not written yet, and closes the log. Events that come later are answered with 503.
  package func shutdown() {
    let now = time.now()
    letTimePass(now)
    upkeep.withLock { upkeep in
      guard !upkeep.isStopped else { return }
      upkeep.isStopped = true
      flush(&upkeep, now)
      writeCheckpoint(&upkeep, now)
      core.withLock { _ in log.close() }
      let store = shared.withLock { shared in
        defer { shared.store = nil }
        return shared.store
      }
      // Whoever still reads from it keeps it open.
      try? store?.close()
    }
  }

  private func letTimePass(_ now: Timestamp) {
    core.withLock { core in
      let now = core.advance(to: now)
      let (identities, workflows, agents) = (core.seen.count, core.openRuns(.workflow), core.openRuns(.agent))
      core.publish { u in instruments.publish(identities: identities, workflowRuns: workflows, agentRuns: agents, at: now, to: &u) }
    }
  }

  /// A database that does not take rows delays the lists and nothing else.
  private func flush(_ upkeep: inout Upkeep, _ now: Timestamp) {
    guard let store = openStore() else { return }
    let (rows, position, dropped) = core.withLock { ($0.takeRows(), $0.position, $0.outbox.dropped) }
    shared.withLock { $0.droppedRows = dropped }
    do {
      if !rows.isEmpty { try store.write(rows, through: position) }
      shared.withLock { $0.storeProblem = nil }
    } catch {
      shared.withLock { $0.storeProblem = "\(error)" }
      core.withLock { $0.putBack(rows) }
      return
    }
    guard now >= upkeep.pruneAt else { return }
    let deleted = (try? store.deleteEnded(before: now - configuration.runRetention)) ?? 0
    upkeep.pruneAt = deleted > 0 ? now : now + .minutes(1)
  }

  private func writeCheckpoint(_ upkeep: inout Upkeep, _ now: Timestamp) {
    let (bytes, position, start) = core.withLock { core in
      // What time alone has changed since, time changes again after a restart.
      core.position == upkeep.checkpointed ? (nil, core.position, nil) : (core.checkpoint(), core.position, core.seen.start)
    }
    guard let bytes else { return }
    do {
      try CheckpointFile(path: Self.checkpointPath(configuration)).write(bytes)
      upkeep.checkpointed = position
      shared.withLock { $0.checkpointProblem = nil }
      try log.removeSegments(before: min(position, start ?? position))
      registry.update { u in instruments.publish(checkpointBytes: bytes.count, at: now, to: &u) }
    } catch {
      shared.withLock { $0.checkpointProblem = "\(error)" }
    }
  }
}

extension EventIngest {
  /// A database that has seen more than the log holds (which lost its end, or was begun anew) keeps its rows; new runs get numbers behind them.
  func passOverStrangeRows() throws(IngestError) {
    guard let store = openStore(), let reached = try? store.position(), let newest = try? store.newest() else { return }
    let checkpoint = core.withLock { core -> [UInt8]? in
      guard reached > core.position else { return nil }
      core.skipRowNumbers(through: newest)
      return core.checkpoint()
    }
    if let checkpoint { try CheckpointFile(path: Self.checkpointPath(configuration)).write(checkpoint) }
  }

  /// The database of runs; tried again with each flush when it could not be opened.
  func openStore() -> RunStore? {
    if let store = runs { return store }
    do {
      let store = try RunStore(path: configuration.directory + "/runs.sqlite")
      shared.withLock { $0.store = store }
      return store
    } catch {
      shared.withLock { $0.storeProblem = "\(error)" }
      return nil
    }
  }
}
