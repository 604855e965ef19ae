/// Where sending happens.
package protocol NotifierExecutor: Sendable {
  /// Runs a job once, soon. Jobs of one lane may wait for each other; those of another lane are not held up by them.
  func execute(lane: Int, _ job: @escaping @Sendable () -> Void)
}

/// Runs jobs at once, on the caller's thread: for tests and scripts on a manual clock.
package struct InlineExecutor: NotifierExecutor {
  package init() {}
  package func execute(lane: Int, _ job: @escaping @Sendable () -> Void) { job() }
}
