import CAllocationCount
import PromQLSyntax

/// How long it takes to read expressions of about 200 characters.
enum ParseBench {
  /// Of rules and dashboards as people write them.
  private static let expressions = [
    "rate and error ratio":
      #"sum by (workflow, orchestrator) (rate(workflow_runs_total{outcome="failed",orchestrator="default"}[5m])) / on (workflow, orchestrator) group_left () sum by (workflow, orchestrator) (rate(workflow_runs_total[5m])) > 0.05"#,
    "with patterns":
      #"histogram_quantile(0.95, sum by (le, agent) (rate(agent_run_duration_seconds_bucket{agent=~"planner-.*|worker-.*",type!~"script|api"}[10m]))) > 30 and on (agent) agent_runs_active{state="working"} > 2"#,
    "with a pattern that stays one":
      #"max_over_time(sum by (queue) (queue_depth{queue=~"q-[0-9]+(-eu)?",priority=~"high|normal"})[30m:1m]) > 2 * avg_over_time(sum by (queue) (queue_depth{queue!=""})[1d:5m] offset 1h) unless on (queue) queue_paused"#,
  ]

  static func run() throws {
    print("expression                      characters  allocations  us/parse")
    for (name, text) in expressions.sorted(by: { $0.key < $1.key }) {
      var times: [Double] = []
      var blocks = 0.0
      for _ in 0..<15 {
        let count = 2000
        let before = (ThreadClock.nanoseconds(), allocations_of_this_thread().blocks)
        for _ in 0..<count { _ = try Expr.parse(text) }
        times.append((ThreadClock.nanoseconds() - before.0) / Double(count) / 1000)
        blocks = Double(allocations_of_this_thread().blocks - before.1) / Double(count)
      }
      times.sort()
      let median = (times[times.count / 2] * 100).rounded() / 100
      let padded = name + String(repeating: " ", count: max(0, 34 - name.count))
      print("\(padded)\(text.utf8.count)          \(Int(blocks.rounded()))      \(median)")
    }
  }
}
