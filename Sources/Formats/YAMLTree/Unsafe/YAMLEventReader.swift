import CLibyaml

/// What libyaml says of a text, one piece at a time. Marks count characters from the beginning of the text.
struct YAMLEvent {
  enum Kind {
    case streamStart, streamEnd, documentStart, documentEnd, sequenceStart, sequenceEnd, mappingStart, mappingEnd
    case alias(String)
    case scalar(YAMLScalar)
  }

  var kind: Kind
  var anchor: String?
  var tag: String?
  var start: Int
  var end: Int
}

/// A text that is not YAML, in libyaml's words.
struct YAMLSyntaxError: Error {
  var problem: String
  var context: String?
  var mark: Mark
  enum Mark {
    case character(Int)
    /// From the reader, which stops at characters that YAML forbids before any mark is made.
    case byte(Int)
  }
  /// Character offset.
  var contextMark: Int
}

/// Runs libyaml's parser over a text.
// Invariant: `parser` and `input` are allocated once by init and freed once by deinit; libyaml reads `input` only through `parser`,
// whose every use is a method of this object. Events are copied out and deleted before `next` returns.
@safe final class YAMLEventReader {
  private let parser: UnsafeMutablePointer<yaml_parser_t>
  private let input: UnsafeMutableBufferPointer<UInt8>

  /// - Parameter utf8: valid UTF-8 without a byte order mark.
  init(_ utf8: ArraySlice<UInt8>) {
    unsafe parser = .allocate(capacity: 1)
    unsafe input = .allocate(capacity: max(1, utf8.count))
    _ = unsafe input.initialize(from: utf8)
    let ready = unsafe yaml_parser_initialize(parser)
    precondition(ready == 1, "libyaml could not allocate its parser")
    unsafe yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    unsafe yaml_parser_set_input_string(parser, input.baseAddress, utf8.count)
  }

  deinit {
    unsafe yaml_parser_delete(parser)
    unsafe parser.deallocate()
    unsafe input.deallocate()
  }

  /// The next event; after `.streamEnd` the caller stops.
  func next() throws(YAMLSyntaxError) -> YAMLEvent {
    var event = unsafe yaml_event_t()
    guard unsafe yaml_parser_parse(parser, &event) == 1 else { throw failure() }
    defer { unsafe yaml_event_delete(&event) }
    let (start, end) = unsafe (Int(event.start_mark.index), Int(event.end_mark.index))
    func made(_ kind: YAMLEvent.Kind, _ anchor: UnsafeMutablePointer<UInt8>? = nil, _ tag: UnsafeMutablePointer<UInt8>? = nil)
      -> YAMLEvent
    {
      unsafe YAMLEvent(kind: kind, anchor: Self.text(anchor), tag: Self.text(tag), start: start, end: end)
    }
    switch unsafe event.type {
    case YAML_STREAM_START_EVENT: return made(.streamStart)
    case YAML_STREAM_END_EVENT, YAML_NO_EVENT: return made(.streamEnd)
    case YAML_DOCUMENT_START_EVENT: return made(.documentStart)
    case YAML_DOCUMENT_END_EVENT: return made(.documentEnd)
    case YAML_SEQUENCE_START_EVENT:
      return unsafe made(.sequenceStart, event.data.sequence_start.anchor, event.data.sequence_start.tag)
    case YAML_SEQUENCE_END_EVENT: return made(.sequenceEnd)
    case YAML_MAPPING_START_EVENT:
      return unsafe made(.mappingStart, event.data.mapping_start.anchor, event.data.mapping_start.tag)
    case YAML_MAPPING_END_EVENT: return made(.mappingEnd)
    case YAML_ALIAS_EVENT: return unsafe made(.alias(Self.text(event.data.alias.anchor) ?? ""))
    case YAML_SCALAR_EVENT:
      let data = unsafe event.data.scalar
      let value = unsafe UnsafeBufferPointer(start: data.value, count: data.length)
      let scalar = unsafe YAMLScalar(String(decoding: value, as: UTF8.self), style: Self.style(data.style))
      return unsafe made(.scalar(scalar), data.anchor, data.tag)
    default: preconditionFailure("libyaml sent an event of the unknown type \(unsafe event.type.rawValue)")
    }
  }

  private func failure() -> YAMLSyntaxError {
    let context = unsafe parser.pointee.context.map { unsafe String(cString: $0) }
    let problem = unsafe parser.pointee.problem.map { unsafe String(cString: $0) } ?? "out of memory"
    let mark: YAMLSyntaxError.Mark =
      unsafe parser.pointee.error == YAML_READER_ERROR
      ? .byte(Int(parser.pointee.problem_offset)) : .character(Int(parser.pointee.problem_mark.index))
    return YAMLSyntaxError(
      problem: problem, context: context, mark: mark, contextMark: unsafe Int(parser.pointee.context_mark.index))
  }

  private static func text(_ pointer: UnsafeMutablePointer<UInt8>?) -> String? { unsafe pointer.map { unsafe String(cString: $0) } }

  private static func style(_ style: yaml_scalar_style_t) -> YAMLScalar.Style {
    switch style {
    case YAML_SINGLE_QUOTED_SCALAR_STYLE: .singleQuoted
    case YAML_DOUBLE_QUOTED_SCALAR_STYLE: .doubleQuoted
    case YAML_LITERAL_SCALAR_STYLE: .literal
    case YAML_FOLDED_SCALAR_STYLE: .folded
    default: .plain
    }
  }
}
