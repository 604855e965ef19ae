import SeriesModel
import Threading

/// The configuration that is in force, and how the last attempt to change it went.
final class Reloading: Sendable {
  struct Standing: Sendable {
    var configuration: Configuration
    var succeeded = true
    /// Of the last attempt that succeeded.
    var at: Timestamp
  }

  private let standing: BlockingLock<Standing>
  /// One attempt at a time.
  private let turn = BlockingLock(())

  init(_ configuration: Configuration, at time: Timestamp) {
    standing = BlockingLock(Standing(configuration: configuration, at: time))
  }

  var now: Standing { standing.withLock { $0 } }

  /// Puts what `read` gives in force by `apply`, which is given what was in force before and says what came of it. When either throws, everything stays as it was but ``Standing/succeeded``.
  func attempt(
    at time: Timestamp, read: () throws -> Configuration,
    apply: (_ before: Configuration, _ asked: Configuration) throws -> Configuration
  ) throws {
    try turn.withLock { _ in
      do {
        let configuration = try apply(now.configuration, try read())
        standing.withLock { $0 = Standing(configuration: configuration, at: time) }
      } catch {
        standing.withLock { $0.succeeded = false }
        throw error
      }
    }
  }
}

extension Configuration {
  /// This configuration with everything of `next` that may change while the daemon runs.
  func taking(live next: Configuration) -> Configuration {
    var result = self
    (result.evaluationInterval, result.queryOffset, result.externalLabels) = (
      next.evaluationInterval, next.queryOffset, next.externalLabels
    )
    for setting in Setting.all where setting.isLive { setting.copy(next, &result) }
    return result
  }

  /// Settings whose new values wait for a restart.
  func fixedSettings(changedIn next: Configuration) -> [String] {
    Setting.all.filter { !$0.isLive && $0.values(self) != $0.values(next) }.map(\.key)
  }
}
