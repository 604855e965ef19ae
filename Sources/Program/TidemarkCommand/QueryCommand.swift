import ArgumentParser
import Glibc
import SeriesModel
import SourceText

struct QueryCommand: ParsableCommand {
  enum Output: String, ExpressibleByArgument, CaseIterable { case table, json, csv, plot }

  static let configuration = CommandConfiguration(
    commandName: "query", abstract: "Asks a running daemon, or any server with Prometheus' HTTP API.",
    discussion: "With --start or --last it is a range query, else an instant one. Times are Unix seconds or RFC 3339.")

  @Argument(help: "A PromQL expression.") var expression: String
  @Option(help: "The server.") var url = "http://127.0.0.1:10874"
  @Option(help: "Time of an instant query; default: now.") var time: String?
  @Option(help: "Beginning of a range query.") var start: String?
  @Option(help: "End of a range query; default: now.") var end: String?
  @Option(help: "A range query over this long until its end: 1h.") var last: String?
  @Option(help: "Step of a range query; default: a hundredth of it, at least 1s.") var step: String?
  @Option(name: .shortAndLong, help: "table, json, csv or plot. Default: table, of a range on a terminal plot.") var output: Output?

  @Flag(help: "Print the plan with series and samples per operator, in place of the result.") var explain = false

  func run() throws {
    do {
      let request = try request(now: SystemTime().now())
      if explain { return StandardOutput.line(try request.explain()) }
      let (answer, bytes) = try request.send()
      for text in (answer.warnings ?? []) + (answer.infos ?? []) { StandardError.line(text) }
      let coloured = DiagnosticRenderer.showsColours(on: STDOUT_FILENO, environment: Environment.variable)
      let fallback: Output = request.isRange && isatty(STDOUT_FILENO) == 1 ? .plot : .table
      StandardOutput.write(
        Self.rendered(answer, bytes, output ?? fallback, coloured: coloured, over: request.span, step: request.step))
    } catch {
      StandardError.line("tidemark: \(error)")
      if let refusal = error as? QueryRefusal { StandardError.text(refusal.places(in: expression)) }
      throw ExitCode(1)
    }
  }

  func request(now: Timestamp) throws -> QueryRequest {
    guard start != nil || last != nil else {
      let time = time.map { [(name: "time", value: $0)] } ?? []
      return QueryRequest(server: url, parameters: [(name: "query", value: expression)] + time, isRange: false)
    }
    var to = try end.map { try Self.time($0, "--end") } ?? now
    let length = try last.map { last in
      guard let length = PromDuration(last) else {
        throw SettingError(origin: "--last", value: last, expected: "a duration such as 1h")
      }
      return length
    }
    let given = length == nil ? try Self.time(start!, "--start") : nil
    let every = step ?? "\(max(1, (length ?? to - given!).milliseconds / 100_000))s"
    // Steps at round times, so that asking again shows the same points.
    if end == nil, let grid = PromDuration(every), grid >= .seconds(1) {
      to = Timestamp(milliseconds: to.milliseconds / grid.milliseconds * grid.milliseconds)
    }
    let from = length.map { to - $0 } ?? given!
    let range = [("start", Self.seconds(from)), ("end", Self.seconds(to)), ("step", every)]
    return QueryRequest(
      server: url, parameters: [(name: "query", value: expression)] + range.map { (name: $0.0, value: $0.1) }, isRange: true,
      span: from <= to ? from.seconds...to.seconds : nil,
      step: Double(every) ?? PromDuration(every)?.seconds)
  }

  private static func time(_ text: String, _ origin: String) throws -> Timestamp {
    if let seconds = Double(text), seconds.isFinite, seconds.magnitude < 1e12 { return Timestamp(seconds: seconds) }
    guard let time = Timestamp(rfc3339: text) else {
      throw SettingError(origin: origin, value: text, expected: "Unix seconds or an RFC 3339 time")
    }
    return time
  }

  private static func seconds(_ time: Timestamp) -> String {
    let (seconds, rest) = time.milliseconds.magnitude.quotientAndRemainder(dividingBy: 1000)
    return (time.milliseconds < 0 ? "-" : "") + "\(seconds)." + String(String(1000 + rest).dropFirst())
  }

  /// - Parameters:
  ///   - span: what was asked for, in seconds; the axis of a plot.
  ///   - step: between two points, in seconds.
  static func rendered(
    _ answer: QueryAnswer, _ bytes: [UInt8], _ output: Output, coloured: Bool, over span: ClosedRange<Double>? = nil,
    step: Double? = nil
  ) -> [UInt8] {
    guard let result = answer.data?.result else { return [] }
    switch output {
    case .json: return bytes + [UInt8(ascii: "\n")]
    case .csv: return Array(QueryCSV.text(result).utf8)
    case .table: return Array(QueryTable.text(result).utf8)
    case .plot:
      guard case .matrix(let series) = result else { return Array(QueryTable.text(result).utf8) }
      var plot = TerminalPlot()
      plot.coloured = coloured
      if let columns = Environment.variable("COLUMNS").flatMap({ Int($0) }) ?? Terminal.columns {
        plot.columns = max(40, min(1000, columns))
      }
      return Array(plot.text(series, over: span, step: step).utf8)
    }
  }
}
