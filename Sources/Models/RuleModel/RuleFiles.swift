import SourceText

/// Finds and reads rule files.
package enum RuleFiles {
  /// The files that glob patterns name, sorted within each pattern, each once. A pattern without a match names nothing.
  ///
  /// - Parameter folder: what relative patterns start from; the working directory when empty.
  package static func matching(_ patterns: [String], in folder: String = "") -> [String] {
    var seen: Set<String> = []
    return patterns.flatMap { pattern in
      let path =
        pattern.hasPrefix("/") || folder.isEmpty ? pattern : folder.hasSuffix("/") ? folder + pattern : folder + "/" + pattern
      return Glob.paths(path)
    }.filter { seen.insert($0).inserted }
  }

  /// A file with its bytes.
  ///
  /// - Throws: ``RuleFileError`` with the system's reason, or when the file is larger than `limit`.
  package static func load(_ path: String, limit: Int = YAMLBytes.limit) throws(RuleFileError) -> SourceFile {
    SourceFile(name: path, utf8: try FileBytes.read(path, limit: limit))
  }
}

package enum YAMLBytes {
  package static let limit = 16 << 20
}

/// A rule file that cannot be read.
package struct RuleFileError: Error, Hashable, Sendable {
  package var path: String
  package var reason: String
}
