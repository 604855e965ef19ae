/// Turns an input into decisions, one byte after the other; past its end every decision is the first choice, so that what is made of it ends too.
struct ByteSupply {
  private let bytes: [UInt8]
  private var position: Int

  init(_ bytes: [UInt8], from position: Int = 0) {
    self.bytes = bytes
    self.position = position
  }

  var isEmpty: Bool { position >= bytes.count }

  mutating func byte() -> UInt8 {
    guard position < bytes.count else { return 0 }
    position += 1
    return bytes[position - 1]
  }

  mutating func below(_ count: Int) -> Int { Int(byte()) % count }
  mutating func pick<T>(_ all: [T]) -> T { all[below(all.count)] }
  /// One time in `n`, and never past the end.
  mutating func chance(_ n: Int) -> Bool { below(n) == n - 1 }
}
