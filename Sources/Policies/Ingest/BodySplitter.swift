/// Finds the events in a body. What stands between the ends is for the reader to check.
struct BodySplitter {
  let format: EventFormat
  let limits: IngestLimits

  /// The range of each event.
  ///
  /// - Parameter count: of the body, without the padding behind it.
  /// - Throws: 413 for more events than allowed; 400 when a batch is not an array of values.
  func split(_ body: [UInt8], count: Int) throws(RequestProblem) -> [Range<Int>] {
    switch format {
    case .single: return [trim(body, 0..<count)]
    case .lines: return try lines(body, count)
    case .batch: return try elements(body, count)
    }
  }
}

private extension BodySplitter {
  func lines(_ body: [UInt8], _ count: Int) throws(RequestProblem) -> [Range<Int>] {
    var found: [Range<Int>] = []
    var start = 0
    while start < count {
      let end = ByteSearch.first(UInt8(ascii: "\n"), in: body, start..<count) ?? count
      let line = trim(body, start..<end)
      if !line.isEmpty {
        found.append(line)
        try check(found.count)
      }
      start = end + 1
    }
    return found
  }

  func elements(_ body: [UInt8], _ count: Int) throws(RequestProblem) -> [Range<Int>] {
    let whole = trim(body, 0..<count)
    guard let open = whole.first, body[open] == UInt8(ascii: "[") else {
      throw malformed("expected an array of events", at: whole.lowerBound)
    }
    var found: [Range<Int>] = []
    var i = skipBlanks(body, open + 1, count)
    if i < count, body[i] == UInt8(ascii: "]") {
      i += 1
    } else {
      while true {
        let end = try endOfValue(body, i, count)
        found.append(trim(body, i..<end))
        try check(found.count)
        guard !found[found.count - 1].isEmpty else { throw malformed("expected an event", at: i) }
        guard end < count else { throw malformed("the array does not end", at: end) }
        i = skipBlanks(body, end + 1, count)
        if body[end] == UInt8(ascii: "]") { break }
      }
    }
    i = skipBlanks(body, i, count)
    guard i >= whole.upperBound else { throw malformed("expected nothing behind the array", at: i) }
    return found
  }

  /// Where the comma or bracket stands that ends a value of the outer array.
  func endOfValue(_ body: [UInt8], _ start: Int, _ count: Int) throws(RequestProblem) -> Int {
    var i = start
    var depth = 0
    while i < count {
      switch body[i] {
      case UInt8(ascii: "\""):
        i += 1
        while i < count, body[i] != UInt8(ascii: "\"") { i += body[i] == UInt8(ascii: "\\") ? 2 : 1 }
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"): depth -= 1
      case UInt8(ascii: "]"):
        if depth == 0 { return i }
        depth -= 1
      case UInt8(ascii: ","): if depth == 0 { return i }
      default: break
      }
      if depth < 0 { throw malformed("a bracket too many", at: i) }
      i += 1
    }
    throw malformed("the array does not end", at: count)
  }

  func skipBlanks(_ body: [UInt8], _ start: Int, _ count: Int) -> Int {
    var i = start
    while i < count, isBlank(body[i]) { i += 1 }
    return i
  }

  func trim(_ body: [UInt8], _ range: Range<Int>) -> Range<Int> {
    var (low, high) = (range.lowerBound, range.upperBound)
    while low < high, isBlank(body[low]) { low += 1 }
    while low < high, isBlank(body[high - 1]) { high -= 1 }
    return low..<high
  }

  func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 }

  func check(_ events: Int) throws(RequestProblem) {
    guard events <= limits.batchEvents else {
      throw RequestProblem(
        status: 413, error: "batch_events",
        message: "expected at most \(limits.batchEvents) events in one request; send the rest in another")
    }
  }

  func malformed(_ what: String, at offset: Int) -> RequestProblem {
    RequestProblem(status: 400, error: "malformed", message: "the body is not a JSON array of events: \(what) at byte \(offset)")
  }
}
