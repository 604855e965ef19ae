import SeriesModel

/// Orders to a simulation that runs, a line each, from a terminal or a pipe.
///
/// | order | does |
/// | --- | --- |
/// | `pause` | nothing happens any more; what was told stays as it is, so that others can be compared with it |
/// | `resume` | goes on where it stood |
/// | `scenario NAME` | something else happens from now on |
/// | `status` | what came of it so far |
/// | `help` | lists the orders |
package struct SimulationConsole: Sendable {
  private let driver: SimulationDriver

  package init(_ driver: SimulationDriver) { self.driver = driver }

  /// Obeys an order and says so, in one line. An empty line is none, and gets no answer.
  package func answer(_ line: String) -> String? {
    let words = line.split(whereSeparator: \.isWhitespace)
    guard let order = words.first else { return nil }
    switch (order, words.count) {
    case ("pause", 1):
      driver.pause()
      return "pausing; 'status' says when it is at rest"
    case ("resume", 1):
      driver.resume()
      return "resumed"
    case ("scenario", 2):
      guard let scenario = Scenario(rawValue: String(words[1])) else {
        return "expected one of \(Self.scenarios), found '\(Self.shown(words[1]))'"
      }
      driver.change(to: scenario)
      return "\(scenario.rawValue): \(scenario.summary)"
    case ("scenario", _): return "expected 'scenario NAME', with one of \(Self.scenarios)"
    case ("status", 1): return driver.progress.description
    case ("help", 1): return "pause, resume, scenario NAME (\(Self.scenarios)), status, help"
    default: return "expected pause, resume, scenario NAME, status or help, found '\(Self.shown(line[...]))'"
    }
  }

  private static let scenarios = Scenario.allCases.map(\.rawValue).joined(separator: ", ")

  /// Its beginning, without what would move the cursor.
  private static func shown(_ text: Substring) -> String {
    String(text.unicodeScalars.prefix(60).map { $0.value < 0x20 || (0x7f..<0xa0).contains($0.value) ? " " : Character($0) })
  }
}

extension SimulationDriver.Progress: CustomStringConvertible {
  /// ```
  /// running: 12034 events accepted, 0 duplicates, 0 refused; 61 requests, 1 sent again
  /// ```
  package var description: String {
    let counts =
      "\(accepted) events accepted, \(duplicates) duplicates, \(refused) refused; \(requests) requests, \(retries) sent again"
    return (isAtRest ? "at rest: " : "running: ") + counts + (problem.map { "; \($0)" } ?? "")
  }
}
