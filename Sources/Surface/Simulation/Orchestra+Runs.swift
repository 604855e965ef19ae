import SeriesModel

/// One attempt at a run of a workflow, from its start to its end.
struct SimulatedRun: Sendable {
  enum Fate: Sendable { case success, failure, cancellation }

  var workflow: Int
  /// Of the run; its attempts share it.
  var number: Int
  var attempt = 1
  var trigger: String
  var fate: Fate
  var startedAt: Int64
  /// What is left of it, without approval.
  var workLeft: Int64
  var stepsLeft: Int
  var approval = Approval.none
  var agent: AgentTurn?
  var costUSD = 0.0

  enum Approval: Sendable {
    case none
    /// Asked for when so many steps are left; decided that much later.
    case planned(stepsLeft: Int, wait: Int64)
    case waiting(since: Int64)
  }
}

/// An agent at work on a step.
struct AgentTurn: Sendable {
  var agent: Int
  /// Of the agent's run; its attempts share it.
  var number: Int
  var attempt = 1
  var startedAt: Int64
  var fails: Bool
}

/// Runs under way, and what decides on their fates.
struct RunBook: Sendable {
  private(set) var slots: [SimulatedRun?] = []
  private var free: [Int] = []
  var waiting = 0
  var workflowNumber = 0
  var agentNumber = 0
  var deck = DealtDeck(count: 1)
  var failures = Quota(1, of: 400)
  var cancellations = Quota(1, of: 80)
  var slowRuns = Quota(1, of: 50)
  var agentFailures = Quota(1, of: 125)
  var rejections = Quota(1, of: 12)
  /// Of the workflow that fails.
  var troubledFailures = Quota(2, of: 5)

  /// An orchestrator that waits for that many decisions starts no more runs that need one.
  static let waitingLimit = 80

  subscript(slot: Int) -> SimulatedRun {
    get { slots[slot]! }
    set { slots[slot] = newValue }
  }

  mutating func add(_ run: SimulatedRun) -> Int {
    if let slot = free.popLast() {
      slots[slot] = run
      return slot
    }
    slots.append(run)
    return slots.count - 1
  }

  mutating func remove(_ slot: Int) {
    slots[slot] = nil
    free.append(slot)
  }
}

/// Deals everybody once before it shuffles again.
struct DealtDeck: Sendable {
  private var cards: [Int]
  private var dealt = 0

  init(count: Int) {
    cards = Array(0..<count)
    dealt = count
  }

  mutating func deal(_ chance: inout Chance) -> Int {
    if dealt == cards.count {
      cards.shuffle(using: &chance)
      dealt = 0
    }
    dealt += 1
    return cards[dealt - 1]
  }
}

extension Orchestra {
  mutating func startRun(of index: Int, at time: Int64) {
    let workflow = Roster.workflows[index]
    let pressure = workflow.followsTheDay ? Roster.wave(time, swing: 0.25) : 1
    let gap = workflow.gapMilliseconds / pressure * chance.between(0.7, 1.3)
    agenda.add(.start(workflow: index), at: Self.even(time + max(1_000, Int64(gap))))
    if workflow.needsApproval, runs.waiting >= RunBook.waitingLimit { return }
    runs.workflowNumber += 1
    let trigger = chance.below(5) == 0 ? workflow.triggers.other : workflow.triggers.usual
    let run = newAttempt(index, number: runs.workflowNumber, attempt: 1, trigger, at: time)
    beginRun(runs.add(run), at: time)
  }

  mutating func beginRun(_ slot: Int, at time: Int64) {
    runs[slot].startedAt = time
    writer.begin("workflow.run.started", .workflows, at: time)
    tell(workflowRun: runs[slot])
    writer.text("trigger", runs[slot].trigger)
    writer.end()
    agenda.add(.advance(run: slot), at: Self.even(time + chance.milliseconds(20...120)))
  }

