/// What one YAML text may ask of us. Each limit is named in the message that refuses.
package struct YAMLLimits: Sendable {
  package var documentBytes: Int
  /// Mappings and sequences inside each other.
  package var depth: Int
  /// Nodes as they are written.
  package var nodes: Int
  /// Nodes that aliases and merge keys stand for, all together.
  package var aliasExpansion: Int
  package var diagnostics: Int

  package init(
    documentBytes: Int = 16 << 20, depth: Int = 100, nodes: Int = 2_000_000, aliasExpansion: Int = 100_000, diagnostics: Int = 1000
  ) {
    self.documentBytes = documentBytes
    self.depth = depth
    self.nodes = nodes
    self.aliasExpansion = aliasExpansion
    self.diagnostics = diagnostics
  }
}
