import SourceText

/// Builds nodes from libyaml's events: resolves aliases and merge keys, finds duplicate keys, keeps the limits.
struct YAMLComposer {
  /// Ends the reading of a text.
  struct Stop: Error {
    var diagnostic: Diagnostic
  }

  private struct Anchor {
    /// `nil` while its content is being read.
    var node: YAMLNode?
    /// Nodes in it, aliases counted with what they stand for.
    var count = 0
  }

  private let file: SourceFile
  private let limits: YAMLLimits
  private let sink: DiagnosticSink
  private let offsets: CharacterOffsets
  private let reader: YAMLEventReader
  private var anchors: [String: Anchor] = [:]
  private var nodes = 0
  private var expanded = 0

  /// - Parameter base: where the text begins, behind a byte order mark.
  init(_ file: SourceFile, from base: Int, limits: YAMLLimits, _ sink: DiagnosticSink) {
    self.file = file
    self.limits = limits
    self.sink = sink
    offsets = CharacterOffsets(file.utf8, from: base)
    reader = YAMLEventReader(file.utf8[base...])
  }

  /// The next document, `nil` at the end.
  mutating func document() throws(Stop) -> YAMLNode? {
    while true {
      let event = try next()
      switch event.kind {
      case .streamEnd: return nil
      case .documentStart:
        anchors = [:]
        let root = try node(try next(), depth: 0)
        return root
      default: continue
      }
    }
  }

  private func next() throws(Stop) -> YAMLEvent {
    do { return try reader.next() } catch { throw Stop(diagnostic: diagnostic(error)) }
  }

  // MARK: Nodes

  private mutating func node(_ event: YAMLEvent, depth: Int) throws(Stop) -> YAMLNode {
    if case .alias(let name) = event.kind { return try alias(name, event) }
    nodes += 1
    let range = contentRange(event)
    guard nodes <= limits.nodes else { throw refusal(range, "more nodes than the limit nodes = \(limits.nodes)") }
    guard depth <= limits.depth else { throw refusal(range, "nested deeper than the limit depth = \(limits.depth)") }
    if let name = event.anchor { anchors[name] = Anchor() }
    let before = nodes + expanded
    let made: YAMLNode
    switch event.kind {
    case .scalar(let scalar): made = YAMLNode(.scalar(scalar), tag: event.tag, range: range)
    case .sequenceStart: made = try sequence(event, range, depth)
    case .mappingStart: made = try mapping(event, range, depth)
    default: preconditionFailure("libyaml sent \(event.kind) where a node belongs")
    }
    if let name = event.anchor { anchors[name] = Anchor(node: made, count: nodes + expanded - before + 1) }
    return made
  }

  private mutating func alias(_ name: String, _ event: YAMLEvent) throws(Stop) -> YAMLNode {
    let range = SourceRange(offsets.byte(event.start), offsets.byte(event.end))
    guard let anchor = anchors[name] else {
      throw Stop(
        diagnostic: Diagnostic(
          .error, "yaml/alias", at: range, "unknown anchor \"\(name)\"\(Suggestion.phrase(for: name, among: anchors.keys.sorted()))"
        ))
    }
    guard let node = anchor.node else {
      throw Stop(diagnostic: Diagnostic(.error, "yaml/alias", at: range, "anchor \"\(name)\" contains itself"))
    }
    try expand(by: anchor.count, at: range)
    return node
  }

  private mutating func expand(by count: Int, at range: SourceRange) throws(Stop) {
    expanded += count
    guard expanded <= limits.aliasExpansion else {
      throw refusal(range, "aliases stand for more nodes than the limit alias expansion = \(limits.aliasExpansion)")
    }
  }

  private mutating func sequence(_ event: YAMLEvent, _ start: SourceRange, _ depth: Int) throws(Stop) -> YAMLNode {
    var items: [YAMLNode] = []
    while true {
      let inner = try next()
      if case .sequenceEnd = inner.kind {
        return YAMLNode(.sequence(items), tag: event.tag, range: collectionRange(start, inner, items.last?.range))
      }
      items.append(try node(inner, depth: depth + 1))
    }
  }

