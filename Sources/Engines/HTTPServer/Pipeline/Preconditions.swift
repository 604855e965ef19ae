extension Response {
  /// Turns a tagged 200 into 304 when the client has that version.
  mutating func applyPreconditions(of request: HTTPFields) {
    guard status == 200, let tag = headers["ETag"] else { return }
    let known = request.members("If-None-Match")
    // Compared weakly: `W/"a"` and `"a"` name the same content.
    guard known.contains("*") || known.contains(where: { Self.opaque($0) == Self.opaque(tag[...]) }) else { return }
    status = 304
    body = .empty
    headers["Content-Type"] = nil
    headers["Content-Encoding"] = nil
  }

  private static func opaque(_ tag: Substring) -> Substring { tag.hasPrefix("W/") ? tag.dropFirst(2) : tag }
}
