import SeriesModel
import SourceText
import YAMLTree

/// Reads an Alertmanager configuration file: one route, its receivers' webhooks, `global.resolve_timeout`.
///
/// Defaults are Alertmanager's. What is valid there and not built here is refused by name: leaving it out silently would tell the wrong people.
/// - Errors: `yaml/*`, `config/value`, `config/unsupported`, all with their place.
package struct AlertmanagerFile {
  private let sink: DiagnosticSink

  /// The configuration when it has no errors, and every finding in the order of the file.
  package static func read(_ source: SourceFile) -> (NotifyConfiguration?, [Diagnostic]) {
    let stream = YAMLStream(source, documents: .only)
    let file = AlertmanagerFile(sink: stream.sink)
    let configuration = stream.documents.first.flatMap { file.configuration($0) }
    if stream.documents.isEmpty, !stream.sink.hasErrors { file.value(.unknown, "expected a route and receivers, found nothing") }
    return (stream.sink.hasErrors ? nil : configuration, stream.sink.inFileOrder)
  }

  private func configuration(_ root: YAMLNode) -> NotifyConfiguration? {
    guard var top = YAMLMapping(root, "Alertmanager configuration", sink) else { return nil }
    let resolveTimeout = resolveTimeout(&top)
    let route = top.required("route").flatMap { self.route($0) }
    let receivers = top.sequence("receivers").compactMap { receiver($0) }
    refuse(["inhibit_rules", "mute_time_intervals", "templates", "time_intervals", "tracing"], in: &top)
    top.finish()
    guard let route, !sink.hasErrors else { return nil }
    var configuration = NotifyConfiguration(route: route, receivers: receivers)
    configuration.resolveTimeout = resolveTimeout ?? configuration.resolveTimeout
    // What one part alone cannot know; it has no better place than the route.
    do throws(NotifyConfigurationError) { try configuration.check() } catch {
      for problem in error.problems { value(top.keyRange("route") ?? root.range, problem) }
    }
    return configuration
  }

  private func resolveTimeout(_ top: inout YAMLMapping) -> PromDuration? {
    guard var global = top.mapping("global", "global section") else { return nil }
    let timeout = global.duration("resolve_timeout")
    let read: Set = ["resolve_timeout"]
    // Settings of senders: all of them matter only to what is refused further down, but for those of HTTP.
    refuse(["http_config"], in: &global)
    for name in global.entries.compactMap(\.key.scalar?.text) where !read.contains(name) { _ = global.node(name) }
    return timeout
  }

  private func route(_ node: YAMLNode) -> Route? {
    guard var fields = YAMLMapping(node, "route", sink) else { return nil }
    var route = Route(receiver: fields.requiredString("receiver") ?? "")
    route.groupWait = fields.duration("group_wait") ?? .seconds(30)
    route.groupInterval = fields.duration("group_interval") ?? .minutes(5)
    route.repeatInterval = fields.duration("repeat_interval") ?? .hours(4)
    let names = fields.strings("group_by")
    do throws(NotifyConfigurationError) { route.grouping = try Grouping(groupBy: names) } catch {
      for problem in error.problems { value(fields.node("group_by")?.range ?? node.range, problem) }
    }
    for name in ["continue", "match", "match_re", "matchers", "mute_time_intervals", "active_time_intervals"] {
      guard fields.node(name) != nil else { continue }
      value(fields.keyRange(name) ?? node.range, "the root route takes every alert and has no \(name)")
    }
    refuse(["routes"], in: &fields)
    fields.finish()
    return route
  }

  private func receiver(_ node: YAMLNode) -> Receiver? {
    guard var fields = YAMLMapping(node, "receiver", sink) else { return nil }
    let name = fields.requiredString("name") ?? ""
    let webhooks = fields.sequence("webhook_configs").compactMap { webhook($0) }
    let others = fields.entries.compactMap(\.key.scalar?.text).filter { $0.hasSuffix("_configs") && $0 != "webhook_configs" }
    refuse(others, in: &fields)
    fields.finish()
    return Receiver(name: name, webhooks: webhooks)
  }

  private func webhook(_ node: YAMLNode) -> Webhook? {
    guard var fields = YAMLMapping(node, "webhook", sink) else { return nil }
    refuse(["http_config", "payload", "url_file"], in: &fields)
    var webhook = Webhook(url: fields.node("url_file") == nil ? fields.requiredString("url") ?? "" : "")
    webhook.sendsResolved = fields.bool("send_resolved") ?? true
    webhook.maxAlerts = fields.integer("max_alerts") ?? 0
    webhook.timeout = fields.duration("timeout") ?? .zero
    fields.finish()
    if fields.node("url") != nil {
      for problem in webhook.problems { value(node.range, problem) }
    }
    return webhook
  }

  // MARK: Findings

  private func value(_ range: SourceRange, _ message: String) { sink.error("config/value", at: range, message) }

  /// An empty list asks for nothing and is let pass.
  private func refuse(_ names: [String], in mapping: inout YAMLMapping) {
    for name in names {
      guard let node = mapping.node(name), node.sequence?.isEmpty != true else { continue }
      sink.error(
        "config/unsupported", at: mapping.keyRange(name) ?? mapping.range, "\(name) is not supported",
        hint: "take it out; alerts would not go where it says")
    }
  }
}
