import SeriesModel

/// What a template sees of the world while it is expanded.
package struct TemplateEnvironment: Sendable {
  package var externalURL: String
  /// Answers `query "…"`: one map per series with `Labels` (a map of texts, the name among them as `__name__`) and `Value`.
  package var query: @Sendable (String) throws(TemplateError) -> [TemplateValue]
  package var now: Timestamp
  package var limits: TemplateLimits

  package init(
    externalURL: String = "", now: Timestamp, limits: TemplateLimits = TemplateLimits(),
    query: @escaping @Sendable (String) throws(TemplateError) -> [TemplateValue] = { _ throws(TemplateError) in
      throw TemplateError("there is nothing to query here")
    }
  ) {
    self.externalURL = externalURL
    self.now = now
    self.limits = limits
    self.query = query
  }
}

/// What one expansion may cost. Each limit is named in the message that refuses.
package struct TemplateLimits: Sendable {
  /// Also of every text that is made on the way.
  package var outputBytes: Int
  /// Nodes walked, commands run, rounds of loops.
  package var steps: Int
  /// Templates and control structures inside each other.
  package var depth: Int

  package init(outputBytes: Int = 1 << 20, steps: Int = 1_000_000, depth: Int = 400) {
    self.outputBytes = outputBytes
    self.steps = steps
    self.depth = depth
  }
}
