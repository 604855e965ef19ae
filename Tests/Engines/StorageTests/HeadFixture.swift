import SeriesModel

@testable import Storage

extension Head {
  /// Appends one sample and returns why it was refused, if it was.
  @discardableResult
  func add(_ labels: LabelSet, _ time: Int64, _ value: Double) throws -> SampleRefusal? {
    var batch = SampleBatch()
    batch.append(try reference(for: labels), time, value)
    return try append(batch).refused.first?.why
  }
}

extension SeriesView {
  func texts(_ matchers: [Matcher], in span: TimeSpan = .all) throws -> [String] {
    try select(matchers, in: span, limit: .max).labels.map(\.description)
  }

  /// The samples of the one series that matches.
  func samples(_ matchers: [Matcher], in span: TimeSpan = .all) throws -> [[Double]] {
    let selection = try select(matchers, in: span, limit: .max)
    var columns = SampleColumns()
    try read(selection.refs.span, in: span, into: &columns)
    return (0..<columns.rowCount).flatMap { columns.row($0).map { [Double(columns.timestamps[$0]), columns.values[$0]] } }
  }
}

func span(_ start: Int64, _ end: Int64) -> TimeSpan {
  TimeSpan(from: Timestamp(milliseconds: start), through: Timestamp(milliseconds: end))
}
