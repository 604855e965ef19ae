import Foundation
import SeriesModel

/// What `/api/v1/query` and `query_range` answer, in the shapes of Prometheus' HTTP API.
struct QueryAnswer: Decodable {
  struct Series: Decodable {
    var metric: [String: String]
    var value: Point?
    var values: [Point]?

    var labels: LabelSet { LabelSet(metric.map { Label($0.key, $0.value) }) }
    var points: [Point] { values ?? value.map { [$0] } ?? [] }
  }

  /// `[seconds, "value"]`
  struct Point: Decodable {
    var seconds: Double
    var text: String

    init(from decoder: any Decoder) throws {
      var pair = try decoder.unkeyedContainer()
      seconds = try pair.decode(Double.self)
      text = try pair.decode(String.self)
    }

    var time: Timestamp { Timestamp(seconds: seconds) }
    /// `nil` for a string result.
    var value: Double? {
      switch text {
      case "+Inf": .infinity
      case "-Inf": -.infinity
      case "NaN": .nan
      default: Double(text)
      }
    }
  }

  enum Result {
    case scalar(Point)
    case string(Point)
    case vector([Series])
    case matrix([Series])
  }

  struct Payload: Decodable {
    var result: Result

    private enum Key: CodingKey { case resultType, result }

    init(from decoder: any Decoder) throws {
      let fields = try decoder.container(keyedBy: Key.self)
      switch try fields.decode(String.self, forKey: .resultType) {
      case "scalar": result = .scalar(try fields.decode(Point.self, forKey: .result))
      case "string": result = .string(try fields.decode(Point.self, forKey: .result))
      case "vector": result = .vector(try fields.decode([Series].self, forKey: .result))
      case "matrix": result = .matrix(try fields.decode([Series].self, forKey: .result))
      case let other:
        throw DecodingError.dataCorruptedError(
          forKey: .resultType, in: fields, debugDescription: "result type \(other) is not known")
      }
    }
  }

  var status: String
  var data: Payload?
  var errorType: String?
  var error: String?
  var warnings: [String]?
  var infos: [String]?
}
