import SeriesModel
import SourceText

/// What OpenMetrics asks of lines together: families in one block with their metadata first, names that do not clash, samples that fit their type.
///
/// - Source: OpenMetrics 1.0, "Data model" and "Overall structure".
struct OpenMetricsChecker {
  private struct FamilyBlock {
    var name: String
    var type = MetricType.unknown
    var declared: Set<String> = []
    var hasSamples = false
    var metric: MetricBlock?
    var finishedMetrics: Set<LabelSet> = []
  }

  private var block: FamilyBlock?
  private var families: Set<String> = []
  /// Every name that samples of a family may have, with the family.
  private var sampleNames: [String: String] = [:]

  mutating func see(_ entry: ExpositionEntry, at line: SourceRange, into diagnostics: inout [Diagnostic]) {
    switch entry {
    case .type(let name, let type): declare("TYPE", name, line, &diagnostics) { $0.type = type }
    case .help(let name, _): declare("HELP", name, line, &diagnostics) { _ in }
    case .unit(let name, _): declare("UNIT", name, line, &diagnostics) { _ in }
    case .sample(let sample): see(sample, line, &diagnostics)
    case .end: break
    }
  }

  mutating func finish(into diagnostics: inout [Diagnostic]) { endFamily(&diagnostics) }

  // MARK: Families

  private mutating func declare(
    _ keyword: String, _ name: String, _ line: SourceRange, _ diagnostics: inout [Diagnostic], _ change: (inout FamilyBlock) -> Void
  ) {
    if block?.name != name { begin(name, line, &diagnostics) }
    if block!.hasSamples {
      diagnostics.append(error("metadata-order", line, "# \(keyword) of \(name) stands after its samples"))
    } else if !block!.declared.insert(keyword).inserted {
      diagnostics.append(error("repeated-metadata", line, "# \(keyword) of \(name) stands here twice"))
    }
    change(&block!)
    if keyword == "TYPE" { reserveNames(line, &diagnostics) }
  }

  private mutating func begin(_ name: String, _ line: SourceRange, _ diagnostics: inout [Diagnostic]) {
    endFamily(&diagnostics)
    if !families.insert(name).inserted {
      diagnostics.append(error("split-family", line, "\(name) was there before; a family stands in one block"))
    }
    block = FamilyBlock(name: name)
  }

  private mutating func reserveNames(_ line: SourceRange, _ diagnostics: inout [Diagnostic]) {
    guard let block else { return }
    for suffix in OpenMetricsTypes.suffixes(block.type) {
      let name = block.name + suffix
      if let other = sampleNames[name], other != block.name {
        diagnostics.append(error("clashing-names", line, "samples of \(block.name) and \(other) could both be called \(name)"))
      }
      sampleNames[name] = block.name
    }
  }

  private mutating func endFamily(_ diagnostics: inout [Diagnostic]) {
    if let metric = block?.metric, let type = block?.type { metric.finish(type, &diagnostics) }
    block = nil
  }

  // MARK: Samples

  private mutating func see(_ sample: ExpositionSample, _ line: SourceRange, _ diagnostics: inout [Diagnostic]) {
    if block.map({ belongs(sample.name, to: $0) }) != true {
      begin(sample.name, line, &diagnostics)
      reserveNames(line, &diagnostics)
    }
    block!.hasSamples = true
    let type = block!.type
    let suffix = String(sample.name.dropFirst(block!.name.count))
    OpenMetricsTypes.check(sample, suffix, type, family: block!.name, at: line, &diagnostics)

    // Samples that differ only in these labels make up one metric.
    let own: Set<String> = type == .stateset ? [block!.name] : ["le", "quantile"]
    let isGrouped = [.histogram, .gaugehistogram, .summary, .stateset].contains(type)
    let key = LabelSet(isGrouped ? sample.labels.filter { !own.contains($0.name) } : sample.labels)
    if block!.metric?.key != key {
      if let metric = block!.metric {
        metric.finish(type, &diagnostics)
        block!.finishedMetrics.insert(metric.key)
      }
      if block!.finishedMetrics.contains(key) {
        diagnostics.append(error("split-metric", line, "samples of one metric stand together, and these labels were there before"))
      }
      block!.metric = MetricBlock(key: key, line: line)
    }
    block!.metric!.see(sample, suffix, type, at: line, &diagnostics)
  }

  private func belongs(_ name: String, to block: FamilyBlock) -> Bool {
    guard name.hasPrefix(block.name) else { return false }
    return OpenMetricsTypes.suffixes(block.type).contains(String(name.dropFirst(block.name.count)))
  }

  private func error(_ check: String, _ line: SourceRange, _ message: String) -> Diagnostic {
    Diagnostic(.error, "exposition/" + check, at: line, message)
  }
}
