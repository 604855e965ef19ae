import Orchestration
import SeriesModel

/// An event that is in order by itself.
struct DecodedEvent: Sendable {
  var index: Int
  /// As the sender knows it.
  var id: String
  var source: String
  var event: OrchestrationEvent
}

/// Turns the JSON of events into events, and says of each bad one what is wrong with it. One thread at a time.
final class EventDecoder: Sendable {
  let limits: IngestLimits
  private let reader: EventReader

  init(limits: IngestLimits) {
    self.limits = limits
    reader = EventReader(maximumDepth: limits.nesting)
  }

  /// - Parameters:
  ///   - body: with ``EventReader/padding`` bytes behind the last range.
  ///   - now: an event's time may lie ``IngestLimits/future`` ahead of it.
  func decode(_ body: borrowing [UInt8], _ range: Range<Int>, index: Int, now: Timestamp) -> Result<DecodedEvent, Refusal> {
    if range.count > limits.eventBytes {
      return .failure(
        Refusal(
          index: index, id: nil, type: nil, field: nil, reason: .tooLarge,
          detail: "expected at most \(limits.eventBytes) bytes for an event (event_bytes), found \(range.count)"))
    }
    do throws(FieldProblem) {
      if let problem = reader.read(body, range) { throw FieldProblem(problem, nesting: limits.nesting) }
      return .success(try decode(index: index, now: now))
    } catch {
      return .failure(
        Refusal(index: index, id: knownID, type: knownType, field: error.field?.path, reason: error.reason, detail: error.detail))
    }
  }
}

extension Refusal: Error {}

/// What is wrong with a field of an event.
struct FieldProblem: Error {
  var field: EventField?
  var reason: Refusal.Reason
  var detail: String

  init(_ field: EventField?, _ reason: Refusal.Reason, _ detail: String) {
    self.field = field
    self.reason = reason
    self.detail = detail
  }

  init(_ problem: EventReader.Problem, nesting: Int) {
    switch problem {
    case .malformed: self.init(nil, .malformed, "expected one JSON object")
    case .brokenUTF8: self.init(nil, .malformed, "expected UTF-8")
    case .badNumber: self.init(nil, .malformed, "expected numbers within the range of 64-bit integers and doubles")
    case .badString: self.init(nil, .malformed, "expected strings with valid escapes")
    case .notAnObject: self.init(nil, .malformed, "expected an object, found another value")
    case .tooDeep: self.init(nil, .tooDeep, "expected at most \(nesting) levels of objects and arrays (nesting)")
    case .duplicate(let field): self.init(field, .duplicateField, "expected \(field.path) once")
    }
  }
}

private extension EventDecoder {
  /// For the report of a refused event; only ever part of an id that is too long.
  var knownID: String? { reader.kind(.id) == .string ? reader.text(.id, limit: limits.idBytes) : nil }

  var knownType: EventType? {
    reader.kind(.type) == .string && reader.byteCount(.type) <= limits.labelBytes ? EventType(name: reader.text(.type)) : nil
  }

  func decode(index: Int, now: Timestamp) throws(FieldProblem) -> DecodedEvent {
    let id = try text(.id, upTo: limits.idBytes)
    let source = try text(.source, upTo: limits.idBytes)
    try checkEnvelope()
    let typeName = try text(.type, upTo: limits.labelBytes)
    guard let type = EventType(name: typeName) else {
      throw FieldProblem(.type, .unknownType, "expected a type such as \(EventType.workflowRunStarted.name), found \"\(typeName)\"")
    }
    let time = try self.time(.time)
    guard time <= now + limits.future else {
      throw FieldProblem(
        .time, .inFuture, "expected a time at most \(limits.future) ahead of \(now.rfc3339), found \(time.rfc3339)")
    }
    guard reader.kind(.data) == .object else { throw wrongKind(.data, "an object") }
    let event = OrchestrationEvent(type: type, id: reader.identity(), time: time, body: try body(of: type))
    return DecodedEvent(index: index, id: id, source: source, event: event)
  }

  func checkEnvelope() throws(FieldProblem) {
    if let version = try optionalText(.specversion, upTo: limits.labelBytes), version != "1.0" {
      throw FieldProblem(.specversion, .badValue, "expected \"1.0\", found \"\(version)\"")
    }
    if let type = try optionalText(.datacontenttype, upTo: limits.labelBytes) {
      let media = type.split(separator: ";").first ?? ""
      guard media.lowercased() == "application/json" || media.lowercased().hasSuffix("+json") else {
        throw FieldProblem(.datacontenttype, .badValue, "expected application/json, found \"\(type)\"")
      }
    }
  }

