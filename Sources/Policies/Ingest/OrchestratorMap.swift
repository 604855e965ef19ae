/// Which orchestrator a source of events belongs to.
package struct OrchestratorMap: Equatable, Sendable {
  /// Label values there may be.
  package static let limit = 64
  package static let defaultOrchestrator = "default"

  private var exact: [String: String] = [:]
  /// Longest first.
  private var prefixes: [(prefix: String, orchestrator: String)] = []
  private let fallback: String

  /// All sources belong to `fallback`.
  package init(fallback: String = Self.defaultOrchestrator) { self.fallback = fallback }

  /// - Parameter sources: a source, or the beginning of sources followed by `*`, with its orchestrator.
  /// - Throws: ``OrchestratorMapError`` for more than ``limit`` orchestrators, or one without a name.
  package init(_ sources: [String: String], fallback: String = Self.defaultOrchestrator) throws(OrchestratorMapError) {
    self.init(fallback: fallback)
    let names = Set(sources.values).union([fallback])
    guard names.count <= Self.limit else { throw .tooMany(names.count) }
    for (source, orchestrator) in sources {
      guard !orchestrator.isEmpty else { throw .unnamed(source: source) }
      if source.hasSuffix("*") { prefixes.append((String(source.dropLast()), orchestrator)) } else { exact[source] = orchestrator }
    }
    prefixes.sort { ($1.prefix.utf8.count, $0.prefix) < ($0.prefix.utf8.count, $1.prefix) }
  }

  /// What the map was made of, in an order of its own.
  package var sources: [(source: String, orchestrator: String)] {
    exact.sorted { $0.key < $1.key }.map { (source: $0.key, orchestrator: $0.value) }
      + prefixes.map { (source: $0.prefix + "*", orchestrator: $0.orchestrator) }
  }

  package func orchestrator(of source: String) -> String {
    exact[source] ?? prefixes.first { source.hasPrefix($0.prefix) }?.orchestrator ?? fallback
  }

  package static func == (a: OrchestratorMap, b: OrchestratorMap) -> Bool {
    a.exact == b.exact && a.fallback == b.fallback && a.prefixes.elementsEqual(b.prefixes) { $0 == $1 }
  }
}

package enum OrchestratorMapError: Error, Equatable, CustomStringConvertible {
  case tooMany(Int)
  case unnamed(source: String)

  package var description: String {
    switch self {
    case .tooMany(let n): "expected at most \(OrchestratorMap.limit) orchestrators, found \(n)"
    case .unnamed(let source): "expected a name for the orchestrator of \"\(source)\""
    }
  }
}
