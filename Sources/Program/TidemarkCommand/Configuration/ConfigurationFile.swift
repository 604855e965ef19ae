import RuleModel
import SeriesModel
import SourceText
import YAMLTree

/// `tidemark.yml`: what a `prometheus.yml` says of rules, and our own keys under `tidemark:`.
///
/// - Errors: those of YAML; `config/value`, `config/unknown-key`; `config/unsupported` for what is valid elsewhere and not built here.
enum ConfigurationFile {
  /// Valid in a `prometheus.yml`, and refused by name: leaving them out silently would lose targets, alerts or samples.
  private static let unsupported = [
    "alerting", "otlp", "remote_read", "remote_write", "runtime", "scrape_config_files", "scrape_configs", "storage", "tracing",
  ]
  private static let unsupportedGlobals = [
    "body_size_limit", "keep_dropped_targets", "label_limit", "label_name_length_limit", "label_value_length_limit",
    "metric_name_escaping_scheme",
    "metric_name_validation_scheme", "query_log_file", "sample_limit", "scrape_failure_log_file", "scrape_native_histograms",
    "scrape_protocols", "scrape_timeout",
    "target_limit",
  ]

  /// Reads a file over `base`. The configuration is only good when no diagnostic is an error.
  static func read(_ file: SourceFile, over base: Configuration = Configuration()) -> (Configuration, [Diagnostic]) {
    var configuration = base
    let stream = YAMLStream(file, documents: .only)
    guard let root = stream.documents.first, !root.isNull, var top = YAMLMapping(root, "configuration", stream.sink) else {
      return (configuration, stream.diagnostics)
    }
    if var global = top.mapping("global", "global section") { readGlobal(&global, &configuration) }
    configuration.ruleFiles = top.strings("rule_files")
    if let own = top.node("tidemark") { readSettings(own, prefix: "", &configuration, stream.sink) }
    refuse(unsupported, in: &top, stream.sink)
    top.finish()
    return (configuration, stream.diagnostics)
  }

  private static func readGlobal(_ global: inout YAMLMapping, _ configuration: inout Configuration) {
    if let interval = global.duration("scrape_interval"), interval > .zero { configuration.sampleInterval = interval }
    if let interval = global.duration("evaluation_interval"), interval > .zero { configuration.evaluationInterval = interval }
    if let offset = global.duration("rule_query_offset") { configuration.queryOffset = offset }
    let labels = global.stringMap("external_labels").compactMap { entry -> Label? in
      guard let name = entry.key.scalar?.text, let value = entry.value.scalar?.text else { return nil }
      return Label(name, value)
    }
    configuration.externalLabels = LabelSet(labels)
    refuse(unsupportedGlobals, in: &global, global.sink)
    for interval in [configuration.sampleInterval, configuration.evaluationInterval] where interval < .seconds(1) {
      global.sink.error("config/value", at: global.range, "an interval of \(interval) is too short", hint: "use 1s or more")
    }
    global.finish()
  }

  private static func refuse(_ keys: [String], in mapping: inout YAMLMapping, _ sink: DiagnosticSink) {
    for key in keys where mapping.node(key) != nil {
      sink.error(
        "config/unsupported", at: mapping.keyRange(key) ?? mapping.range, "\(key) is not supported",
        hint: "take it out; it would have no effect")
    }
  }

  private static func readSettings(_ node: YAMLNode, prefix: String, _ configuration: inout Configuration, _ sink: DiagnosticSink) {
    guard let entries = node.mapping else {
      sink.error("yaml/type", at: node.range, "expected settings as a mapping, found \(node.kindPhrase)")
      return
    }
    for entry in entries {
      let key = prefix + (entry.key.scalar?.text ?? "")
      if let setting = Setting.named(key) {
        let values = values(of: entry.value, as: setting.shape)
        if values.isEmpty || !setting.apply(values, &configuration) {
          let found = values.isEmpty ? entry.value.kindPhrase : "\"\(values.joined(separator: ", "))\""
          if setting.isSecret {
            // Without an excerpt of the file: it might show the secret.
            let line = sink.file.location(of: entry.value.range.lower).line
            sink.error("config/value", at: .unknown, "\(key) in line \(line) is <secret>, expected \(setting.expected)")
          } else {
            sink.error("config/value", at: entry.value.range, "\(key) is \(found), expected \(setting.expected)")
          }
        }
      } else if Setting.all.contains(where: { $0.key.hasPrefix(key + ".") }) {
        readSettings(entry.value, prefix: key + ".", &configuration, sink)
      } else {
        let near = Suggestion.closest(to: key, among: Setting.all.map(\.key))
        sink.error(
          "config/unknown-key", at: entry.key.range, "unknown key \"\(key)\"", hint: near.map { "did you mean \"\($0)\"?" })
      }
    }
  }

  /// Empty when the node has another shape, or nothing in it.
  private static func values(of node: YAMLNode, as shape: Setting.Shape) -> [String] {
    if let text = node.scalar?.text, shape != .pairs { return [text] }
    switch shape {
    case .one: return []
    case .list:
      let texts = (node.sequence ?? []).map { $0.scalar?.text }
      return texts.contains(nil) ? [] : texts.compactMap(\.self)
    case .pairs:
      let pairs = (node.mapping ?? []).map { entry in
        entry.key.scalar.flatMap { key in entry.value.scalar.map { key.text + "=" + $0.text } }
      }
      return pairs.contains(nil) ? [] : pairs.compactMap(\.self)
    }
  }
}
