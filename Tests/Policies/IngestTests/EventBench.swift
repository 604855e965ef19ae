import Catalogue
import DurableLog
import Foundation
import Instruments
import SeriesModel

@testable import Ingest

/// An event interface in a folder of its own, on a clock of its own.
final class EventBench {
  let directory: String
  let time = ManualTime(EventText.start)
  private(set) var registry: Registry!
  private(set) var ingest: EventIngest!
  private let adjust: (inout IngestConfiguration) -> Void

  init(_ adjust: @escaping (inout IngestConfiguration) -> Void = { _ in }) throws {
    directory = FileManager.default.temporaryDirectory.path + "/tidemark-ingest-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    self.adjust = adjust
    try open()
  }

  deinit {
    ingest = nil
    try? FileManager.default.removeItem(atPath: directory)
  }

  func open() throws {
    var configuration = IngestConfiguration(directory: directory)
    adjust(&configuration)
    registry = Registry(families: Families.all, options: RegistryOptions(time: time))
    ingest = try EventIngest(configuration, registry: registry, time: time)
  }

  /// As after `kill -9`: nothing more is written, and another process opens the folder.
  func crash(_ meanwhile: (String) throws -> Void = { _ in }) throws {
    ingest = nil
    try meanwhile(directory)
    try open()
  }

  func restart() throws {
    ingest.shutdown()
    ingest = nil
    try open()
  }

  @discardableResult
  func send(_ lines: [String]) -> IngestAnswer { send(lines.joined(separator: "\n"), "application/x-ndjson") }

  func send(_ body: String, _ contentType: String?) -> IngestAnswer {
    ingest.accept(body: Array(body.utf8), contentType: contentType, now: time.now())
  }

  /// One turn of the pump, after time has passed.
  func pump(after step: PromDuration = .zero) {
    time.advance(by: step)
    _ = ingest.run(through: time.monotonic())
  }

  /// Values of all durable families, by the text of their labels.
  func totals() -> [String: Double] {
    var all: [String: Double] = [:]
    for family in Families.all where family.isDurable {
      for entry in registry.values(family) { all["\(entry.labels)"] = entry.value }
    }
    return all
  }

  /// The newest file of the log.
  var logFile: String {
    let names = try! FileManager.default.contentsOfDirectory(atPath: directory + "/events").filter { $0 != "LOCK" }.sorted()
    return directory + "/events/" + names.last!
  }
}

extension IngestAnswer {
  var text: String { String(decoding: body, as: UTF8.self) }
}
