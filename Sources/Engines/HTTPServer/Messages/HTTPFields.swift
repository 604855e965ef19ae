/// The methods that routes know.
public enum HTTPMethod: String, Hashable, Sendable, CaseIterable { case GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS }

/// Field lines in their order; names compare without case.
public struct HTTPFields: Hashable, Sendable, ExpressibleByDictionaryLiteral {
  public private(set) var lines: [(name: String, value: String)] = []

  public init() {}
  public init(dictionaryLiteral elements: (String, String)...) { lines = elements.map { ($0.0, $0.1) } }

  /// The first line of that name. Setting replaces all lines of the name.
  public subscript(_ name: String) -> String? {
    get { lines.first { Self.same($0.name, name) }?.value }
    set {
      lines.removeAll { Self.same($0.name, name) }
      if let newValue { lines.append((name, newValue)) }
    }
  }

  public func all(_ name: String) -> [String] { lines.filter { Self.same($0.name, name) }.map(\.value) }
  public mutating func add(_ name: String, _ value: String) { lines.append((name, value)) }

  /// The comma-separated members of all lines of that name, trimmed, as in `Accept-Encoding: gzip, br;q=0.5`.
  public func members(_ name: String) -> [Substring] {
    lines.lazy.filter { Self.same($0.name, name) }.flatMap { $0.value.split(separator: ",") }
      .map { $0.trimmingBlanks }.filter { !$0.isEmpty }
  }

  static func same(_ a: some StringProtocol, _ b: some StringProtocol) -> Bool {
    a.utf8.count == b.utf8.count && zip(a.utf8, b.utf8).allSatisfy { lower($0) == lower($1) }
  }
  private static func lower(_ byte: UInt8) -> UInt8 { (0x41...0x5a).contains(byte) ? byte + 32 : byte }

  public static func == (a: HTTPFields, b: HTTPFields) -> Bool {
    a.lines.elementsEqual(b.lines) { $0.name == $1.name && $0.value == $1.value }
  }
  public func hash(into hasher: inout Hasher) {
    for line in lines {
      hasher.combine(line.name)
      hasher.combine(line.value)
    }
  }
}

extension StringProtocol where SubSequence == Substring {
  /// Without spaces and tabs at both ends.
  var trimmingBlanks: Substring {
    var rest = self[...]
    while let first = rest.utf8.first, first == 0x20 || first == 0x09 { rest.removeFirst() }
    while let last = rest.utf8.last, last == 0x20 || last == 0x09 { rest.removeLast() }
    return rest
  }
}
