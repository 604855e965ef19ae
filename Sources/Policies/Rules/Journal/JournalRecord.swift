import SeriesModel

/// A rule of a group as the journal knows it: of several with one key the `ordinal`th.
struct RuleSlot: Hashable, Sendable {
  var key: RuleKey
  var ordinal: Int

  /// Of each rule, in order.
  static func of(_ rules: [CompiledRule]) -> [RuleSlot] {
    var seen: [RuleKey: Int] = [:]
    return rules.map { rule in
      defer { seen[rule.key, default: 0] += 1 }
      return RuleSlot(key: rule.key, ordinal: seen[rule.key, default: 0])
    }
  }
}

/// What happened to an alert; `nil`: it is forgotten.
struct AlertChange: Sendable {
  var rule: RuleSlot
  var labels: LabelSet
  var alert: ActiveAlert?
}

/// One record of the journal.
///
/// - Shape: a byte for the kind; of a pass the group's file and name, the time, and per change the rule (name, labels, ordinal),
///   the alert's labels, and
///   a byte for its state (0: forgotten) with its times, value and annotations.
enum JournalRecord: Sendable {
  case pass(GroupID, at: Timestamp, [AlertChange])
  /// What follows, up to the end, is everything that is known.
  case snapshotBegin
  case snapshotEnd

  func encoded() -> [UInt8] {
    var out = RecordWriter()
    switch self {
    case .snapshotBegin: out.unsigned(2)
    case .snapshotEnd: out.unsigned(3)
    case .pass(let group, let time, let changes):
      out.unsigned(1)
      out.text(group.file)
      out.text(group.name)
      out.time(time)
      for change in changes { out.write(change) }
    }
    return out.bytes
  }

  init(_ bytes: [UInt8]) throws(RecordError) {
    var input = RecordReader(bytes)
    switch try input.unsigned() {
    case 1:
      let group = GroupID(file: try input.text(), name: try input.text())
      let time = try input.time()
      var changes: [AlertChange] = []
      while !input.isAtEnd { changes.append(try input.change()) }
      self = .pass(group, at: time, changes)
    case 2: self = .snapshotBegin
    case 3: self = .snapshotEnd
    default: throw RecordError(expected: "a record of kind 1, 2 or 3", offset: 0)
    }
  }
}

extension RecordWriter {
  fileprivate mutating func write(_ change: AlertChange) {
    text(change.rule.key.name)
    count(change.rule.key.labels.count)
    for label in change.rule.key.labels {
      text(label.name)
      text(label.value)
    }
    unsigned(UInt64(change.rule.ordinal))
    labels(change.labels)
    guard let alert = change.alert else { return unsigned(0) }
    write(alert.state)
    number(alert.value)
    count(alert.annotations.count)
    for (name, value) in alert.annotations.sorted(by: { $0.key < $1.key }) {
      text(name)
      text(value)
    }
  }

  private mutating func write(_ state: AlertState) {
    switch state {
    case .pending(let activeAt):
      unsigned(1)
      time(activeAt)
    case .firing(let activeAt, let firedAt, nil):
      unsigned(2)
      time(activeAt)
      time(firedAt)
    case .firing(let activeAt, let firedAt, let missingSince?):
      unsigned(3)
      time(activeAt)
      time(firedAt)
      time(missingSince)
    case .resolved(let activeAt, let firedAt, let resolvedAt):
      unsigned(4)
      time(activeAt)
      time(firedAt)
      time(resolvedAt)
    }
  }
}

extension RecordReader {
  fileprivate mutating func change() throws(RecordError) -> AlertChange {
    let name = try text()
    var ruleLabels: [Label] = []
    for _ in 0..<(try count()) { ruleLabels.append(Label(try text(), try text())) }
    let slot = RuleSlot(key: RuleKey(alert: name, labels: ruleLabels), ordinal: Int(try unsigned() & 0xffff_ffff))
    let labels = try labels()
    guard let state = try state() else { return AlertChange(rule: slot, labels: labels) }
    let value = try number()
    var annotations: [String: String] = [:]
    for _ in 0..<(try count()) {
      let name = try text()
      annotations[name] = try text()
    }
    return AlertChange(
      rule: slot, labels: labels, alert: ActiveAlert(labels: labels, state: state, value: value, annotations: annotations))
  }

  private mutating func state() throws(RecordError) -> AlertState? {
    switch try unsigned() {
    case 0: return nil
    case 1: return .pending(activeAt: try time())
    case 2: return .firing(activeAt: try time(), firedAt: try time(), missingSince: nil)
    case 3: return .firing(activeAt: try time(), firedAt: try time(), missingSince: try time())
    case 4: return .resolved(activeAt: try time(), firedAt: try time(), resolvedAt: try time())
    default: throw RecordError(expected: "a state between 0 and 4", offset: offset)
    }
  }
}
