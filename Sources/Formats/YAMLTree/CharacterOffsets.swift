/// From libyaml's character counts to byte offsets.
///
/// - Complexity: building is O(bytes); a look-up walks at most ``stride`` characters. A text of ASCII alone costs nothing.
struct CharacterOffsets {
  private let utf8: [UInt8]
  /// Bytes before the first character that counts: the byte order mark.
  private let base: Int
  /// The byte offset of every ``stride``th character; empty for ASCII.
  private var checkpoints: [Int] = []
  private static let stride = 64

  init(_ utf8: [UInt8], from base: Int) {
    self.utf8 = utf8
    self.base = base
    guard utf8[base...].contains(where: { $0 >= 0x80 }) else { return }
    var characters = 0
    for i in base..<utf8.count where utf8[i] & 0xc0 != 0x80 {
      if characters % Self.stride == 0 { checkpoints.append(i) }
      characters += 1
    }
  }

  func byte(_ character: Int) -> Int {
    if checkpoints.isEmpty { return min(base + character, utf8.count) }
    let checkpoint = character / Self.stride
    guard checkpoint < checkpoints.count else { return utf8.count }
    var (offset, left) = (checkpoints[checkpoint], character % Self.stride)
    while left > 0, offset < utf8.count {
      offset += 1
      while offset < utf8.count, utf8[offset] & 0xc0 == 0x80 { offset += 1 }
      left -= 1
    }
    return offset
  }
}