  private mutating func mapping(_ event: YAMLEvent, _ start: SourceRange, _ depth: Int) throws(Stop) -> YAMLNode {
    var entries: [YAMLEntry] = []
    var merges: [YAMLNode] = []
    // Bytes, because equal texts of different bytes are different keys.
    var seen: [[UInt8]: SourceRange] = [:]
    var last: SourceRange?
    var end: YAMLEvent
    while true {
      let inner = try next()
      end = inner
      if case .mappingEnd = inner.kind { break }
      let isMerge = Self.isMergeKey(inner)
      let key = try node(inner, depth: depth + 1)
      let value = try node(try next(), depth: depth + 1)
      last = value.range
      if isMerge {
        merges.append(value)
        continue
      }
      if let text = key.scalar?.text {
        if let first = seen[Array(text.utf8)] {
          let note = "first at line \(file.location(of: first.lower).line)"
          sink.error("yaml/duplicate-key", at: key.range, "the key \"\(text)\" stands twice in one mapping", notes: [note])
          continue
        }
        seen[Array(text.utf8)] = key.range
      }
      entries.append(YAMLEntry(key: key, value: value))
    }
    for merge in merges { try self.merge(merge, into: &entries, &seen) }
    return YAMLNode(.mapping(entries), tag: event.tag, range: collectionRange(start, end, last))
  }

  // MARK: Merge keys

  private static func isMergeKey(_ event: YAMLEvent) -> Bool {
    guard case .scalar(let scalar) = event.kind, scalar.text == "<<" else { return false }
    return event.tag == "tag:yaml.org,2002:merge" || (scalar.style == .plain && (event.tag ?? "!") == "!")
  }

  /// Adds what is not there yet: a key of the mapping itself wins, then the earlier mapping of a sequence.
  private mutating func merge(_ source: YAMLNode, into entries: inout [YAMLEntry], _ seen: inout [[UInt8]: SourceRange])
    throws(Stop)
  {
    switch source.content {
    case .mapping(let merged):
      try expand(by: merged.count, at: source.range)
      for entry in merged {
        guard let key = (entry.key.scalar?.text.utf8).map(Array.init), seen[key] == nil else { continue }
        seen[key] = entry.key.range
        entries.append(YAMLEntry(key: entry.key, value: entry.value, isMerged: true))
      }
    case .sequence(let sources) where sources.allSatisfy { $0.mapping != nil }:
      for source in sources { try merge(source, into: &entries, &seen) }
    default:
      sink.error(
        "yaml/merge", at: source.range, "a merge key needs a mapping or a sequence of mappings, found \(source.kindPhrase)")
    }
  }

  // MARK: Places

  /// The range of an event without its anchor and tag, which libyaml counts in.
  private func contentRange(_ event: YAMLEvent) -> SourceRange {
    var lower = offsets.byte(event.start)
    let upper = offsets.byte(event.end)
    if event.anchor != nil || event.tag != nil { lower = ScalarPlaces.skipProperties(in: file.utf8, from: lower, to: upper) }
    return SourceRange(lower, max(lower, upper))
  }

  private func collectionRange(_ start: SourceRange, _ end: YAMLEvent, _ last: SourceRange?) -> SourceRange {
    // The end of a block collection is where the next token begins, so its last item says more.
    let upper = end.end > end.start ? offsets.byte(end.end) : last?.upper ?? start.upper
    return SourceRange(start.lower, max(start.upper, upper))
  }

  private func refusal(_ range: SourceRange, _ message: String) -> Stop {
    Stop(diagnostic: Diagnostic(.error, "yaml/limit", at: range, message))
  }

  private func diagnostic(_ error: YAMLSyntaxError) -> Diagnostic {
    let lower: Int
    switch error.mark {
    case .character(let n): lower = offsets.byte(n)
    case .byte(let n): lower = min(offsets.byte(0) + n, file.utf8.count)
    }
    var notes: [String] = []
    if let context = error.context {
      let place = file.location(of: offsets.byte(error.contextMark))
      notes.append("\(context), which began at \(place.line):\(place.column)")
    }
    let tabs = lower < file.utf8.count && file.utf8[lower] == UInt8(ascii: "\t")
    let hint = tabs ? "YAML indents with blanks, not with tabs" : nil
    return Diagnostic(.error, "yaml/syntax", at: SourceRange(lower, lower), error.problem, hint: hint, notes: notes)
  }
}
