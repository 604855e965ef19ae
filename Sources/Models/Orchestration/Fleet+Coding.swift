import SeriesModel

extension Fleet {
  /// Appends the whole fleet but for the ends that the event log tells of. Equal fleets give equal bytes.
  package func encode(into out: inout ByteWriter) {
    out.time(tickedAt)
    out.list(workflowRuns.sorted { $0.key < $1.key }) { out, entry in
      out.key(entry.key)
      entry.value.encode(into: &out)
    }
    out.list(agentRuns.sorted { $0.key < $1.key }) { out, entry in
      out.key(entry.key)
      entry.value.encode(into: &out)
    }
    out.list(ended.lost) { $0.id($1) }
    out.list(waiting.sorted()) { $0.text($1) }
    out.list(tiers.sorted { $0.key < $1.key }) { out, entry in
      out.text(entry.key)
      entry.value.encode(into: &out)
    }
    out.list(queues.sorted { $0.key < $1.key }) { out, entry in
      out.text(entry.key)
      entry.value.encode(into: &out)
    }
  }

  package init(policy: OrchestrationPolicy, from reader: inout ByteReader) throws(CodingError) {
    self.init(policy: policy)
    tickedAt = try reader.time()
    for _ in 0..<(try reader.count()) {
      let key = try reader.key()
      let run = try WorkflowRun(from: &reader)
      workflowRuns[key] = run
      if let place = run.place { active[place.workflow, default: PhaseCounts()][place.phase] += 1 }
    }
    for _ in 0..<(try reader.count()) {
      let key = try reader.key()
      agentRuns[key] = try AgentRun(from: &reader)
    }
    ended.rememberLost(try reader.list { reader throws(CodingError) in try reader.id() })
    waiting = Set(try reader.list { reader throws(CodingError) in try reader.text() })
    for _ in 0..<(try reader.count()) {
      let name = try reader.text()
      tiers[name] = try Tier(from: &reader)
    }
    for _ in 0..<(try reader.count()) {
      let name = try reader.text()
      queues[name] = try WorkQueue(from: &reader)
    }
  }
}

private extension ByteWriter {
  mutating func key(_ key: RunKey) {
    text(key.id)
    unsigned(UInt64(key.attempt))
  }

  mutating func optionalText(_ value: String?) { optional(value) { $0.text($1) } }
  mutating func optionalTime(_ value: Timestamp?) { optional(value) { $0.time($1) } }

  mutating func latest(_ value: LatestValue?) {
    optional(value) { out, value in
      out.position(value.position)
      out.number(value.value)
    }
  }
}

private extension ByteReader {
  mutating func key() throws(CodingError) -> RunKey {
    let id = try text()
    return RunKey(id, attempt: UInt32(truncatingIfNeeded: try unsigned()))
  }

  mutating func optionalText() throws(CodingError) -> String? { try optional { reader throws(CodingError) in try reader.text() } }
  mutating func optionalTime() throws(CodingError) -> Timestamp? {
    try optional { reader throws(CodingError) in try reader.time() }
  }

  mutating func latest() throws(CodingError) -> LatestValue? {
    try optional { reader throws(CodingError) in
      let position = try reader.position()
      return LatestValue(try reader.number(), at: position)
    }
  }

  mutating func status() throws(CodingError) -> RunStatus {
    guard let status = RunStatus(rawValue: try byte()) else { throw CodingError(expected: "a run's status", offset: offset - 1) }
    return status
  }
}

private extension ApprovalBook {
  func encode(into out: inout ByteWriter) {
    out.list(requests) { $0.time($1) }
    out.list(decisions) { out, decision in
      out.time(decision.at)
      out.text(decision.workflow)
      out.byte(decision.counted ? 1 : 0)
    }
  }

  init(from reader: inout ByteReader) throws(CodingError) {
    let requests = try reader.list { reader throws(CodingError) in try reader.time() }
    let decisions = try reader.list { reader throws(CodingError) in
      let at = try reader.time()
      let workflow = try reader.text()
      return Decision(at: at, workflow: workflow, counted: try reader.byte() == 1)
    }
    self.init(requests: requests, decisions: decisions)
  }
}

private extension WorkflowFacts {
  func encode(into out: inout ByteWriter) {
    out.time(seen)
    out.optionalText(workflow)
    out.optionalText(trigger)
    out.optionalTime(startedAt)
    out.optional(mark) { $0.position($1) }
    approvals.encode(into: &out)
  }

  init(from reader: inout ByteReader) throws(CodingError) {
    self.init(seen: try reader.time())
    workflow = try reader.optionalText()
    trigger = try reader.optionalText()
    startedAt = try reader.optionalTime()
    mark = try reader.optional { reader throws(CodingError) in try reader.position() }
    approvals = try ApprovalBook(from: &reader)
  }
}

