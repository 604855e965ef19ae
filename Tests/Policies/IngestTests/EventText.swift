import SeriesModel

/// JSON of events.
enum EventText {
  static let start = Timestamp(milliseconds: 1_790_000_000_000)

  static func event(
    _ type: String, id: String, at seconds: Double = 0, source: String = "/hub", subject: String? = nil, _ data: String
  ) -> String {
    let time = (start + PromDuration(milliseconds: Int64(seconds * 1000))).rfc3339
    let subject = subject.map { "\"subject\":\"\($0)\"," } ?? ""
    return """
      {"specversion":"1.0","id":"\(id)","source":"\(source)","type":"tidemark.\(type)","time":"\(time)",\(subject)"data":\(data)}
      """
  }

  static func started(_ run: String, at seconds: Double = 0, workflow: String = "triage") -> String {
    event("workflow.run.started", id: "s-" + run, at: seconds, #"{"run_id":"\#(run)","workflow":"\#(workflow)","trigger":"cron"}"#)
  }

  static func completed(_ run: String, at seconds: Double = 10) -> String {
    event("workflow.run.completed", id: "e-" + run, at: seconds, #"{"run_id":"\#(run)"}"#)
  }

  static func task(_ n: Int, at seconds: Double = 0) -> String {
    event("task.completed", id: "t-\(n)", at: seconds, #"{"duration_seconds":0.25}"#)
  }
}
