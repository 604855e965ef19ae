extension TemplateNumber {
  /// A literal of the language; complex numbers are refused.
  init(_ token: TemplateToken) throws(TemplateError) {
    text = token.text
    if token.kind == .charConstant {
      let value: Unicode.Scalar
      do throws(GoError) { value = try GoText.unquoteRune(token.text) } catch { throw TemplateError(error.message) }
      integer = Int(value.value)
      float = Double(value.value)
      isRune = true
      return
    }
    if token.kind == .complex || token.text.hasSuffix("i") {
      throw TemplateError("complex numbers are not supported: \(token.text)")
    }
    integer = GoText.integer(token.text)
    if let integer { float = Double(integer) } else { float = GoText.float(token.text) }
    if let value = float, value.isInfinite { float = nil }
    // What fits 64 bits without a sign parses, and is refused where it is used.
    if integer == nil, let value = float, value.magnitude >= 0x1p64, !token.text.utf8.contains(where: { ".eEpP".utf8.contains($0) })
    {
      throw TemplateError("integer overflow: \(GoText.quote(token.text))")
    }
    if integer == nil, let float { integer = Int(exactly: float) }
    if integer == nil, float == nil { throw TemplateError("illegal number syntax: \(GoText.quote(token.text))") }
  }

  /// What the literal is when nothing says which type is wanted.
  var isFloat: Bool {
    let isHexInteger = text.utf8.count > 2 && text.lowercased().contains("0x") && !text.lowercased().contains("p")
    return float != nil && !isHexInteger && !isRune && text.utf8.contains { ".eEpP".utf8.contains($0) }
  }
}
