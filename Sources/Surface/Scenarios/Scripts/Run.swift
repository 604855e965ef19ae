import SeriesModel
import Storage

/// Runs scripts one after the other, each against a store of its own, and says how their cases went.
public func run(files: [ScriptFile]) -> ScriptReport { run(files: files, on: LocalScriptEngine()) }

package func run(files: [ScriptFile], on engine: any ScriptEngine) -> ScriptReport {
  var report = ScriptReport()
  for file in files {
    report.add(ScriptRunner.run(ScriptParser.parse(name: file.name, text: file.text), on: engine, storing: makeStore))
  }
  return report
}

/// A head that keeps every sample, in whatever order it comes.
private func makeStore() -> ScriptRunner.Store {
  Head(options: HeadOptions(history: nil, outOfOrderWindow: nil))
}
