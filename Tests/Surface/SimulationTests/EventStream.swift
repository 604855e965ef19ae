import Foundation
import SeriesModel

@testable import Simulation

/// An event as any reader of JSON sees it.
struct ReadEvent {
  var id: String
  var source: String
  /// Without `tidemark.`.
  var type: String
  var time: Timestamp
  var data: [String: Any]

  func text(_ name: String) -> String { data[name] as? String ?? "" }
  func number(_ name: String) -> Double { (data[name] as? NSNumber)?.doubleValue ?? .nan }
  /// 1 when none is given.
  var count: Double { (data["count"] as? NSNumber)?.doubleValue ?? 1 }
  var run: String { "\(text("run_id"))/\((data["attempt"] as? NSNumber)?.intValue ?? 1)" }
}

enum EventStream {
  static let start = Timestamp(rfc3339: "2026-11-20T21:40:00Z")!

  static func read(_ bytes: [UInt8]) throws -> [ReadEvent] {
    try bytes.split(separator: UInt8(ascii: "\n")).map { line in
      let event = try JSONSerialization.jsonObject(with: Data(line)) as! [String: Any]
      precondition(event["specversion"] as? String == "1.0", "\(event)")
      let type = event["type"] as! String
      precondition(type.hasPrefix("tidemark."), type)
      return ReadEvent(
        id: event["id"] as! String, source: event["source"] as! String, type: String(type.dropFirst("tidemark.".count)),
        time: Timestamp(rfc3339: event["time"] as! String)!, data: event["data"] as! [String: Any])
    }
  }

  /// What an orchestra tells in `span`, from its start on.
  static func bytes(
    _ scenario: Scenario, seed: UInt64 = 1, pace: Pace = .live, _ span: PromDuration, troubleAfter: PromDuration = .zero
  ) -> [UInt8] {
    var orchestra = Orchestra(seed: seed, scenario: scenario, from: start, troubleFrom: start + troubleAfter)
    orchestra.pace = pace
    var bytes: [UInt8] = []
    orchestra.step(to: start + span, into: &bytes)
    return bytes
  }

  static func events(
    _ scenario: Scenario, seed: UInt64 = 1, pace: Pace = .live, _ span: PromDuration, troubleAfter: PromDuration = .zero
  ) throws -> [ReadEvent] {
    try read(bytes(scenario, seed: seed, pace: pace, span, troubleAfter: troubleAfter))
  }
}
