import MessageTemplate
import PromQLEngine
import RuleModel
import SeriesModel

/// The templates of an alerting rule, parsed.
struct AlertTexts: Sendable {
  private let alert: String
  private let labels: [(name: String, text: AlertTemplate)]
  private let annotations: [(name: String, text: AlertTemplate)]

  init(_ rule: AlertingRule) throws(TemplateError) {
    alert = rule.alert
    labels = try Self.parse(rule.labels, rule.alert)
    annotations = try Self.parse(rule.annotations, rule.alert)
  }

  private static func parse(_ texts: [Label], _ alert: String) throws(TemplateError) -> [(name: String, text: AlertTemplate)] {
    var parsed: [(name: String, text: AlertTemplate)] = []
    for text in texts { parsed.append((text.name, try AlertTemplate(text.value, alert: alert))) }
    return parsed
  }

  /// The alert that an element of the result makes: its labels without the name, the rule's labels over them, `alertname` last.
  func alert(for element: VectorElement, _ world: TemplateWorld) -> SeenAlert {
    func expand(_ text: AlertTemplate) -> String {
      text.expand(
        labels: element.labels, externalLabels: world.externalLabels, externalURL: world.externalURL, value: element.value,
        in: world.environment)
    }
    var identity = LabelSetBuilder(element.labels)
    identity.remove(LabelName.metric)
    for label in labels { identity.set(label.name, expand(label.text)) }
    identity.set(LabelName.alert, alert)
    var notes: [String: String] = [:]
    for annotation in annotations { notes[annotation.name] = expand(annotation.text) }
    return SeenAlert(labels: identity.build(), value: element.value, annotations: notes)
  }
}

/// What the templates of a pass see beside their alert.
struct TemplateWorld: Sendable {
  var externalLabels: LabelSet
  var externalURL: String
  var environment: TemplateEnvironment
}