private extension WorkflowRun {
  func encode(into out: inout ByteWriter) {
    switch self {
    case .active(let phase, let facts):
      out.byte(phase.rawValue)
      facts.encode(into: &out)
    case .ending(let facts, let end, let until):
      out.byte(8)
      facts.encode(into: &out)
      out.byte(end.status.rawValue)
      out.time(end.at)
      end.report.encode(into: &out)
      out.time(until)
    case .ended(let status, let book, let until):
      out.byte(9)
      out.byte(status.rawValue)
      book.encode(into: &out)
      out.time(until)
    }
  }

  init(from reader: inout ByteReader) throws(CodingError) {
    let kind = try reader.byte()
    switch kind {
    case 8:
      let facts = try WorkflowFacts(from: &reader)
      let status = try reader.status()
      let at = try reader.time()
      let end = RunEnd(status: status, at: at, report: try WorkflowRunReport(from: &reader))
      self = .ending(facts, end, until: try reader.time())
    case 9:
      let status = try reader.status()
      let book = try ApprovalBook(from: &reader)
      self = .ended(status, book, until: try reader.time())
    default:
      guard let phase = WorkflowPhase(rawValue: kind) else {
        throw CodingError(expected: "a kind of life", offset: reader.offset - 1)
      }
      self = .active(phase, try WorkflowFacts(from: &reader))
    }
  }
}

private extension AgentRun {
  func encode(into out: inout ByteWriter) {
    switch self {
    case .running(let facts):
      out.byte(0)
      facts.encode(into: &out)
    case .ending(let facts, let end, let until):
      out.byte(1)
      facts.encode(into: &out)
      out.byte(end.status.rawValue)
      out.time(end.at)
      end.report.encode(into: &out)
      out.time(until)
    case .ended: preconditionFailure("an ended agent run is not kept")
    }
  }

  init(from reader: inout ByteReader) throws(CodingError) {
    switch try reader.byte() {
    case 0: self = .running(try AgentFacts(from: &reader))
    case 1:
      let facts = try AgentFacts(from: &reader)
      let status = try reader.status()
      let at = try reader.time()
      let end = RunEnd(status: status, at: at, report: try AgentRunReport(from: &reader))
      self = .ending(facts, end, until: try reader.time())
    default: throw CodingError(expected: "a kind of life", offset: reader.offset - 1)
    }
  }
}

private extension AgentFacts {
  func encode(into out: inout ByteWriter) {
    out.time(seen)
    out.optionalText(agent)
    out.optionalText(type?.rawValue)
    out.optionalText(model)
    out.optionalTime(startedAt)
  }

  init(from reader: inout ByteReader) throws(CodingError) {
    self.init(seen: try reader.time())
    agent = try reader.optionalText()
    type = try reader.optionalText().flatMap(AgentType.init)
    model = try reader.optionalText()
    startedAt = try reader.optionalTime()
  }
}

private extension GaugeTrack {
  func encode(into out: inout ByteWriter) {
    out.optional(sample) { $0.position($1) }
    out.number(sampled)
    out.number(folded)
    out.list(changes) { out, change in
      out.signed(change.milliseconds)
      out.number(change.sum)
    }
  }

  init(from reader: inout ByteReader) throws(CodingError) {
    let sample = try reader.optional { reader throws(CodingError) in try reader.position() }
    let sampled = try reader.number()
    let folded = try reader.number()
    let changes = try reader.list { reader throws(CodingError) in
      let at = try reader.signed()
      return Change(milliseconds: at, sum: try reader.number())
    }
    self.init(sample: sample, sampled: sampled, folded: folded, changes: changes)
  }
}

private extension Tier {
  func encode(into out: inout ByteWriter) {
    active.encode(into: &out)
    out.latest(capacity)
    out.latest(memory)
  }

  init(from reader: inout ByteReader) throws(CodingError) {
    active = try GaugeTrack(from: &reader)
    capacity = try reader.latest()
    memory = try reader.latest()
  }
}

private extension WorkQueue {
  func encode(into out: inout ByteWriter) {
    out.list(depths.sorted { $0.key < $1.key }) { out, entry in
      out.text(entry.key)
      entry.value.encode(into: &out)
    }
    for value in [inFlight, capacity, consumers, oldestAge] { out.latest(value) }
  }

  init(from reader: inout ByteReader) throws(CodingError) {
    for _ in 0..<(try reader.count()) {
      let priority = try reader.text()
      depths[priority] = try GaugeTrack(from: &reader)
    }
    inFlight = try reader.latest()
    capacity = try reader.latest()
    consumers = try reader.latest()
    oldestAge = try reader.latest()
  }
}
