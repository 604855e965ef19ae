import SeriesModel
import TextCoding

/// Writes CloudEvents, one a line. Texts come from the ``Roster`` and need no escapes.
struct EventWriter: Sendable {
  enum Source: String, Sendable {
    case workflows = "/simulation/workflows"
    case agents = "/simulation/agents"
    case queues = "/simulation/queues"
    case tasks = "/simulation/tasks"
  }

  /// Everything written; the caller takes it away.
  var bytes: [UInt8] = []
  /// Events since the beginning.
  private(set) var count = 0
  /// What lies between the simulation's clock and that of the events.
  var shift: Int64 = 0
  private let idPrefix: String
  private var minute = Int64.min
  /// `2026-11-21T02:25:` of ``minute``.
  private var minuteText: [UInt8] = []

  init(idPrefix: String) { self.idPrefix = idPrefix }

  /// Begins an event of type `tidemark.` + `type`; fields of its data and ``end()`` follow.
  mutating func begin(_ type: String, _ source: Source, at time: Int64) {
    count += 1
    literal(#"{"specversion":"1.0","id":""#)
    literal(idPrefix)
    literal("-")
    NumberText.appendInteger(Int64(count), to: &bytes)
    literal(#"","source":""#)
    literal(source.rawValue)
    literal(#"","type":"tidemark."#)
    literal(type)
    literal(#"","time":""#)
    timeText(time + shift)
    literal(#"","data":{"#)
  }

  mutating func text(_ name: String, _ value: String) {
    key(name)
    literal("\"")
    literal(value)
    literal("\"")
  }

  /// `prefix-letter-number`: unique for a seed, a scenario and a start.
  mutating func runID(_ name: String, _ letter: String, _ number: Int) {
    key(name)
    literal("\"")
    literal(idPrefix)
    literal(letter)
    NumberText.appendInteger(Int64(number), to: &bytes)
    literal("\"")
  }

  mutating func whole(_ name: String, _ value: Int) {
    key(name)
    NumberText.appendInteger(Int64(value), to: &bytes)
  }

  /// Seconds with three decimals.
  mutating func seconds(_ name: String, milliseconds: Int64) {
    key(name)
    NumberText.appendInteger(milliseconds / 1000, to: &bytes)
    literal(".")
    digits(milliseconds % 1000, 3)
  }

  /// An amount of money.
  mutating func usd(_ name: String, _ value: Double) {
    key(name)
    NumberText.appendFixed((value * 1e6).rounded() / 1e6, to: &bytes)
  }

  mutating func end() { literal("}}\n") }

  private mutating func key(_ name: String) {
    if bytes.last != UInt8(ascii: "{") { bytes.append(UInt8(ascii: ",")) }
    bytes.append(UInt8(ascii: "\""))
    literal(name)
    literal("\":")
  }

  private mutating func literal(_ text: String) { bytes.append(contentsOf: text.utf8) }

  private mutating func timeText(_ time: Int64) {
    let minute = Timestamp.floorDivide(time, 60_000)
    if minute != self.minute {
      self.minute = minute
      minuteText = Array(Timestamp(milliseconds: minute * 60_000).rfc3339.utf8.prefix(17))
    }
    let rest = time - minute * 60_000
    bytes.append(contentsOf: minuteText)
    digits(rest / 1000, 2)
    bytes.append(UInt8(ascii: "."))
    digits(rest % 1000, 3)
    bytes.append(UInt8(ascii: "Z"))
  }

  private mutating func digits(_ value: Int64, _ width: Int) {
    var divisor: Int64 = width == 3 ? 100 : 10
    while divisor > 0 {
      bytes.append(UInt8(ascii: "0") + UInt8(value / divisor % 10))
      divisor /= 10
    }
  }
}
