import Catalogue
import SeriesModel
import Testing

@testable import Ingest

/// What events become in the families of the catalogue.
struct CountingTests {
  @Test func `a workflow is born with all its outcomes at zero`() throws {
    let bench = try EventBench()
    bench.send([EventText.started("r")])
    for status in LabelValues.runStatus {
      #expect(
        bench.registry.value(
          Families.workflowRunsTotal, ["workflow": "triage", "trigger": "cron", "status": status, "orchestrator": "default"]) == 0)
      #expect(
        bench.registry.value(Families.workflowDurationSeconds, ["workflow": "triage", "status": status, "orchestrator": "default"])
          == 0)
    }
    #expect(
      bench.registry.value(Families.workflowsActive, ["workflow": "triage", "state": "running", "orchestrator": "default"]) == 1)
    #expect(
      bench.registry.value(Families.workflowsActive, ["workflow": "triage", "state": "pending", "orchestrator": "default"]) == 0)
    #expect(bench.registry.value(Families.workflowRetriesTotal, ["workflow": "triage", "orchestrator": "default"]) == 0)
    #expect(bench.registry.value(Families.workflowApprovalWaitSeconds, ["workflow": "triage", "orchestrator": "default"]) == 0)
    #expect(bench.registry.value(Families.tasksProcessedTotal, ["status": "failed", "orchestrator": "default"]) == 0)
  }

  @Test func `a whole workflow run`() throws {
    let bench = try EventBench()
    bench.time.advance(by: .minutes(5))
    bench.send([
      EventText.started("r"),
      EventText.event("workflow.run.waiting_approval", id: "w", at: 10, #"{"run_id":"r","workflow":"triage"}"#),
      EventText.event("workflow.run.approved", id: "a", at: 100, #"{"run_id":"r","workflow":"triage","approver":"ann"}"#),
      EventText.event("workflow.run.failed", id: "f", at: 120, subject: "r", #"{"cost_usd":0.75,"error_type":"timeout"}"#),
    ])
    #expect(
      bench.registry.value(
        Families.workflowRunsTotal, ["workflow": "triage", "trigger": "cron", "status": "failed", "orchestrator": "default"]) == 1)
    #expect(
      bench.registry.sum(Families.workflowDurationSeconds, ["workflow": "triage", "status": "failed", "orchestrator": "default"])
        == 120)
    #expect(bench.registry.sum(Families.workflowApprovalWaitSeconds, ["workflow": "triage", "orchestrator": "default"]) == 90)
    #expect(bench.registry.value(Families.workflowCostUSDTotal, ["workflow": "triage", "orchestrator": "default"]) == 0.75)
    #expect(
      bench.registry.value(Families.workflowsActive, ["workflow": "triage", "state": "running", "orchestrator": "default"]) == 0)
    #expect(
      bench.registry.value(Families.sourceLastEventTimestampSeconds, ["source": "/hub", "orchestrator": "default"]) == EventText
        .start.seconds + 120)
  }

  @Test func `a whole agent run`() throws {
    let bench = try EventBench()
    bench.send([
      EventText.event("agent.run.started", id: "1", #"{"run_id":"a","agent":"coder","type":"llm","action":"edit","model":"m1"}"#),
      EventText.event("agent.run.retried", id: "2", at: 1, #"{"run_id":"a","agent":"coder"}"#),
      EventText.event(
        "agent.run.failed", id: "3", at: 2,
        #"{"run_id":"a","error_type":"rate_limit","input_tokens":100,"output_tokens":7,"cost_usd":0.5}"#),
    ])
    let labels: KeyValuePairs = ["agent": "coder", "type": "llm", "status": "failed", "orchestrator": "default"]
    #expect(bench.registry.value(Families.agentRunsTotal, labels) == 1)
    #expect(bench.registry.sum(Families.agentDurationSeconds, ["agent": "coder", "orchestrator": "default"]) == 2)
    #expect(
      bench.registry.value(
        Families.agentErrorsTotal, ["agent": "coder", "type": "llm", "error_type": "rate_limit", "orchestrator": "default"]) == 1)
    #expect(bench.registry.value(Families.agentRetriesTotal, ["agent": "coder", "orchestrator": "default"]) == 1)
    #expect(
      bench.registry.value(
        Families.agentTokensTotal, ["agent": "coder", "model": "m1", "direction": "input", "orchestrator": "default"]) == 100)
    #expect(bench.registry.value(Families.agentCostUSDTotal, ["agent": "coder", "model": "m1", "orchestrator": "default"]) == 0.5)
  }

  @Test func `tiers, queues, tasks and messages`() throws {
    let bench = try EventBench()
    bench.send([
      EventText.event("agent.started", id: "1", #"{"tier":"gold","startup_seconds":0.05}"#),
      EventText.event("agents.sampled", id: "2", at: 1, #"{"tier":"gold","active":40,"capacity":64,"memory_bytes":1e9}"#),
      EventText.event("agent.stopped", id: "3", at: 2, #"{"tier":"gold"}"#),
      EventText.event(
        "queue.sampled", id: "4",
        #"{"queue":"q","priority":"high","depth":5,"in_flight":2,"capacity":100,"consumers":3,"oldest_message_age_seconds":9}"#),
      EventText.event("queue.enqueued", id: "5", at: 1, subject: "q", #"{"priority":"high","count":4}"#),
      EventText.event("queue.dropped", id: "6", at: 1, #"{"queue":"q","reason":"full"}"#),
      EventText.event("task.failed", id: "7", #"{"count":3,"duration_seconds":2}"#),
      EventText.event(
        "messages.observed", id: "8", #"{"count":10,"bytes":2048,"dropped":1,"reason":"slow","direction":"received"}"#),
    ])
    let registry = bench.registry!
    #expect(registry.value(Families.agentsActive, ["tier": "gold", "orchestrator": "default"]) == 39)
    #expect(registry.value(Families.agentsCapacity, ["tier": "gold", "orchestrator": "default"]) == 64)
    #expect(registry.value(Families.agentMemoryBytes, ["tier": "gold", "orchestrator": "default"]) == 1e9)
    #expect(registry.value(Families.agentsStartedTotal, ["tier": "gold", "orchestrator": "default"]) == 1)
    #expect(registry.sum(Families.agentStartupDurationSeconds, ["tier": "gold", "orchestrator": "default"]) == 0.05)
    #expect(registry.value(Families.queueDepth, ["queue": "q", "priority": "high", "orchestrator": "default"]) == 9)
    #expect(registry.value(Families.queueInFlight, ["queue": "q", "orchestrator": "default"]) == 2)
    #expect(registry.value(Families.queueCapacity, ["queue": "q", "orchestrator": "default"]) == 100)
    #expect(registry.value(Families.queueConsumers, ["queue": "q", "orchestrator": "default"]) == 3)
    #expect(registry.value(Families.queueOldestMessageAgeSeconds, ["queue": "q", "orchestrator": "default"]) == 9)
    #expect(registry.value(Families.queueMessagesEnqueuedTotal, ["queue": "q", "orchestrator": "default"]) == 4)
    #expect(registry.value(Families.queueMessagesDequeuedTotal, ["queue": "q", "orchestrator": "default"]) == 0)
    #expect(registry.value(Families.queueMessagesDroppedTotal, ["queue": "q", "reason": "full", "orchestrator": "default"]) == 1)
    #expect(registry.value(Families.tasksProcessedTotal, ["status": "failed", "orchestrator": "default"]) == 3)
    #expect(registry.value(Families.taskDurationSeconds, ["orchestrator": "default"]) == 3)
    #expect(registry.sum(Families.taskDurationSeconds, ["orchestrator": "default"]) == 6)
    #expect(registry.value(Families.agentMessagesTotal, ["orchestrator": "default"]) == 10)
    #expect(registry.value(Families.agentMessagesDroppedTotal, ["reason": "slow", "orchestrator": "default"]) == 1)
    #expect(registry.value(Families.agentMessageBytesTotal, ["direction": "received", "orchestrator": "default"]) == 2048)
  }

  @Test func `sources belong to orchestrators, and each has runs of its own`() throws {
    let bench = try EventBench { $0.orchestrators = try! OrchestratorMap(["/hub/*": "hub", "/hub/west": "west"]) }
    for (id, source) in [("1", "/hub/east"), ("2", "/hub/west"), ("3", "/elsewhere")] {
      bench.send([EventText.event("workflow.run.started", id: id, source: source, #"{"run_id":"r","workflow":"w","trigger":"t"}"#)])
    }
    for orchestrator in ["hub", "west", "default"] {
      #expect(
        bench.registry.value(Families.workflowsActive, ["workflow": "w", "state": "running", "orchestrator": orchestrator]) == 1)
    }
    #expect(throws: OrchestratorMapError.tooMany(65)) {
      try OrchestratorMap(Dictionary(uniqueKeysWithValues: (0..<64).map { ("s\($0)", "o\($0)") }))
    }
  }

  @Test func `an event counts once, however often and in whatever company it comes`() throws {
    let bench = try EventBench()
    #expect(bench.send([EventText.task(1), EventText.task(1)]).text.hasPrefix(#"{"accepted":1,"duplicates":1"#))
    // The sender's clock does not make another event of it.
    #expect(bench.send([EventText.task(1, at: 5)]).text.hasPrefix(#"{"accepted":0,"duplicates":1"#))
    // Another source's id is another event.
    #expect(bench.send([EventText.event("task.completed", id: "t-1", source: "/other", "{}")]).text.hasPrefix(#"{"accepted":1"#))
    #expect(bench.registry.value(Families.tasksProcessedTotal, ["status": "success", "orchestrator": "default"]) == 2)
    #expect(bench.registry.value(Families.tidemarkEventsTotal, ["type": "tidemark.task.completed", "result": "duplicate"]) == 2)
  }

  @Test func `a lost run is counted when time has passed`() throws {
    let bench = try EventBench { $0.policy.workflowMaximumAge = .minutes(10) }
    bench.send([EventText.started("r")])
    bench.pump(after: .minutes(11))
    #expect(
      bench.registry.value(
        Families.workflowRunsTotal, ["workflow": "triage", "trigger": "cron", "status": "lost", "orchestrator": "default"]) == 1)
  }
}
