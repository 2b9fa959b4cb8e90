extension PatternParser {
  /// An escape outside a class: an assertion, a class, or a scalar.
  mutating func escape() throws(PatternFault) -> PatternSyntax {
    let assertions: [(String, PatternAssertion)] = [
      ("\\A", .beginText), ("\\z", .endText), ("\\b", .wordBoundary), ("\\B", .noWordBoundary),
    ]
    for (text, assertion) in assertions where accept(word: text) { return .assertion(assertion) }
    if let parts = try classEscape() {
      return .scalars(ScalarClass(parts, ignoresCase: flags.ignoresCase))
    }
    return literal(try scalarEscape())
  }

  /// `[…]`.
  mutating func characterClass() throws(PatternFault) -> ScalarClass {
    let start = position
    position += 1
    let isNegated = accept("^")
    var parts: [ScalarClass.Part] = []
    var isFirst = true
    while isFirst || next != "]" {
      isFirst = false
      guard next != nil else { throw PatternFault("missing closing ]", rest(from: start)) }
      if let named = try namedClass() {
        parts += named
      } else if let escaped = try classEscape() {
        parts += escaped
      } else {
        parts.append(try range(start))
      }
    }
    position += 1
    return ScalarClass(parts, isNegated: isNegated, ignoresCase: flags.ignoresCase)
  }

  /// `a` or `a-z` in a class that began at `start`.
  private mutating func range(_ start: Int) throws(PatternFault) -> ScalarClass.Part {
    let rangeStart = position
    let first = try classScalar(start)
    guard next == "-", let last = peek(1), last != "]" else { return .scalar(first) }
    position += 1
    let end = try classScalar(start)
    guard first <= end else { throw PatternFault("invalid character class range", text(from: rangeStart)) }
    return .range(first.value, end.value)
  }

  private mutating func classScalar(_ start: Int) throws(PatternFault) -> Unicode.Scalar {
    guard let scalar = next else { throw PatternFault("missing closing ]", rest(from: start)) }
    if scalar == "\\" { return try scalarEscape() }
    position += 1
    return scalar
  }

  /// `[:alpha:]` or `[:^alpha:]` inside a class; nil if the bracket means itself.
  private mutating func namedClass() throws(PatternFault) -> [ScalarClass.Part]? {
    let start = position
    guard accept(word: "[:") else { return nil }
    guard var name = text(until: ":]") else {
      position = start
      return nil
    }
    let isNegated = name.hasPrefix("^")
    if isNegated { name.removeFirst() }
    guard let parts = ScalarClass.posix(name) else {
      throw PatternFault("invalid character class range", text(from: start))
    }
    return isNegated ? [.complement(parts)] : parts
  }

  /// `\d`, `\pL`, `\p{Greek}` and the like; nil if no class comes next.
  private mutating func classEscape() throws(PatternFault) -> [ScalarClass.Part]? {
    guard next == "\\", let letter = peek(1) else { return nil }
    let start = position
    if let parts = ScalarClass.perl(letter) {
      position += 2
      return parts
    }
    if "DSW".unicodeScalars.contains(letter), let small = Unicode.Scalar(letter.value | 0x20),
      let parts = ScalarClass.perl(small)
    {
      position += 2
      return [.complement(parts)]
    }
    guard letter == "p" || letter == "P" else { return nil }
    position += 2
    var isNegated = letter == "P"
    var name: String?
    if accept("{") {
      name = text(until: "}")
    } else if let category = next {
      position += 1
      name = String(category)
    }
    if name?.hasPrefix("^") == true {
      name?.removeFirst()
      isNegated.toggle()
    }
    if let name {
      unicodeNames.insert(name)
      guard unicodeNames.count <= mostUnicodeNames else { throw PatternFault("expression names too many scripts") }
    }
    guard let name, let parts = ScalarClass.unicode(name) else {
      throw PatternFault("invalid character class range", text(from: start))
    }
    return isNegated ? [.complement(parts)] : parts
  }

  /// An escape that stands for one scalar.
  private mutating func scalarEscape() throws(PatternFault) -> Unicode.Scalar {
    let start = position
    position += 1
    guard let letter = next else { throw PatternFault("trailing backslash at end of expression") }
    position += 1
    switch letter {
    case "a": return "\u{7}"
    case "f": return "\u{c}"
    case "n": return "\n"
    case "r": return "\r"
    case "t": return "\t"
    case "v": return "\u{b}"
    case "x": if let scalar = hexadecimalEscape() { return scalar }
    case "0": return octalEscape(0)
    case "1"..."7":
      // A single digit would refer back to a group, which needs more than linear time.
      if let digit = next, "0"..."7" ~= digit { return octalEscape(letter.value - 48) }
    default: if letter.isASCII, !UInt8(truncatingIfNeeded: letter.value).isAlphanumeric { return letter }
    }
    throw PatternFault("invalid escape sequence", text(from: start))
  }

  private mutating func octalEscape(_ first: UInt32) -> Unicode.Scalar {
    var value = first
    for _ in 0..<2 {
      guard let digit = next, "0"..."7" ~= digit else { break }
      value = value * 8 + (digit.value - 48)
      position += 1
    }
    return Unicode.Scalar(value) ?? "\0"
  }

  /// What follows `\x`: two digits, or any number in braces.
  private mutating func hexadecimalEscape() -> Unicode.Scalar? {
    let digits: String
    if accept("{") {
      guard let braced = text(until: "}"), braced.utf8.count <= 8 else { return nil }
      digits = braced
    } else {
      guard peek(1) != nil else { return nil }
      position += 2
      digits = text(from: position - 2)
    }
    guard !digits.isEmpty, digits.utf8.allSatisfy({ $0.isAlphanumeric }), let value = UInt32(digits, radix: 16)
    else { return nil }
    return Unicode.Scalar(value)
  }
}

extension UInt8 {
  fileprivate var isAlphanumeric: Bool { isWordByte && self != UInt8(ascii: "_") }
}