  func body(of type: EventType) throws(FieldProblem) -> OrchestrationEvent.Body {
    switch type {
    case _ where type.isWorkflowRun: .workflowRun(try workflowRun(type))
    case _ where type.isAgentRun: .agentRun(try agentRun(type))
    case .agentStarted, .agentStopped, .agentsSampled: .tier(try tier(type))
    case .queueSampled, .queueEnqueued, .queueDequeued, .queueDropped: .queue(try queue(type))
    case .messagesObserved: .messages(try messages())
    default: .tasks(count: try amount(.count) ?? 1, seconds: try number(.durationSeconds))
    }
  }

  func workflowRun(_ type: EventType) throws(FieldProblem) -> WorkflowRunReport {
    var report = WorkflowRunReport(run: try run())
    // Ends may leave out what their start said.
    report.workflow = type.endStatus == nil ? try label(.workflow) : try optionalLabel(.workflow)
    report.trigger = type == .workflowRunStarted ? try label(.trigger) : try optionalLabel(.trigger)
    report.startedAt = try optionalTime(.startedAt)
    report.seconds = try number(.durationSeconds)
    report.errorType = try optionalLabel(.errorType)
    report.costUSD = try number(.costUSD)
    report.approver = try optionalLabel(.approver)
    return report
  }

  func agentRun(_ type: EventType) throws(FieldProblem) -> AgentRunReport {
    var report = AgentRunReport(run: try run())
    report.agent = type.endStatus == nil ? try label(.agent) : try optionalLabel(.agent)
    report.type = try agentType(required: type == .agentRunStarted)
    report.action = try optionalLabel(.action)
    report.startedAt = try optionalTime(.startedAt)
    report.seconds = try number(.durationSeconds)
    report.errorType = try optionalLabel(.errorType)
    report.costUSD = try number(.costUSD)
    report.workflowRun = try optionalText(.workflowRunID, upTo: limits.idBytes)
    report.tier = try optionalLabel(.tier)
    report.model = try optionalLabel(.model)
    report.inputTokens = try amount(.inputTokens)
    report.outputTokens = try amount(.outputTokens)
    return report
  }

  func agentType(required: Bool) throws(FieldProblem) -> AgentType? {
    guard let name = required ? try label(.agentType) : try optionalLabel(.agentType) else { return nil }
    guard let type = AgentType(rawValue: name) else { throw notOneOf(.agentType, AgentType.allCases.map(\.rawValue), name) }
    return type
  }

  func tier(_ type: EventType) throws(FieldProblem) -> TierReport {
    var report = TierReport(tier: try label(.tier))
    if type == .agentStarted { report.startupSeconds = try number(.startupSeconds) }
    guard type == .agentsSampled else { return report }
    report.active = try number(.active)
    report.capacity = try number(.capacity)
    report.memoryBytes = try number(.memoryBytes)
    if report.active == nil, report.capacity == nil, report.memoryBytes == nil {
      throw FieldProblem(.active, .missing, "expected active, capacity or memory_bytes")
    }
    return report
  }

  func queue(_ type: EventType) throws(FieldProblem) -> QueueReport {
    var report = QueueReport(queue: try named(.queue, upTo: limits.labelBytes))
    report.priority = try optionalLabel(.priority)
    report.reason = try optionalLabel(.reason)
    guard type == .queueSampled else {
      report.count = try amount(.count) ?? 1
      return report
    }
    report.depth = try number(.depth)
    guard report.depth != nil else { throw wrongKind(.depth, "a number") }
    report.inFlight = try number(.inFlight)
    report.capacity = try number(.capacity)
    report.consumers = try number(.consumers)
    report.oldestAgeSeconds = try number(.oldestMessageAgeSeconds)
    return report
  }

  func messages() throws(FieldProblem) -> MessageReport {
    guard let count = try amount(.count) else { throw wrongKind(.count, "a whole number") }
    var report = MessageReport(count: count)
    report.bytes = try amount(.bytes)
    report.dropped = try amount(.dropped)
    report.reason = try optionalLabel(.reason)
    if let name = try optionalLabel(.direction) {
      guard let direction = MessageReport.Direction(rawValue: name) else {
        throw notOneOf(.direction, MessageReport.Direction.allCases.map(\.rawValue), name)
      }
      report.direction = direction
    }
    return report
  }

