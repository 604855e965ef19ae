import Glibc
import PromQLSyntax
import RuleModel
import SourceText

/// The rule files that a configuration names, read and found to be right.
struct RuleSet: Sendable {
  var files: [RuleFile]
  /// Patterns that name no file.
  var unmatched: [String] = []

  /// `4 files, 5 groups, 54 rules`
  var summary: String {
    let groups = files.flatMap(\.groups)
    return "\(files.count) files, \(groups.count) groups, \(groups.reduce(0) { $0 + $1.rules.count }) rules"
  }

  /// - Throws: ``ConfigurationProblem`` with the diagnostics of every file that is wrong, as people read them.
  static func load(_ configuration: Configuration) throws(ConfigurationProblem) -> RuleSet {
    let patterns = configuration.ruleFiles.isEmpty ? shippedRules() : configuration.ruleFiles
    var files: [RuleFile] = []
    var problems = ""
    let unmatched = patterns.filter { RuleFiles.matching([$0]).isEmpty }
    for pattern in unmatched where !pattern.contains(where: { "*?[".contains($0) }) {
      problems += "\(pattern): no such rule file\n"
    }
    for path in RuleFiles.matching(patterns) {
      let source: SourceFile
      do { source = try RuleFiles.load(path) } catch {
        problems += "cannot read \(error.path): \(error.reason)\n"
        continue
      }
      let (file, diagnostics) = RuleFileReader.read(source, features: configuration.syntax)
      if let file {
        files.append(file)
      } else {
        problems += DiagnosticRenderer().render(diagnostics.filter { $0.severity == .error }, in: source)
      }
    }
    guard problems.isEmpty else { throw ConfigurationProblem(text: problems) }
    return RuleSet(files: files, unmatched: unmatched)
  }

  /// `rules/` in the folder of the executable or in one above it, else where packages put it.
  static func shippedRules() -> [String] {
    var folder = ProcessUsage.executable
    while let slash = folder.lastIndex(of: "/") {
      folder = String(folder[..<slash])
      if access(folder + "/rules", R_OK | X_OK) == 0 { return [folder + "/rules/*.yml"] }
    }
    return ["/usr/share/tidemark/rules/*.yml"]
  }
}
