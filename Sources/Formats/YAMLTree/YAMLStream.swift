import SourceText

/// The documents of a YAML text and what was wrong with it.
///
/// A syntax error ends reading; the documents before it stand. Duplicate keys, limits and unknown aliases are errors in `diagnostics`; the
/// tree is then the best one that could be built.
/// - Errors: checks `yaml/syntax`, `yaml/encoding`, `yaml/duplicate-key`, `yaml/alias`, `yaml/merge`, `yaml/limit`, `yaml/documents`.
package struct YAMLStream {
  package enum Choice: Sendable {
    /// Reads to the end of the first document and not further, as the reference reads rule files.
    case first
    /// A second document is an error.
    case only
    case all
  }

  package private(set) var documents: [YAMLNode] = []
  package let sink: DiagnosticSink
  package var diagnostics: [Diagnostic] { sink.diagnostics }

  package init(_ file: SourceFile, documents choice: Choice = .only, limits: YAMLLimits = YAMLLimits()) {
    sink = DiagnosticSink(file, limit: limits.diagnostics)
    guard let base = Self.textStart(of: file, limits: limits, sink) else { return }
    var composer = YAMLComposer(file, from: base, limits: limits, sink)
    do {
      while let document = try composer.document() {
        if choice == .only, !documents.isEmpty {
          let hint = "put it in a file of its own"
          sink.error("yaml/documents", at: document.range, "a second document in a file that holds one", hint: hint)
          return
        }
        documents.append(document)
        if choice == .first { return }
      }
    } catch {
      sink.report(error.diagnostic)
    }
  }

  /// Where the text starts behind a byte order mark; `nil` when it cannot be read at all.
  private static func textStart(of file: SourceFile, limits: YAMLLimits, _ sink: DiagnosticSink) -> Int? {
    let bytes = file.utf8
    guard bytes.count <= limits.documentBytes else {
      sink.error(
        "yaml/limit", at: .unknown,
        "the text has \(bytes.count) bytes, more than the limit document bytes = \(limits.documentBytes)")
      return nil
    }
    if bytes.starts(with: [0xff, 0xfe]) || bytes.starts(with: [0xfe, 0xff]) {
      sink.error("yaml/encoding", at: SourceRange(0, 2), "the text is UTF-16, expected UTF-8")
      return nil
    }
    if let bad = UTF8Check.firstError(in: bytes) {
      let hex = String(bytes[bad], radix: 16)
      sink.error(
        "yaml/encoding", at: SourceRange(bad, bad + 1), "invalid UTF-8: unexpected byte 0x\(hex.count < 2 ? "0" : "")\(hex)")
      return nil
    }
    // libyaml passes over these at the start of any line, so that a key would look right and be another.
    if let mark = Self.markAtLineStart(bytes) {
      let place = SourceRange(mark, mark + 3)
      sink.error("yaml/syntax", at: place, "unexpected byte order mark", hint: "it may only stand at the beginning of the text")
      return nil
    }
    return bytes.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0
  }

  private static func markAtLineStart(_ bytes: [UInt8]) -> Int? {
    var i = 1
    while i + 2 < bytes.count {
      if bytes[i] == 0xef, bytes[i - 1] == 0x0a, bytes[i + 1] == 0xbb, bytes[i + 2] == 0xbf { return i }
      i += 1
    }
    return nil
  }
}

enum UTF8Check {
  /// The offset of the first byte that is not part of a well-formed sequence.
  ///
  /// - Source: Unicode 15, table 3-7.
  static func firstError(in bytes: [UInt8]) -> Int? {
    var i = 0
    while i < bytes.count {
      let lead = bytes[i]
      if lead < 0x80 {
        i += 1
        continue
      }
      let (more, second): (Int, ClosedRange<UInt8>)
      switch lead {
      case 0xc2...0xdf: (more, second) = (1, 0x80...0xbf)
      case 0xe0: (more, second) = (2, 0xa0...0xbf)
      case 0xed: (more, second) = (2, 0x80...0x9f)
      case 0xe1...0xef: (more, second) = (2, 0x80...0xbf)
      case 0xf0: (more, second) = (3, 0x90...0xbf)
      case 0xf1...0xf3: (more, second) = (3, 0x80...0xbf)
      case 0xf4: (more, second) = (3, 0x80...0x8f)
      default: return i
      }
      for k in 1...more {
        guard i + k < bytes.count, (k == 1 ? second : 0x80...0xbf).contains(bytes[i + k]) else { return i }
      }
      i += more + 1
    }
    return nil
  }
}