  func run() throws(FieldProblem) -> RunKey {
    let id = try named(.runID, upTo: limits.idBytes)
    guard let attempt = try amount(.attempt) else { return RunKey(id) }
    guard attempt >= 1, attempt <= Double(UInt32.max) else {
      throw FieldProblem(.attempt, .badValue, "expected a number from 1 on")
    }
    return RunKey(id, attempt: UInt32(attempt))
  }

  /// The event's subject names the run or queue when the data does not.
  func named(_ field: EventField, upTo limit: Int) throws(FieldProblem) -> String {
    if let name = try optionalText(field, upTo: limit) { return name }
    guard let subject = try optionalText(.subject, upTo: limit) else { throw wrongKind(field, "a string") }
    return subject
  }
}

// MARK: Single values

private extension EventDecoder {
  func label(_ field: EventField) throws(FieldProblem) -> String { try text(field, upTo: limits.labelBytes) }
  func optionalLabel(_ field: EventField) throws(FieldProblem) -> String? { try optionalText(field, upTo: limits.labelBytes) }

  func text(_ field: EventField, upTo limit: Int) throws(FieldProblem) -> String {
    guard let text = try optionalText(field, upTo: limit) else { throw wrongKind(field, "a string") }
    return text
  }

  /// A string that is not empty; `nil` for nothing and `null`.
  func optionalText(_ field: EventField, upTo limit: Int) throws(FieldProblem) -> String? {
    switch reader.kind(field) {
    case .absent, .null: return nil
    case .string: break
    default: throw wrongKind(field, "a string")
    }
    let length = reader.byteCount(field)
    guard length > 0 else { throw FieldProblem(field, .badValue, "expected a text that is not empty") }
    guard length <= limit else { throw FieldProblem(field, .tooLong, "expected at most \(limit) bytes, found \(length)") }
    return reader.text(field)
  }

  func time(_ field: EventField) throws(FieldProblem) -> Timestamp {
    guard let time = try optionalTime(field) else { throw wrongKind(field, "an RFC 3339 time") }
    return time
  }

  func optionalTime(_ field: EventField) throws(FieldProblem) -> Timestamp? {
    switch reader.kind(field) {
    case .absent, .null: return nil
    case .string: break
    default: throw wrongKind(field, "an RFC 3339 time")
    }
    guard let time = reader.withText(field, EventTime.parse) else {
      throw FieldProblem(
        field, .badValue, "expected an RFC 3339 time such as 2026-01-31T12:00:00.250Z, found \"\(reader.text(field, limit: 40))\"")
    }
    return time
  }

  /// A number from 0 on.
  func number(_ field: EventField) throws(FieldProblem) -> Double? {
    switch reader.kind(field) {
    case .absent, .null: return nil
    case .integer, .number: break
    default: throw wrongKind(field, "a number")
    }
    let value = reader.number(field)
    guard value >= 0, value <= 1e18 else {
      throw FieldProblem(field, .badValue, "expected a number from 0 to 1e18, found \(value)")
    }
    return value
  }

  /// A whole number from 0 on.
  func amount(_ field: EventField) throws(FieldProblem) -> Double? {
    guard let value = try number(field) else { return nil }
    guard value == value.rounded(.towardZero), value <= limits.amount else {
      throw FieldProblem(field, .badValue, "expected a whole number up to \(limits.amount), found \(value)")
    }
    return value
  }

  func wrongKind(_ field: EventField, _ expected: String) -> FieldProblem {
    switch reader.kind(field) {
    case .absent, .null: FieldProblem(field, .missing, "expected \(expected)")
    case .bool: FieldProblem(field, .wrongType, "expected \(expected), found a boolean")
    case .integer, .number: FieldProblem(field, .wrongType, "expected \(expected), found a number")
    case .string: FieldProblem(field, .wrongType, "expected \(expected), found a string")
    case .array: FieldProblem(field, .wrongType, "expected \(expected), found an array")
    case .object: FieldProblem(field, .wrongType, "expected \(expected), found an object")
    }
  }

  func notOneOf(_ field: EventField, _ allowed: [String], _ found: String) -> FieldProblem {
    FieldProblem(field, .badValue, "expected one of \(allowed.joined(separator: ", ")), found \"\(found)\"")
  }
}
