import SeriesModel

extension OrchestrationEvent {
  /// Appends the event in the form of `docs/formats/event-record.md`; its time stands relative to `base`.
  package func encode(relativeTo base: Timestamp, into out: inout ByteWriter) {
    out.byte(type.rawValue)
    out.id(id)
    out.signed(time.milliseconds - base.milliseconds)
    switch body {
    case .workflowRun(let report): report.encode(into: &out)
    case .agentRun(let report): report.encode(into: &out)
    case .tier(let report): report.encode(into: &out)
    case .queue(let report): report.encode(into: &out)
    case .tasks(let count, let seconds):
      out.fields([seconds])
      out.number(count)
    case .messages(let report): report.encode(into: &out)
    }
  }

  package init(relativeTo base: Timestamp, from reader: inout ByteReader) throws(CodingError) {
    let offset = reader.offset
    guard let type = EventType(rawValue: try reader.byte()) else {
      throw CodingError(expected: "the code of an event's type", offset: offset)
    }
    let id = try reader.id()
    let time = Timestamp(milliseconds: base.milliseconds &+ (try reader.signed()))
    let body: Body
    switch type {
    case _ where type.isWorkflowRun: body = .workflowRun(try WorkflowRunReport(from: &reader))
    case _ where type.isAgentRun: body = .agentRun(try AgentRunReport(from: &reader))
    case .agentStarted, .agentStopped, .agentsSampled: body = .tier(try TierReport(from: &reader))
    case .queueSampled, .queueEnqueued, .queueDequeued, .queueDropped: body = .queue(try QueueReport(from: &reader))
    case .messagesObserved: body = .messages(try MessageReport(from: &reader))
    default:
      let seconds = try reader.numbers(1)[0]
      body = .tasks(count: try reader.number(), seconds: seconds)
    }
    self.init(type: type, id: id, time: time, body: body)
  }
}

// A report is a byte (or two) of flags that say which optional fields follow, and then the fields in the order of the type's declaration.

private extension ByteWriter {
  /// The flags and the values that are there.
  mutating func fields(_ values: [Double?]) {
    unsigned(values.enumerated().reduce(0) { $0 | ($1.element == nil ? 0 : 1 << UInt64($1.offset)) })
    for case let value? in values { number(value) }
  }

  mutating func texts(_ values: [String?]) {
    unsigned(values.enumerated().reduce(0) { $0 | ($1.element == nil ? 0 : 1 << UInt64($1.offset)) })
    for case let value? in values { text(value) }
  }

  mutating func run(_ key: RunKey) {
    text(key.id)
    unsigned(UInt64(key.attempt))
  }
}

private extension ByteReader {
  mutating func numbers(_ n: Int) throws(CodingError) -> [Double?] {
    let flags = try unsigned()
    var values: [Double?] = []
    for i in 0..<n { values.append(flags >> UInt64(i) & 1 == 0 ? nil : try number()) }
    return values
  }

  mutating func texts(_ n: Int) throws(CodingError) -> [String?] {
    let flags = try unsigned()
    var values: [String?] = []
    for i in 0..<n { values.append(flags >> UInt64(i) & 1 == 0 ? nil : try text()) }
    return values
  }

  mutating func run() throws(CodingError) -> RunKey {
    let id = try text()
    return RunKey(id, attempt: UInt32(truncatingIfNeeded: try unsigned()))
  }
}

extension WorkflowRunReport {
  package func encode(into out: inout ByteWriter) {
    out.run(run)
    out.texts([workflow, trigger, errorType, approver])
    out.fields([startedAt.map { Double($0.milliseconds) }, seconds, costUSD])
  }

  package init(from reader: inout ByteReader) throws(CodingError) {
    self.init(run: try reader.run())
    let texts = try reader.texts(4)
    (workflow, trigger, errorType, approver) = (texts[0], texts[1], texts[2], texts[3])
    let numbers = try reader.numbers(3)
    startedAt = numbers[0].flatMap(Int64.init(exactly:)).map(Timestamp.init(milliseconds:))
    (seconds, costUSD) = (numbers[1], numbers[2])
  }
}

extension AgentRunReport {
  package func encode(into out: inout ByteWriter) {
    out.run(run)
    out.texts([agent, type?.rawValue, action, errorType, workflowRun, tier, model])
    out.fields([startedAt.map { Double($0.milliseconds) }, seconds, costUSD, inputTokens, outputTokens])
  }

  package init(from reader: inout ByteReader) throws(CodingError) {
    self.init(run: try reader.run())
    let texts = try reader.texts(7)
    (agent, type, action, errorType) = (texts[0], texts[1].flatMap(AgentType.init), texts[2], texts[3])
    (workflowRun, tier, model) = (texts[4], texts[5], texts[6])
    let numbers = try reader.numbers(5)
    startedAt = numbers[0].flatMap(Int64.init(exactly:)).map(Timestamp.init(milliseconds:))
    (seconds, costUSD, inputTokens, outputTokens) = (numbers[1], numbers[2], numbers[3], numbers[4])
  }
}

private extension TierReport {
  func encode(into out: inout ByteWriter) {
    out.text(tier)
    out.fields([startupSeconds, active, capacity, memoryBytes])
  }

  init(from reader: inout ByteReader) throws(CodingError) {
    self.init(tier: try reader.text())
    let numbers = try reader.numbers(4)
    (startupSeconds, active, capacity, memoryBytes) = (numbers[0], numbers[1], numbers[2], numbers[3])
  }
}

private extension QueueReport {
  func encode(into out: inout ByteWriter) {
    out.text(queue)
    out.number(count)
    out.texts([priority, reason])
    out.fields([depth, inFlight, capacity, consumers, oldestAgeSeconds])
  }

  init(from reader: inout ByteReader) throws(CodingError) {
    self.init(queue: try reader.text())
    count = try reader.number()
    let texts = try reader.texts(2)
    (priority, reason) = (texts[0], texts[1])
    let numbers = try reader.numbers(5)
    (depth, inFlight, capacity, consumers, oldestAgeSeconds) = (numbers[0], numbers[1], numbers[2], numbers[3], numbers[4])
  }
}

private extension MessageReport {
  func encode(into out: inout ByteWriter) {
    out.number(count)
    out.texts([reason, direction?.rawValue])
    out.fields([bytes, dropped])
  }

  init(from reader: inout ByteReader) throws(CodingError) {
    self.init(count: try reader.number())
    let texts = try reader.texts(2)
    (reason, direction) = (texts[0], texts[1].flatMap(Direction.init))
    let numbers = try reader.numbers(2)
    (bytes, dropped) = (numbers[0], numbers[1])
  }
}
