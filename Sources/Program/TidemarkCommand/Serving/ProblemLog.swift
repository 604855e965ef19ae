import Threading

/// Says what goes wrong when it begins and when it is over, and not in between.
final class ProblemLog: Sendable {
  private let log: @Sendable (String) -> Void
  private let known = BlockingLock<[String]>([])

  init(log: @escaping @Sendable (String) -> Void) { self.log = log }

  func tell(_ problems: [String]) {
    let before = known.withLock { known in
      defer { known = problems }
      return known
    }
    for problem in problems where !before.contains(problem) { log(problem) }
    for problem in before where !problems.contains(problem) { log("over: \(problem)") }
  }
}
