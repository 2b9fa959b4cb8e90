/// A demangled C++ name, to be made shorter.
///
/// It is no C++ parser: it knows how libstdc++'s demangler writes names. What it does not understand stays.
struct CxxText {
  private var text: [UInt8]

  init(_ text: [UInt8]) { self.text = text }

  /// What names of things that are no functions begin with; behind it all parameters stay.
  private static let specialPrefixes = [
    "vtable for ", "VTT for ", "construction vtable for ", "typeinfo for ", "typeinfo name for ", "guard variable for ",
    "reference temporary #", "non-virtual thunk to ", "virtual thunk to ", "covariant return thunk to ",
    "TLS init function for ", "TLS wrapper function for ", "template parameter object for ",
    "transaction clone for ", "non-transaction clone for ",
  ].map { Array($0.utf8) }

  /// Whether it is the name of a table, a thunk and the like.
  var isSpecial: Bool { Self.specialPrefixes.contains(where: text.starts) }

  /// The name with what the detail leaves in.
  mutating func shortened(to detail: NameDetail) -> [UInt8] {
    separateBrackets()
    if detail == .full { return text }
    if !isSpecial {
      dropQualifiers()
      dropParameters()
      dropReturnType()
    }
    emptyEnclosingParameters()
    if detail == .short { dropTemplateArguments() }
    return text
  }

  // MARK: - Steps

  /// Puts a space between two closing brackets, as most demanglers do always and libstdc++'s nearly always.
  private mutating func separateBrackets() {
    guard text.indices.dropLast().contains(where: { text[$0] == UInt8(ascii: ">") && text[$0 + 1] == text[$0] }) else {
      return
    }
    var scanner = Scanner(text)
    var (spaced, wasClosing) = ([UInt8](), false)
    while let token = scanner.next() {
      let isClosing = token.range.count == 1 && text[token.range.lowerBound] == UInt8(ascii: ">")
      if isClosing && wasClosing { spaced.append(UInt8(ascii: " ")) }
      spaced += text[token.range]
      wasClosing = isClosing
    }
    text = spaced
  }

  /// ` const`, ` &&` and so on behind the parameters.
  private mutating func dropQualifiers() {
    let qualifiers = [" const", " volatile", " restrict", " __restrict", " &", " &&", " noexcept"].map {
      Array($0.utf8)
    }
    while let qualifier = qualifiers.first(where: { text.ends(with: $0) }), text.contains(UInt8(ascii: ")")) {
      text.removeLast(qualifier.count)
    }
  }

  /// The last pair of parentheses and what is in it.
  private mutating func dropParameters() {
    guard text.last == UInt8(ascii: ")"), let open = opening(of: text.count - 1), !isName(open) else { return }
    text.removeSubrange(open...)
    // A function that returns one: `void (*name(int))(char)`.
    if text.last == UInt8(ascii: ")"), let open = opening(of: text.count - 1), !isName(open) {
      text = Array(text[(open + 1)..<(text.count - 1)])
      if let star = text.firstIndex(where: { !"*&".utf8.contains($0) }) { text.removeSubrange(..<star) }
      dropParameters()
    }
  }

  /// What stands before the last space outside brackets; only functions of templates have it.
  private mutating func dropReturnType() {
    var scanner = Scanner(text)
    var start = 0
    while let token = scanner.next() {
      if token.isConversion { break }
      guard token.depth == 0, text[token.range.lowerBound] == UInt8(ascii: " "), token.range.count == 1 else {
        continue
      }
      let rest = text[token.range.upperBound...]
      // The qualifiers of an enclosing function.
      if ["const::", "volatile::", "&::", "&&::", "const &::", "const &&::"].contains(where: {
        rest.starts(with: $0.utf8)
      }) {
        continue
      }
      if text[..<token.range.lowerBound].ends(with: ")".utf8), rest.starts(with: "const ".utf8) { continue }
      start = token.range.upperBound
    }
    text.removeSubrange(..<start)
  }

