/// The second word of a request line, taken apart.
struct RequestTarget: Hashable, Sendable {
  /// Percent-decoded.
  var path: String
  var rawPath: String
  var rawQuery: String

  struct Malformed: Error { var reason: String }

  /// Takes `/path?query`, `http://host/path?query` and `*`.
  init(_ text: String) throws(Malformed) {
    var rest = text[...]
    for scheme in ["http://", "https://"] where HTTPFields.same(rest.prefix(scheme.utf8.count), scheme) {
      rest = rest.dropFirst(scheme.count)
      rest = rest[(rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex)...]
      if rest.first != "/" { rest = "/" + rest }
    }
    guard rest.first == "/" || rest == "*" else { throw Malformed(reason: "the request target must start with a slash") }
    let path = rest.prefix { $0 != "?" }
    rawPath = String(path)
    rawQuery = String(rest.dropFirst(path.count + 1))
    guard let decoded = URLCoding.decode(path) else {
      throw Malformed(reason: "the path has a broken percent escape or is not UTF-8")
    }
    guard !decoded.utf8.contains(0) else { throw Malformed(reason: "the path has a zero byte") }
    self.path = decoded
  }
}
