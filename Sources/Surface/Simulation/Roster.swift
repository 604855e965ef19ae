/// Who there is: 200 workflows, 928 agents in four tiers, 64 queues. The same for every seed.
enum Roster {
  struct Workflow: Sendable {
    var name: String
    /// The usual one, and the one of every fifth run.
    var triggers: (usual: String, other: String)
    var steps: Int
    var needsApproval: Bool
    /// Between two starts, on average.
    var gapMilliseconds: Double
    /// Between the busiest and the quietest hour.
    var followsTheDay: Bool
    var durationMilliseconds: Double
  }

  struct Agent: Sendable {
    var name: String
    var type: String
    var action: String
    var tier: String
    /// Of agents that talk to one.
    var model: String?
  }

  struct Tier: Sendable {
    var name: String
    var capacity: Int
    var bytesPerAgent: Double
  }

  /// The messages of one priority in a queue.
  struct Lane: Sendable {
    var queue: String
    var priority: String
    /// Whether it speaks for the whole queue.
    var isFirst: Bool
    var perSecond: Double
    /// Of the queue.
    var capacity: Int
    var consumers: Int
  }

  static let tiers = [
    Tier(name: "planner", capacity: 16, bytesPerAgent: 640e6),
    Tier(name: "coordinator", capacity: 64, bytesPerAgent: 320e6),
    Tier(name: "specialist", capacity: 248, bytesPerAgent: 210e6),
    Tier(name: "worker", capacity: 600, bytesPerAgent: 90e6),
  ]

  /// Of all queues together, at an average hour.
  static let messagesPerSecond = 9_000.0
  /// Runs of all workflows but the busiest.
  static let runsPerMinute = 19.0
  /// The one that fails in ``Scenario/failingWorkflow``: a run every 12 s at any hour, so that 25 end within five minutes.
  static let busiestWorkflow = 0
  static let busiestGapMilliseconds = 12_000.0
  /// The ones of ``Scenario/queueOverload``. Each has one lane.
  static let floodedLane = 0
  static let desertedLane = 1

  static let workflows: [Workflow] = {
    let fields = [
      "invoice", "claim", "ticket", "contract", "catalogue", "shipment", "fraud", "hiring", "research", "incident", "campaign",
      "refund", "supplier", "dataset", "translation", "report", "inventory", "policy", "survey", "release",
    ]
    let kinds = ["matching", "triage", "review", "enrichment", "summary", "routing", "audit", "forecast", "publishing", "cleanup"]
    let triggers = ["schedule", "webhook", "event", "manual"]
    let count = fields.count * kinds.count
    let weights = (0..<count).map { $0 == busiestWorkflow ? 0 : 1 / Double($0 + 10) }
    let total = weights.reduce(0, +)
    return (0..<count).map { i in
      let needsApproval = i % 5 == 2
      return Workflow(
        name: "\(fields[i % fields.count])-\(kinds[i / fields.count])",
        triggers: (triggers[i % 4], triggers[(i + 1 + i / 4 % 3) % 4]),
        // 933 in all: the first run of every workflow employs every agent.
        steps: i % 3 == 0 ? 4 : 5,
        needsApproval: needsApproval,
        gapMilliseconds: i == busiestWorkflow ? busiestGapMilliseconds : 60_000 / (runsPerMinute * weights[i] / total),
        followsTheDay: i != busiestWorkflow,
        durationMilliseconds: needsApproval ? 80_000 : 5_000 + 1_000 * Double(i * 37 % 45))
    }
  }()

  static let agents: [Agent] = {
    let roles: [(role: String, type: String, action: String)] = [
      ("researcher", "llm", "search"), ("writer", "llm", "draft"), ("router", "rule", "route"), ("fetcher", "api", "fetch"),
      ("indexer", "script", "index"), ("reviewer", "llm", "review"), ("validator", "rule", "validate"),
      ("parser", "script", "parse"),
      ("executor", "action", "execute"), ("summarizer", "llm", "summarize"), ("connector", "api", "call"),
      ("transformer", "script", "transform"), ("classifier", "llm", "classify"),
    ]
    let models = ["atlas-large", "atlas-small", "finch-2", "heron-mini"]
    var agents: [Agent] = []
    for tier in tiers {
      for _ in 0..<tier.capacity {
        let n = agents.count
        let role = roles[n % roles.count]
        let number = String(n / roles.count + 1)
        agents.append(
          Agent(
            name: "\(role.role)-" + String(repeating: "0", count: max(0, 2 - number.utf8.count)) + number, type: role.type,
            action: role.action, tier: tier.name, model: role.type == "llm" ? models[n % models.count] : nil))
      }
    }
    return agents
  }()

  static let lanes: [Lane] = {
    let stages = ["ingest", "plan", "reason", "tools", "review", "notify", "index", "archive"]
    let subjects = ["documents", "tickets", "orders", "events", "images", "transcripts", "contracts", "metrics"]
    // The deserted one is full within seconds, and drops from then on.
    let capacities = [20_000, 8_000]
    var lanes: [Lane] = []
    for q in 0..<stages.count * subjects.count {
      // The two queues that may get into trouble first, then those with several priorities.
      let priorities = (2..<6).contains(q) ? ["high", "normal", "low"] : (6..<18).contains(q) ? ["high", "normal"] : ["normal"]
      for (k, priority) in priorities.enumerated() {
        lanes.append(
          Lane(
            queue: "\(stages[q % stages.count])-\(subjects[q / stages.count])", priority: priority, isFirst: k == 0, perSecond: 0,
            capacity: q < capacities.count ? capacities[q] : 2_000 + q % 5 * 2_000, consumers: 4 + q * 7 % 13))
      }
    }
    let weights = lanes.indices.map { 1 / Double($0 + 7) }
    let total = weights.reduce(0, +)
    for i in lanes.indices { lanes[i].perSecond = messagesPerSecond * weights[i] / total }
    return lanes
  }()

  /// Around 1 over a day, highest in the afternoon (UTC); `swing` 0.25 means from 0.75 to 1.25.
  static func wave(_ milliseconds: Int64, swing: Double) -> Double {
    let day = Int64(86_400_000)
    let shifted = (milliseconds - 9 * 3_600_000) % day
    // A parabola for each half of the day: close to a sine, and equal on every machine.
    let x = Double(shifted < 0 ? shifted + day : shifted) / Double(day) * 2
    let y = x < 1 ? 4 * x * (1 - x) : -4 * (x - 1) * (2 - x)
    return 1 + swing * y
  }
}