  mutating func advanceRun(_ slot: Int, at time: Int64) {
    if runs[slot].agent != nil, !endTurn(slot, at: time) { return }
    let run = runs[slot]
    if run.stepsLeft == 0 { return endRun(slot, at: time) }
    if case .planned(run.stepsLeft, let planned) = run.approval {
      // Who has a long list decides faster, so that an orderly one never gets to 20.
      let wait = runs.waiting < Self.longList ? planned : min(planned, chance.milliseconds(2_000...5_000))
      runs[slot].approval = .waiting(since: time)
      runs.waiting += 1
      writer.begin("workflow.run.waiting_approval", .workflows, at: time)
      tell(workflowRun: run)
      writer.end()
      return agenda.add(.decide(run: slot), at: Self.even(time + wait))
    }
    startTurn(slot, at: time)
  }

  mutating func decide(_ slot: Int, at time: Int64) {
    if isTroubled(.approvalJam, at: time) {
      return agenda.add(.decide(run: slot), at: Self.even(time + chance.milliseconds(15_000...40_000)))
    }
    guard case .waiting(let since) = runs[slot].approval else { preconditionFailure("run \(slot) waits for nothing") }
    runs[slot].approval = .none
    runs.waiting -= 1
    let isRejected = runs.rejections.next(&chance)
    writer.begin(isRejected ? "workflow.run.rejected" : "workflow.run.approved", .workflows, at: time)
    tell(workflowRun: runs[slot])
    writer.text("approver", Self.approvers[chance.below(Self.approvers.count)])
    writer.seconds("duration_seconds", milliseconds: time - since)
    writer.end()
    if isRejected {
      runs[slot].fate = .cancellation
      endRun(slot, at: Self.even(time))
    } else {
      agenda.add(.advance(run: slot), at: Self.even(time + chance.milliseconds(20...120)))
    }
  }
}

private extension Orchestra {
  static let longList = 12
  static let approvers = ["duty-1", "duty-2", "duty-3", "finance-lead", "legal-desk"]
  static let agentErrors = ["timeout", "rate_limited", "tool_error", "invalid_output"]
  static let troubledError = "upstream_unavailable"
  /// What the step that fails in ``Scenario/failingWorkflow`` calls.
  static let callers = Roster.agents.indices.filter { Roster.agents[$0].type == "api" }

  mutating func newAttempt(_ index: Int, number: Int, attempt: Int, _ trigger: String, at time: Int64) -> SimulatedRun {
    let workflow = Roster.workflows[index]
    let isTroubled = index == Roster.busiestWorkflow && isTroubled(.failingWorkflow, at: time)
    let fails = isTroubled ? runs.troubledFailures.next(&chance) : runs.failures.next(&chance)
    let isCancelled = runs.cancellations.next(&chance)
    let isSlow = runs.slowRuns.next(&chance)
    var work = Int64(workflow.durationMilliseconds * chance.between(0.7, 1.3))
    if isSlow { work = chance.milliseconds(125_000...210_000) }
    var run = SimulatedRun(
      workflow: index, number: number, attempt: attempt, trigger: trigger,
      fate: fails ? .failure : isCancelled ? .cancellation : .success, startedAt: time, workLeft: work, stepsLeft: workflow.steps)
    if workflow.needsApproval {
      // More than half of what the run takes is waiting.
      let wait = Int64(Double(work) * chance.between(0.5, 0.7))
      run.workLeft -= wait
      run.approval = .planned(stepsLeft: 2, wait: wait)
    }
    return run
  }

  mutating func startTurn(_ slot: Int, at time: Int64) {
    let run = runs[slot]
    let isLast = run.stepsLeft == 1
    let fails = isLast && run.fate == .failure
    let isTroubled = fails && run.workflow == Roster.busiestWorkflow && isTroubled(.failingWorkflow, at: time)
    let agent = isTroubled ? chance.pick(Self.callers) : runs.deck.deal(&chance)
    let even = Double(run.workLeft) / Double(run.stepsLeft)
    let part = isLast ? run.workLeft : Int64(even * chance.between(0.6, 1.4))
    runs[slot].workLeft -= part
    runs.agentNumber += 1
    let turn = AgentTurn(
      agent: agent, number: runs.agentNumber, startedAt: time, fails: !fails && runs.agentFailures.next(&chance))
    runs[slot].agent = turn
    tellStart(turn, of: run, at: time)
    agenda.add(.advance(run: slot), at: Self.even(time + max(50, part)))
  }

