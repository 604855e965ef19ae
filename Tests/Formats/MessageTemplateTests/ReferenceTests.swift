import Foundation
import SeriesModel
import Testing

@testable import MessageTemplate

/// What a real Prometheus 3.5.3 made of the same templates, as annotations of alerts with the labels below.
struct ReferenceCase: Sendable, CustomTestStringConvertible, Decodable {
  var t: String
  var value: String?
  /// The annotation.
  var out: String?
  /// The message when the rule file was refused.
  var parse: String?
  var testDescription: String { t }

  static let all: [ReferenceCase] = {
    let url = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Golden/templates/prometheus.json")
    do {
      return try JSONDecoder().decode([ReferenceCase].self, from: Data(contentsOf: url.standardizedFileURL))
    } catch {
      fatalError("the reference's templates cannot be read: \(error)")
    }
  }()

  var number: Double {
    switch value {
    case "Inf": .infinity
    case "-Inf": -.infinity
    case "NaN": .nan
    case "1/3": 1.0 / 3.0
    case let text?: Double(text)!
    case nil: 0.1
    }
  }
}

@Suite struct ReferenceTests {
  static let labels = LabelSet(["alertname": "A", "instance": "host.example.com:9090", "job": "api"]).removing(["alertname"])

  static func series(_ value: Double, _ labels: [String: String] = [:]) -> TemplateValue {
    .map(["Labels": .map(labels.mapValues(TemplateValue.string)), "Value": .float(value)])
  }

  /// The answers of an empty database to the queries of the table.
  static let environment = TemplateEnvironment(
    externalURL: "http://ext.example:9090/pre%20fix", now: Timestamp(milliseconds: 0),
    query: { query throws(TemplateError) in
      switch query {
      case "vector(42)": [series(42)]
      case "vector(1)": [series(1)]
      case "vector(2)": [series(2)]
      case "scalar(vector(3))": [series(3)]
      case "vector(NaN)": [series(.nan)]
      case "vector(Inf)": [series(.infinity)]
      case "vector(-Inf)": [series(-.infinity)]
      case "\"str\"": throw TemplateError("rule result is not a vector or scalar")
      case "up", "nothing": []
      case "1 +": throw TemplateError("1:4: parse error: unexpected end of input")
      case let other where other.hasPrefix("label_replace"): [series(7, ["x": "y"])]
      case let other where other.hasPrefix("vector(1) or"): [series(1), series(2, ["a": "b"])]
      default: throw TemplateError("no answer for \(query)")
      }
    })

  @Test(arguments: ReferenceCase.all)
  func `templates expand as in the reference`(_ item: ReferenceCase) throws {
    let template: AlertTemplate
    do {
      template = try AlertTemplate(item.t, alert: "A")
    } catch {
      #expect(error.message == item.parse)
      return
    }
    let text = template.expand(
      labels: Self.labels, externalLabels: LabelSet(["region": "eu"]), externalURL: Self.environment.externalURL,
      value: item.number,
      in: Self.environment)
    #expect(item.parse == nil)
    #expect(text == item.out)
  }
}
