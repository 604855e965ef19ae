import Orchestration
import SeriesModel

extension RunUpdate {
  func encode(into out: inout ByteWriter) {
    out.byte(kind.rawValue)
    out.text(run.id)
    out.unsigned(UInt64(run.attempt))
    out.time(updatedAt)
    switch state {
    case nil: out.byte(0)
    case .active(let phase): out.byte(1 + phase.rawValue)
    case .ended(let status): out.byte(16 + status.rawValue)
    }
    for text in [name, trigger, agentType, action, errorType, approver, workflowRun, tier, model] {
      out.optional(text) { $0.text($1) }
    }
    for time in [startedAt, endedAt, waitingSince] { out.optional(time) { $0.time($1) } }
    for number in [seconds, costUSD, inputTokens, outputTokens] { out.optional(number) { $0.number($1) } }
  }

  init(from reader: inout ByteReader) throws(CodingError) {
    guard let kind = Kind(rawValue: try reader.byte()) else {
      throw CodingError(expected: "a kind of run", offset: reader.offset - 1)
    }
    let id = try reader.text()
    let run = RunKey(id, attempt: UInt32(truncatingIfNeeded: try reader.unsigned()))
    self.init(kind: kind, run: run, updatedAt: try reader.time())
    let code = try reader.byte()
    if code >= 16 {
      guard let status = RunStatus(rawValue: code - 16) else {
        throw CodingError(expected: "a run's state", offset: reader.offset - 1)
      }
      state = .ended(status)
    } else if code > 0 {
      guard let phase = WorkflowPhase(rawValue: code - 1) else {
        throw CodingError(expected: "a run's state", offset: reader.offset - 1)
      }
      state = .active(phase)
    }
    for path in Self.texts { self[keyPath: path] = try reader.optional { reader throws(CodingError) in try reader.text() } }
    for path in Self.times { self[keyPath: path] = try reader.optional { reader throws(CodingError) in try reader.time() } }
    for path in Self.numbers { self[keyPath: path] = try reader.optional { reader throws(CodingError) in try reader.number() } }
  }

  // In the order of encoding.
  private static var texts: [WritableKeyPath<RunUpdate, String?>] {
    [\.name, \.trigger, \.agentType, \.action, \.errorType, \.approver, \.workflowRun, \.tier, \.model]
  }
  private static var times: [WritableKeyPath<RunUpdate, Timestamp?>] { [\.startedAt, \.endedAt, \.waitingSince] }
  private static var numbers: [WritableKeyPath<RunUpdate, Double?>] { [\.seconds, \.costUSD, \.inputTokens, \.outputTokens] }
}