  /// `f(int)::g` becomes `f()::g`.
  private mutating func emptyEnclosingParameters() {
    var position = 0
    while let close = text[position...].firstIndex(of: UInt8(ascii: ")")) {
      position = close + 1
      var rest = text[position...]
      for qualifier in [" const", " volatile", " &&", " &"] where rest.starts(with: qualifier.utf8) {
        rest = rest.dropFirst(qualifier.utf8.count)
      }
      guard rest.starts(with: "::".utf8), let open = opening(of: close), !isName(open) else { continue }
      text.removeSubrange((open + 1)..<close)
      position = open + 2
    }
  }

  /// Everything between angle brackets that are no operators.
  private mutating func dropTemplateArguments() {
    var scanner = Scanner(text)
    var kept: [UInt8] = []
    while let token = scanner.next() {
      if token.angles == 0 { kept += text[token.range] }
    }
    // `operator< <int>` has a space that goes with its arguments.
    text = kept
  }

  // MARK: - Brackets

  /// Where the parenthesis begins that ends here.
  private func opening(of close: Int) -> Int? {
    var depth = 0
    for position in stride(from: close, through: 0, by: -1) {
      if text[position] == UInt8(ascii: ")") { depth += 1 }
      if text[position] == UInt8(ascii: "(") {
        depth -= 1
        if depth == 0 { return position }
      }
    }
    return nil
  }

  /// Whether the parentheses that begin here belong to a name.
  private func isName(_ open: Int) -> Bool {
    if text[open...].starts(with: "(anonymous namespace)".utf8) { return true }
    return text[..<open].ends(with: "operator".utf8) && text[(open + 1)...].starts(with: ")".utf8)
  }

  /// Goes through a name, operators in one piece, and tells how deep in brackets each piece is.
  private struct Scanner {
    struct Token {
      var range: Range<Int>
      /// How many brackets of any kind are open around it; an angle bracket counts as within itself.
      var depth: Int
      /// How many angle brackets are.
      var angles: Int
      /// Whether a conversion to a type follows, with spaces of its own.
      var isConversion = false
    }

    private let text: [UInt8]
    private var position = 0
    private var open: [UInt8] = []

    init(_ text: [UInt8]) { self.text = text }

    private static let operators = [
      "()", "[]", "<=>", "<<=", ">>=", "->*", "<<", ">>", "<=", ">=", "->", "<", ">", "\"\" ",
    ].map { Array($0.utf8) }

    mutating func next() -> Token? {
      guard position < text.count else { return nil }
      let start = position
      if isOperator {
        position += 8
        let rest = text[position...]
        if let symbol = Self.operators.first(where: rest.starts) {
          position += symbol.count
          // The space before the arguments of `operator< <int>`.
          if text[position...].starts(with: " <".utf8), symbol.last == UInt8(ascii: "<") {
            let token = token(start)
            position += 1
            return token
          }
          return token(start)
        }
        if rest.starts(with: " new".utf8) || rest.starts(with: " delete".utf8) {
          position += rest.starts(with: " new".utf8) ? 4 : 7
          return token(start)
        }
        var result = token(start)
        result.isConversion = rest.first == UInt8(ascii: " ")
        return result
      }
      position += 1
      switch text[start] {
      case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: "<"):
        open.append(text[start])
        return token(start)
      case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"), UInt8(ascii: ">"):
        let token = token(start)
        // `->` of a trailing type and the like close nothing.
        if let last = open.last, (last == UInt8(ascii: "<")) == (text[start] == UInt8(ascii: ">")) { open.removeLast() }
        return token
      default: return token(start)
      }
    }

    private func token(_ start: Int) -> Token {
      Token(range: start..<position, depth: open.count, angles: open.count { $0 == UInt8(ascii: "<") })
    }

    /// Whether the word `operator` begins here.
    private var isOperator: Bool {
      guard text[position...].starts(with: "operator".utf8) else { return false }
      if position > 0, isIdentifier(text[position - 1]) { return false }
      let after = position + 8
      return after < text.count && !isIdentifier(text[after])
    }

    private func isIdentifier(_ byte: UInt8) -> Bool {
      byte == UInt8(ascii: "_") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
  }
}

extension Collection where Element == UInt8 {
  fileprivate func ends(with suffix: some Collection<UInt8>) -> Bool {
    count >= suffix.count && self.suffix(suffix.count).elementsEqual(suffix)
  }
}
