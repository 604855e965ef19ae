import CLibFuzzer

/// libFuzzer's loop: it makes inputs, calls the target with them and watches what code they reach.
enum FuzzDriver {
  // Invariant: written once, by the thread that then runs the loop; read by that thread alone.
  nonisolated(unsafe) private static var target: (([UInt8]) -> Void)?

  /// Runs until libFuzzer's options or a finding end it.
  ///
  /// - Returns: the exit code.
  static func run(_ body: @escaping ([UInt8]) -> Void) -> Int32 {
    // Invariant: the driver runs inside this call, on this thread, and calls with `count` readable bytes.
    unsafe target = body
    var count = CommandLine.argc
    var arguments = unsafe Optional(unsafe CommandLine.unsafeArgv)
    return unsafe withUnsafeMutablePointer(to: &arguments) { arguments in
      unsafe arguments.withMemoryRebound(to: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?.self, capacity: 1) { arguments in
        unsafe LLVMFuzzerRunDriver(&count, arguments) { bytes, count in
          unsafe FuzzDriver.target!([UInt8](UnsafeBufferPointer(start: bytes, count: count)))
          return 0
        }
      }
    }
  }
}
