/// A text format of samples.
package enum ExpositionFormat: String, Hashable, Sendable, CaseIterable {
  /// Prometheus' text format, version 0.0.4.
  case text
  /// OpenMetrics, version 1.0.
  case openMetrics

  /// What a response in this format is called.
  package var contentType: String {
    switch self {
    case .text: "text/plain; version=0.0.4; charset=utf-8"
    case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
    }
  }
}

/// What a scraper wants done with names outside the classic alphabet.
package enum NameEscaping: String, Hashable, Sendable, CaseIterable {
  case underscores
  case dots
  case values
  case allowUTF8 = "allow-utf-8"
}
