import Foundation

/// `FuzzTargets --target=NAME [libFuzzer's options] CORPUS…` fuzzes a target; `--seeds=FOLDER` writes its own seeds there instead.
@main
struct Fuzzing {
  static let targets: [any (FuzzTarget & SendableMetatype).Type] = [
    SyntaxTarget.self, RoundTripTarget.self, EngineTarget.self, RemoteWriteTarget.self, EventsTarget.self, ExpositionTarget.self,
  ]

  static func main() throws {
    // libFuzzer ignores options with two dashes and hands them to its own children.
    guard let target = targets.first(where: { CommandLine.arguments.contains("--target=" + $0.name) }) else {
      print("--target= one of: " + targets.map { $0.name }.joined(separator: " "))
      exit(2)
    }
    if let option = CommandLine.arguments.first(where: { $0.hasPrefix("--seeds=") }) {
      let folder = URL(filePath: String(option.dropFirst(8)), directoryHint: .isDirectory)
      for (i, seed) in target.seeds.enumerated() { try Data(seed).write(to: folder.appending(path: "own-\(i)")) }
      return
    }
    exit(FuzzDriver.run { target.run($0) })
  }
}

/// Something that takes any bytes.
protocol FuzzTarget {
  static var name: String { get }
  /// Inputs that text files of the repository do not give.
  static var seeds: [[UInt8]] { get }
  /// Traps when a law does not hold.
  static func run(_ bytes: [UInt8])
}

extension FuzzTarget {
  static var seeds: [[UInt8]] { [] }
}

/// A law that must hold for every input; a finding says which, and with what.
func law(_ holds: Bool, _ what: @autoclosure () -> String) {
  if !holds { fatalError(what()) }
}
