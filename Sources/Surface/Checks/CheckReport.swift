import SourceText
import TextCoding

/// What a check found, file by file. One value for the terminal, for programs and for the exit status.
package struct CheckReport: Sendable {
  /// One file and the findings about it.
  package struct File: Sendable {
    package var source: SourceFile
    package var diagnostics: [Diagnostic]
    /// How many things of the kind that was checked the file holds; `nil` when it is broken.
    package var count: Int?

    package init(_ source: SourceFile, diagnostics: [Diagnostic], count: Int?) {
      self.source = source
      self.diagnostics = diagnostics
      self.count = count
    }

    package var isBroken: Bool { diagnostics.contains { $0.severity == .error } }
  }

  /// What is counted, in the plural: `rules`.
  package var subject: String
  package var files: [File]
  /// Warnings end with exit status 3.
  package var lintIsFatal: Bool

  package init(subject: String, files: [File], lintIsFatal: Bool = false) {
    self.subject = subject
    self.files = files
    self.lintIsFatal = lintIsFatal
  }

  package var count: Int { files.reduce(0) { $0 + ($1.count ?? 0) } }
  package var errors: Int { count(of: .error) }
  package var warnings: Int { count(of: .warning) }

  /// 0: fine; 1: something is broken; 3: only lint findings, made fatal.
  package var exitCode: Int32 { errors > 0 ? 1 : lintIsFatal && warnings > 0 ? 3 : 0 }

  private func count(of severity: Diagnostic.Severity) -> Int {
    files.reduce(0) { $0 + $1.diagnostics.count { $0.severity == severity } }
  }

  /// The findings of each file, then a line about it; with several files a last line about all.
  package func text(coloured: Bool = false) -> String {
    let renderer = DiagnosticRenderer(coloured: coloured)
    var out = ""
    for file in files {
      out += renderer.render(file.diagnostics, in: file.source)
      let name = renderer.printable(file.source.name)
      let (errors, warnings) = (
        file.diagnostics.count { $0.severity == .error }, file.diagnostics.count { $0.severity == .warning }
      )
      let found = file.isBroken ? "FAILED: \(Self.counted(errors, "error"))" : "SUCCESS: \(file.count ?? 0) \(subject) found"
      out += "\(name): \(found)" + (warnings > 0 ? ", \(Self.counted(warnings, "warning"))" : "") + "\n"
    }
    if files.count > 1 {
      out +=
        "\(files.count) files: \(count) \(subject) found, \(Self.counted(errors, "error")), \(Self.counted(warnings, "warning"))\n"
    }
    return out
  }

  private static func counted(_ n: Int, _ noun: String) -> String { "\(n) \(noun)\(n == 1 ? "" : "s")" }

  /// One object: `files` with `file`, `ok` and the count under the subject's name, `diagnostics`, the totals and `exit_code`.
  package func json() -> [UInt8] {
    var json = JSONWriter()
    json.beginObject()
    json.key("files")
    json.beginArray()
    for file in files {
      json.beginObject()
      json.key("file")
      json.string(file.source.name)
      json.key("ok")
      json.bool(!file.isBroken)
      json.key(subject)
      json.integer(file.count ?? 0)
      json.endObject()
    }
    json.endArray()
    json.key("diagnostics")
    json.beginArray()
    for file in files {
      for diagnostic in file.diagnostics { json.raw(DiagnosticJSON.object(LocatedDiagnostic(diagnostic, in: file.source)).utf8) }
    }
    json.endArray()
    json.key(subject)
    json.integer(count)
    json.key("errors")
    json.integer(errors)
    json.key("warnings")
    json.integer(warnings)
    json.key("exit_code")
    json.integer(Int(exitCode))
    json.endObject()
    return json.bytes
  }
}
