import SourceText

/// A node of a YAML document, with its place in the file.
///
/// Aliases are resolved: the node of an alias is the node of its anchor, with the place where the anchor's content stands.
package struct YAMLNode: Sendable {
  package var content: Content
  /// The explicit tag (`tag:yaml.org,2002:str` for `!!str`), `nil` without one.
  package var tag: String?
  /// Where the content stands, without anchor and tag.
  package var range: SourceRange

  package enum Content: Sendable {
    case scalar(YAMLScalar)
    case sequence([YAMLNode])
    /// In the order of the file; what merge keys brought comes last. Every scalar key once.
    case mapping([YAMLEntry])
  }

  package init(_ content: Content, tag: String? = nil, range: SourceRange) {
    self.content = content
    self.tag = tag
    self.range = range
  }

  package var scalar: YAMLScalar? {
    if case .scalar(let scalar) = content { return scalar }
    return nil
  }

  package var sequence: [YAMLNode]? {
    if case .sequence(let nodes) = content { return nodes }
    return nil
  }

  package var mapping: [YAMLEntry]? {
    if case .mapping(let entries) = content { return entries }
    return nil
  }

  /// The value of a scalar key.
  package subscript(_ key: String) -> YAMLNode? { mapping?.first { $0.key.scalar?.text == key }?.value }

  /// `a mapping`, `a sequence`, `null`, `a string` …: how messages name what was found.
  package var kindPhrase: String {
    switch content {
    case .mapping: return "a mapping"
    case .sequence: return "a sequence"
    case .scalar(let scalar):
      switch resolved {
      case .null: return "nothing"
      case .bool: return "the boolean \(scalar.text)"
      case .int, .float: return "the number \(scalar.text)"
      default: return "a string"
      }
    }
  }
}

package struct YAMLEntry: Sendable {
  package var key: YAMLNode
  package var value: YAMLNode
  /// Came through `<<`.
  package var isMerged: Bool

  package init(key: YAMLNode, value: YAMLNode, isMerged: Bool = false) {
    self.key = key
    self.value = value
    self.isMerged = isMerged
  }
}

package struct YAMLScalar: Hashable, Sendable {
  package enum Style: Hashable, Sendable { case plain, singleQuoted, doubleQuoted, literal, folded }
  /// What the scalar means: unquoted, unfolded, without escapes.
  package var text: String
  package var style: Style
  package init(_ text: String, style: Style = .plain) {
    self.text = text
    self.style = style
  }
}
