extension String {
  /// Whether this is a Swift function's name with its argument labels, e.g. `decode(from:)` or `next()`, which no
  /// expression would end like.
  var isSwiftSignature: Bool { hasSuffix(":)") || hasSuffix("()") }

  /// An expression that matches what was meant: of a Swift function's name the name itself, else what it says.
  package var escapedSignature: String {
    if !isSwiftSignature { return self }
    return reduce(into: "") { text, character in
      if "\\^$.|?*+()[]{}".contains(character) { text.append("\\") }
      text.append(character)
    }
  }
}
