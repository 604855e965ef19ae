import SeriesModel

/// A label's or annotation's template of an alerting rule.
///
/// `$labels`, `$externalLabels`, `$externalURL` and `$value` are defined in front of it, as in Prometheus. A text without `{{` costs nothing.
package struct AlertTemplate: Sendable {
  private enum Body {
    case constant(String)
    case template(Template)
  }

  private static let definitions =
    "{{$labels := .Labels}}{{$externalLabels := .ExternalLabels}}{{$externalURL := .ExternalURL}}{{$value := .Value}}"
  private static let dataType =
    "struct { Labels map[string]string; ExternalLabels map[string]string; ExternalURL string; Value interface {} }"

  private let body: Body

  /// - Parameter alert: the rule's name, for messages.
  /// - Throws: what is wrong, in Go's words; the offset counts from the beginning of `text`.
  package init(_ text: String, alert: String = "") throws(TemplateError) {
    guard Self.hasActions(text) else {
      body = .constant(text)
      return
    }
    do {
      body = .template(try Template(name: "__alert_\(alert)", text: Self.definitions + text, missingKeys: .zero))
    } catch {
      throw Self.inText(error)
    }
  }

  /// Has no actions, so every alert gets the same text.
  package var isConstant: Bool { if case .constant = body { true } else { false } }

  /// The text for one alert; when something goes wrong `<error expanding template: …>`, as Prometheus does.
  package func expand(
    labels: LabelSet, externalLabels: LabelSet = .empty, externalURL: String = "", value: Double,
    in environment: TemplateEnvironment
  ) -> String {
    do {
      return try expansion(labels: labels, externalLabels: externalLabels, externalURL: externalURL, value: value, in: environment)
    } catch {
      return "<error expanding template: \(error.message)>"
    }
  }

  /// Like ``expand(labels:externalLabels:externalURL:value:in:)``, with the error as an error.
  package func expansion(
    labels: LabelSet, externalLabels: LabelSet = .empty, externalURL: String = "", value: Double,
    in environment: TemplateEnvironment
  ) throws(TemplateError) -> String {
    switch body {
    case .constant(let text): return text
    case .template(let template):
      let data = GoValue.record(
        [
          GoField(name: "Labels", value: Self.texts(labels)), GoField(name: "ExternalLabels", value: Self.texts(externalLabels)),
          GoField(name: "ExternalURL", value: .string(externalURL)),
          GoField(name: "Value", value: .float(value), takesAnything: true),
        ], type: Self.dataType)
      do {
        return try template.expand(data, in: environment)
      } catch {
        throw Self.inText(TemplateError("error executing template \(template.name): \(error.message)", offset: error.offset))
      }
    }
  }

  private static func hasActions(_ text: String) -> Bool {
    var before: UInt8 = 0
    for byte in text.utf8 {
      if byte == UInt8(ascii: "{"), before == byte { return true }
      before = byte
    }
    return false
  }

  private static func inText(_ error: TemplateError) -> TemplateError {
    TemplateError(error.message, offset: max(0, error.offset - definitions.utf8.count))
  }

  private static func texts(_ labels: LabelSet) -> GoValue {
    var map: [String: GoValue] = [:]
    for label in labels.labels { map[label.name] = .string(label.value) }
    return .map(map, texts: true)
  }
}
