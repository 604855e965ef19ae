import PromQLSyntax
import RuleModel
import SourceText

/// `tidemark check rules`: reads rule files and looks for what is legal but probably wrong.
package enum RuleChecks {
  package struct Options: Sendable {
    package var features: SyntaxFeatures
    package var lintIsFatal: Bool
    /// Looks for rules that stand twice.
    package var findsDuplicates: Bool

    package init(features: SyntaxFeatures = [], lintIsFatal: Bool = false, findsDuplicates: Bool = true) {
      self.features = features
      self.lintIsFatal = lintIsFatal
      self.findsDuplicates = findsDuplicates
    }
  }

  /// Checks files by path, in the order given. A file that cannot be read is a finding like others.
  package static func check(files: [String], options: Options = Options()) -> CheckReport {
    let checked = files.map { path in
      do throws(RuleFileError) {
        return check(try RuleFiles.load(path), options: options)
      } catch {
        let finding = Diagnostic(.error, RuleCheck.file, at: .unknown, "cannot read the file: \(error.reason)")
        return CheckReport.File(SourceFile(name: path, utf8: []), diagnostics: [finding], count: nil)
      }
    }
    return CheckReport(subject: "rules", files: checked, lintIsFatal: options.lintIsFatal)
  }

  /// Checks one text.
  package static func check(_ source: SourceFile, options: Options = Options()) -> CheckReport.File {
    let (file, diagnostics) = RuleFileReader.read(source, features: options.features)
    guard let file else { return CheckReport.File(source, diagnostics: diagnostics, count: nil) }
    let duplicates = options.findsDuplicates ? DuplicateRules.findings(in: file, source) : []
    let count = file.groups.reduce(0) { $0 + $1.rules.count }
    return CheckReport.File(source, diagnostics: diagnostics + duplicates, count: count)
  }
}