  /// `false`: it failed, and is at it again.
  mutating func endTurn(_ slot: Int, at time: Int64) -> Bool {
    let run = runs[slot]
    var turn = run.agent!
    let isFatal = run.fate == .failure && run.stepsLeft == 1
    runs[slot].costUSD += tellEnd(turn, of: run, failed: turn.fails || isFatal, at: time)
    guard turn.fails else {
      runs[slot].agent = nil
      runs[slot].stepsLeft -= 1
      return true
    }
    turn.attempt += 1
    turn.startedAt = time
    turn.fails = false
    runs[slot].agent = turn
    writer.begin("agent.run.retried", .agents, at: time)
    tell(turn)
    writer.end()
    tellStart(turn, of: run, at: time)
    agenda.add(.advance(run: slot), at: Self.even(time + chance.milliseconds(200...4_000)))
    return false
  }

  mutating func endRun(_ slot: Int, at time: Int64) {
    let run = runs[slot]
    runs.remove(slot)
    let type: String =
      switch run.fate {
      case .success: "workflow.run.completed"
      case .failure: "workflow.run.failed"
      case .cancellation: "workflow.run.cancelled"
      }
    writer.begin(type, .workflows, at: time)
    tell(workflowRun: run)
    writer.text("trigger", run.trigger)
    writer.seconds("duration_seconds", milliseconds: time - run.startedAt)
    if run.fate == .failure { writer.text("error_type", "step_failed") }
    if run.costUSD > 0 { writer.usd("cost_usd", run.costUSD) }
    writer.end()
    if run.fate == .failure, run.attempt == 1, chance.below(2) == 0 { retry(run, at: time) }
  }

  /// The run is pending until its second attempt starts.
  mutating func retry(_ run: SimulatedRun, at time: Int64) {
    let again = newAttempt(run.workflow, number: run.number, attempt: run.attempt + 1, run.trigger, at: time)
    writer.begin("workflow.run.retried", .workflows, at: time)
    tell(workflowRun: again)
    writer.end()
    agenda.add(.restart(run: runs.add(again)), at: Self.even(time + chance.milliseconds(2_000...8_000)))
  }
}

// MARK: Telling

private extension Orchestra {
  mutating func tell(workflowRun run: SimulatedRun) {
    writer.runID("run_id", "-w", run.number)
    if run.attempt > 1 { writer.whole("attempt", run.attempt) }
    writer.text("workflow", Roster.workflows[run.workflow].name)
  }

  mutating func tell(_ turn: AgentTurn) {
    let agent = Roster.agents[turn.agent]
    writer.runID("run_id", "-a", turn.number)
    if turn.attempt > 1 { writer.whole("attempt", turn.attempt) }
    writer.text("agent", agent.name)
    writer.text("type", agent.type)
    writer.text("action", agent.action)
    writer.text("tier", agent.tier)
    if let model = agent.model { writer.text("model", model) }
  }

  mutating func tellStart(_ turn: AgentTurn, of run: SimulatedRun, at time: Int64) {
    guard pace.tellsAgentStarts else { return }
    writer.begin("agent.run.started", .agents, at: time)
    tell(turn)
    writer.runID("workflow_run_id", "-w", run.number)
    writer.end()
  }

  /// - Returns: what it cost.
  mutating func tellEnd(_ turn: AgentTurn, of run: SimulatedRun, failed: Bool, at time: Int64) -> Double {
    let isFatal = failed && !turn.fails
    let isTroubled = isFatal && run.workflow == Roster.busiestWorkflow && isTroubled(.failingWorkflow, at: time)
    writer.begin(failed ? "agent.run.failed" : "agent.run.completed", .agents, at: time)
    tell(turn)
    writer.runID("workflow_run_id", "-w", run.number)
    writer.seconds("duration_seconds", milliseconds: time - turn.startedAt)
    if failed {
      writer.text("error_type", isTroubled ? Self.troubledError : Self.agentErrors[chance.below(Self.agentErrors.count)])
    }
    defer { writer.end() }
    guard Roster.agents[turn.agent].model != nil else { return 0 }
    let (input, output) = (200 + chance.below(3_800), 50 + chance.below(850))
    let cost = Double(input) * 3e-6 + Double(output) * 15e-6
    writer.whole("input_tokens", input)
    writer.whole("output_tokens", output)
    writer.usd("cost_usd", cost)
    return cost
  }
}
