import HTTPServer
import PromQLSyntax
import SeriesModel
import TextCoding

extension PrometheusAPI {
  func rules(_ request: Request) throws(APIError) -> Answer {
    let parameters = Parameters(request)
    let filter = try RuleFilter(parameters, selectors)
    let page = try RulePage(parameters)
    let groups = status.ruleGroups().sorted { ($0.file, $0.name) < ($1.file, $1.name) }.compactMap(filter.apply)
    let (shown, next) = try page.cut(groups)
    return Answer(reserving: 4096) { json in
      json.beginObject()
      json.key("groups")
      json.beginArray()
      for group in shown { json.group(group, showsAlerts: filter.showsAlerts) }
      json.endArray()
      if let next { json.member("groupNextToken", next) }
      json.endObject()
    }
  }

  func alerts() -> Answer {
    let alerts = status.ruleGroups().flatMap(\.rules).compactMap(\.alerting).flatMap(\.alerts)
    return Answer(reserving: 4096) { json in
      json.beginObject()
      json.key("alerts")
      json.alerts(alerts)
      json.endObject()
    }
  }
}

/// Which groups and rules were asked for.
struct RuleFilter {
  private enum Kind { case any, alerting, recording }
  private let kind: Kind
  private let names: Set<String>
  private let groups: Set<String>
  private let files: Set<String>
  private let selectors: [[Matcher]]
  let showsAlerts: Bool

  init(_ parameters: Parameters, _ parse: ([String]) throws(APIError) -> [[Matcher]]) throws(APIError) {
    names = Set(parameters.all("rule_name[]"))
    groups = Set(parameters.all("rule_group[]"))
    files = Set(parameters.all("file[]"))
    selectors = try parse(parameters.all("match[]"))
    switch parameters["type"].lowercased() {
    case "": kind = .any
    case "alert": kind = .alerting
    case "record": kind = .recording
    default: throw .parameter("type", "not supported value \(GoText.quoted(parameters["type"].lowercased()))")
    }
    switch parameters["exclude_alerts"] {
    case "", "0", "f", "F", "false", "FALSE", "False": showsAlerts = true
    case "1", "t", "T", "true", "TRUE", "True": showsAlerts = false
    case let text:
      throw .parameter(
        "exclude_alerts", "error converting exclude_alerts: strconv.ParseBool: parsing \(GoText.quoted(text)): invalid syntax")
    }
  }

  /// The group with the rules that pass; `nil` without any.
  func apply(_ group: RuleGroupStatus) -> RuleGroupStatus? {
    guard groups.isEmpty || groups.contains(group.name), files.isEmpty || files.contains(group.file) else { return nil }
    var group = group
    group.rules.removeAll { !passes($0) }
    return group.rules.isEmpty ? nil : group
  }

  private func passes(_ rule: RuleStatus) -> Bool {
    switch kind {
    case .any: break
    case .alerting: guard rule.alerting != nil else { return false }
    case .recording: guard rule.alerting == nil else { return false }
    }
    guard names.isEmpty || names.contains(rule.name) else { return false }
    return selectors.isEmpty || selectors.contains { $0.allSatisfy { $0.matches(rule.labels[$0.name] ?? "") } }
  }
}

/// So many groups at a time; the token names the first of the next page.
struct RulePage {
  private let limit: Int?
  private let token: String

  init(_ parameters: Parameters) throws(APIError) {
    token = parameters["group_next_token"]
    let text = parameters["group_limit"]
    guard !text.isEmpty else {
      guard token.isEmpty else {
        throw .parameter("group_next_token", "group_limit needs to be present in order to paginate over the groups")
      }
      limit = nil
      return
    }
    switch Parameters.integer(text) {
    case .success(let number):
      guard number > 0 else { throw .parameter("group_limit", "group_limit needs to be greater than 0") }
      limit = number
    case .failure(let refusal):
      throw .parameter("group_limit", "group_limit needs to be a valid number: strconv.ParseInt: \(refusal.reason)")
    }
  }

  func cut(_ groups: [RuleGroupStatus]) throws(APIError) -> (shown: ArraySlice<RuleGroupStatus>, next: String?) {
    guard let limit else { return (groups[...], nil) }
    var rest = groups[...]
    if !token.isEmpty {
      guard let start = groups.firstIndex(where: { Self.token(of: $0) == token }) else {
        throw .parameter("group_next_token", "invalid group_next_token '\(token)'. were rule groups changed?")
      }
      rest = groups[start...]
    }
    return (rest.prefix(limit), rest.dropFirst(limit).first.map(Self.token))
  }

  private static func token(of group: RuleGroupStatus) -> String {
    String(StableHash.of(Array("\(group.file);\(group.name)".utf8).span), radix: 16)
  }
}

extension JSONWriter {
  fileprivate mutating func group(_ group: RuleGroupStatus, showsAlerts: Bool) {
    beginObject()
    member("name", group.name)
    member("file", group.file)
    key("rules")
    beginArray()
    for rule in group.rules { self.rule(rule, showsAlerts: showsAlerts) }
    endArray()
    member("interval", group.interval.seconds)
    member("limit", group.limit)
    member("evaluationTime", group.evaluationSeconds)
    member("lastEvaluation", group.lastEvaluation)
    endObject()
  }

  private mutating func rule(_ rule: RuleStatus, showsAlerts: Bool) {
    beginObject()
    if let alerting = rule.alerting { member("state", alerting.state) }
    member("name", rule.name)
    member("query", rule.query)
    if let alerting = rule.alerting {
      member("duration", alerting.duration.seconds)
      member("keepFiringFor", alerting.keepFiringFor.seconds)
      key("labels")
      strings(rule.labels)
      key("annotations")
      strings(alerting.annotations)
      key("alerts")
      if showsAlerts { alerts(alerting.alerts) } else { null() }
    } else if !rule.labels.isEmpty {
      key("labels")
      strings(rule.labels)
    }
    member("health", rule.health.rawValue)
    if rule.health == .err { member("lastError", rule.lastError) }
    member("evaluationTime", rule.evaluationSeconds)
    member("lastEvaluation", rule.lastEvaluation)
    member("type", rule.alerting == nil ? "recording" : "alerting")
    endObject()
  }

  fileprivate mutating func alerts(_ alerts: [AlertStatus]) {
    beginArray()
    for alert in alerts {
      beginObject()
      key("labels")
      labels(alert.labels)
      key("annotations")
      strings(alert.annotations)
      member("state", alert.state.rawValue)
      member("activeAt", alert.activeAt)
      if let since = alert.keepFiringSince { member("keepFiringSince", since) }
      member("value", NumberText.scientific(alert.value))
      endObject()
    }
    endArray()
  }
}
