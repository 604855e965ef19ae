import PromQLSyntax
import SeriesModel

/// A test script: commands that run from top to bottom against one store.
package struct Script: Sendable {
  package var name: String
  package var commands: [ScriptCommand]
  /// What could not be read, by line.
  package var problems: [ScriptProblem]

  package init(name: String, commands: [ScriptCommand], problems: [ScriptProblem]) {
    self.name = name
    self.commands = commands
    self.problems = problems
  }
}

package struct ScriptProblem: Hashable, Sendable {
  /// Counts from 1.
  package var line: Int
  package var message: String
}

package enum ScriptCommand: Sendable {
  case clear
  case load(ScriptLoad)
  case evaluate(ScriptCase)
}

/// `load 5m` and its series. Every series starts at zero.
package struct ScriptLoad: Sendable {
  package var line: Int
  package var step: PromDuration
  package var series: [SeriesDescription]
}

/// `eval …` with what it is expected to give.
package struct ScriptCase: Sendable {
  package enum Time: Hashable, Sendable {
    case instant(Timestamp)
    case range(from: Timestamp, through: Timestamp, step: PromDuration)
  }

  package var line: Int
  package var time: Time
  package var query: String
  package var expected = ScriptExpectation()
}

/// What the lines beneath an `eval` say.
package struct ScriptExpectation: Sendable {
  /// The query must fail, with a text that fits.
  package var failure: TextPattern?
  /// Remarks of a kind are free when nothing is said of them.
  package var warnings: Remarks = .free
  package var infos: Remarks = .free
  package var isOrdered = false
  package var string: String?
  /// The points' times when the query yields a range vector at an instant.
  package var window: (from: Timestamp, through: Timestamp, step: PromDuration)?
  package var scalar: Double?
  package var series: [SeriesDescription] = []

  package enum Remarks: Sendable {
    case free, none
    /// Each pattern fits some remark, and each remark some pattern.
    case some([TextPattern])

    mutating func add(_ pattern: TextPattern) {
      if case .some(let patterns) = self { self = .some(patterns + [pattern]) } else { self = .some([pattern]) }
    }
  }

  /// The first native histogram that a line expects.
  package var histogram: String? {
    for one in series {
      for case .histogram(let text) in one.points { return text }
    }
    return nil
  }
}

/// A text that is free, exact, or searched by a pattern.
package enum TextPattern: Sendable, CustomStringConvertible {
  case any
  case exact(String)
  case search(RegularExpression)

  func fits(_ text: String) -> Bool {
    switch self {
    case .any: true
    case .exact(let wanted): text == wanted
    case .search(let pattern): pattern.firstMatch(in: text) != nil
    }
  }

  package var description: String {
    switch self {
    case .any: "any text"
    case .exact(let text): "“\(text)”"
    case .search(let pattern): "a text with /\(pattern.pattern)/"
    }
  }
}
