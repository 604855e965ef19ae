import CAllocationCount
import CMalloc
import Glibc
import PromQLEngine

/// `EngineBench [--repeats N] [--quiet | --only EXPRESSION | --parse]`: runs every operator and every function of the engine over some samples and over twice as many, and counts what
/// is allocated in between.
///
/// Ends with 1 when anything allocates per sample, when a part of the engine is in no expression, when an expression yields nothing, or when
/// allocations are not seen.
@main
struct EngineBench {
  static func main() throws {
    checkCounter()
    // As the program has it: else it is by chance whether rows are taken from the kernel each time.
    mallopt(M_MMAP_THRESHOLD, 1 << 20)
    mallopt(M_TRIM_THRESHOLD, 4 << 20)
    let arguments = CommandLine.arguments
    func option(_ name: String) -> String? {
      arguments.firstIndex(of: name).flatMap { $0 + 1 < arguments.count ? arguments[$0 + 1] : nil }
    }
    if arguments.contains("--parse") { return try ParseBench.run() }
    let repeats = option("--repeats").flatMap(Int.init) ?? 5
    if let text = option("--only") {
      print(Line.head)
      for measurement in try Asker(repeats: repeats).measure(BenchExpression(text)) { print(Line.text(measurement)) }
      return
    }
    let isQuiet = arguments.contains("--quiet")
    let asker = try Asker(repeats: max(1, repeats))
    var missing = Engine.parts
    var above = 0
    if !isQuiet { print(Line.head) }
    for expression in BenchExpression.all {
      let parts = try asker.parts(expression)
      let unknown = parts.subtracting(Engine.parts)
      if !unknown.isEmpty { fail("not among the engine's parts: \(unknown.sorted())") }
      missing.subtract(parts)
      let measurements = try asker.measure(expression)
      if !expression.yieldsNothing, measurements.allSatisfy({ $0.twice.results == 0 }) {
        fail("nothing comes of \(expression.text)")
      }
      for measurement in measurements {
        if measurement.isAbove { above += 1 }
        if measurement.isAbove || !isQuiet { print(Line.text(measurement)) }
      }
    }
    if !missing.isEmpty { fail("in no expression: \(missing.sorted().joined(separator: ", "))") }
    print("\(BenchExpression.all.count) expressions, \(above) above the ceiling")
    exit(above == 0 ? 0 : 1)
  }

  /// Swift's own allocations must be seen, each as one.
  private static func checkCounter() {
    var counted = (blocks: 0 as UInt64, bytes: 0 as UInt64)
    // The first time the runtime makes what it knows of the type.
    for _ in 0..<2 {
      let before = allocations_of_this_thread()
      let array = [UInt64](repeating: before.blocks, count: 10_000)
      let after = allocations_of_this_thread()
      guard array[9999] == before.blocks else { fail("an array has lost its elements") }
      counted = (after.blocks - before.blocks, after.bytes - before.bytes)
    }
    guard counted.blocks == 1, counted.bytes >= 80_000 else {
      fail("an array of 80000 bytes counts as \(counted.blocks) blocks of \(counted.bytes) bytes")
    }
  }

  private static func fail(_ why: String) -> Never {
    print("EngineBench: \(why)")
    exit(1)
  }
}
