/// Reads an expression in RE2's syntax.
///
/// Source: https://github.com/google/re2/wiki/Syntax.
struct PatternParser {
  /// What `(?i)` and its like switch.
  struct Flags {
    var ignoresCase = false
    var dotMatchesNewline = false
    var hasLines = false
  }

  private let scalars: [Unicode.Scalar]
  var position = 0
  var flags = Flags()
  private var depth = 0
  private var names: Set<String> = []
  /// What `\p{…}` names; scripts take long to find, so an expression may name few.
  var unicodeNames: Set<String> = []
  let mostUnicodeNames = 16

  /// RE2's bound on `x{n}`, also where such repetitions nest.
  private let mostRepetitions = 1000
  private let mostDepth = 250

  init(_ expression: String) { scalars = Array(expression.unicodeScalars) }

  mutating func parse() throws(PatternFault) -> PatternSyntax {
    let syntax = try alternatives()
    if position < scalars.count { throw PatternFault("unexpected )", rest(from: 0)) }
    return syntax
  }

  // MARK: Reading scalars

  var next: Unicode.Scalar? { peek(0) }

  func peek(_ distance: Int) -> Unicode.Scalar? {
    position + distance < scalars.count ? scalars[position + distance] : nil
  }

  /// Passes over a scalar if it comes next.
  mutating func accept(_ scalar: Unicode.Scalar) -> Bool {
    guard next == scalar else { return false }
    position += 1
    return true
  }

  /// Passes over a word if it comes next.
  mutating func accept(word: String) -> Bool {
    let word = Array(word.unicodeScalars)
    guard scalars[position...].starts(with: word) else { return false }
    position += word.count
    return true
  }

  func text(from start: Int) -> String {
    String(String.UnicodeScalarView(scalars[start..<min(position, scalars.count)]))
  }

  func rest(from start: Int) -> String { String(String.UnicodeScalarView(scalars[start...])) }

  /// The text up to `end`, which is passed over too; nil if it does not come.
  mutating func text(until end: String) -> String? {
    let start = position
    while position < scalars.count {
      let found = position
      if accept(word: end) { return String(String.UnicodeScalarView(scalars[start..<found])) }
      position += 1
    }
    position = start
    return nil
  }

  // MARK: Grammar

  private mutating func alternatives() throws(PatternFault) -> PatternSyntax {
    depth += 1
    defer { depth -= 1 }
    guard depth <= mostDepth else { throw PatternFault("expression nests too deeply") }
    var branches = [try sequence()]
    while accept("|") { branches.append(try sequence()) }
    return branches.count == 1 ? branches[0] : .alternatives(branches)
  }

  private mutating func sequence() throws(PatternFault) -> PatternSyntax {
    var items: [PatternSyntax] = []
    var repetitionStart: Int?
    while let scalar = next, scalar != "|", scalar != ")" {
      let start = position
      if let (least, most) = try repetition() {
        if let before = repetitionStart {
          throw PatternFault("invalid nested repetition operator", text(from: before))
        }
        guard let item = items.popLast() else {
          throw PatternFault("missing argument to repetition operator", text(from: start))
        }
        repetitionStart = start
        let repeated = PatternSyntax.repetition(item, least: least, most: most)
        guard repeated.countsAtMost(mostRepetitions) else {
          throw PatternFault("invalid repeat count", text(from: start))
        }
        items.append(repeated)
      } else {
        repetitionStart = nil
        items.append(contentsOf: try atoms())
      }
    }
    return items.count == 1 ? items[0] : items.isEmpty ? .empty : .sequence(items)
  }

  /// The bounds of `*`, `+`, `?`, `{n,m}` if one of them comes next. A question mark behind makes it reluctant, which
  /// changes what is matched but not whether.
  private mutating func repetition() throws(PatternFault) -> (least: Int, most: Int?)? {
    let bounds: (Int, Int?)
    switch next {
    case "*": bounds = (0, nil)
    case "+": bounds = (1, nil)
    case "?": bounds = (0, 1)
    case "{":
      guard let counted = try countedRepetition() else { return nil }
      _ = accept("?")
      return counted
    default: return nil
    }
    position += 1
    _ = accept("?")
    return bounds
  }

  /// The bounds of `{n}`, `{n,}` or `{n,m}`; nil if the brace means itself.
  private mutating func countedRepetition() throws(PatternFault) -> (least: Int, most: Int?)? {
    let start = position
    position += 1
    guard let least = number() else {
      position = start
      return nil
    }
    var most: Int? = least
    if accept(",") { most = next == "}" ? nil : number() ?? -1 }
    guard most != -1, accept("}") else {
      position = start
      return nil
    }
    guard least <= mostRepetitions, most ?? least <= mostRepetitions, least <= most ?? least else {
      throw PatternFault("invalid repeat count", text(from: start))
    }
    return (least, most)
  }

  /// A number without leading zeros; any that is too large is 10 million.
  private mutating func number() -> Int? {
    let start = position
    var value = 0
    while let digit = next, "0"..."9" ~= digit {
      value = min(value * 10 + Int(digit.value - 48), 10_000_000)
      position += 1
    }
    let length = position - start
    if length == 0 || (length > 1 && scalars[start] == "0") { return nil }
    return value
  }

  /// What comes next, mostly one thing; several for quoted text, none for flags.
  private mutating func atoms() throws(PatternFault) -> [PatternSyntax] {
    if accept(word: "\\Q") {
      if let quoted = text(until: "\\E") { return quoted.unicodeScalars.map { literal($0) } }
      let quoted = scalars[position...]
      position = scalars.count
      return quoted.map { literal($0) }
    }
    guard let scalar = next else { return [] }
    switch scalar {
    case "(": return try group()
    case "[": return [.scalars(try characterClass())]
    case "\\": return [try escape()]
    case ".":
      position += 1
      let newline: [ScalarClass.Part] = flags.dotMatchesNewline ? [] : [.scalar("\n")]
      return [.scalars(ScalarClass(newline, isNegated: true))]
    case "^":
      position += 1
      return [.assertion(flags.hasLines ? .beginLine : .beginText)]
    case "$":
      position += 1
      return [.assertion(flags.hasLines ? .endLine : .endText)]
    default:
      position += 1
      return [literal(scalar)]
    }
  }

  func literal(_ scalar: Unicode.Scalar) -> PatternSyntax {
    .literal(scalar, ignoresCase: flags.ignoresCase)
  }

  // MARK: Groups

  private mutating func group() throws(PatternFault) -> [PatternSyntax] {
    let outside = flags
    let start = position
    position += 1
    if accept("?") {
      let isName = accept(word: "P<") || accept("<")
      if isName {
        guard let name = text(until: ">"), !name.isEmpty, name.utf8.allSatisfy({ $0.isWordByte }),
          names.insert(name).inserted
        else { throw PatternFault("invalid named capture", rest(from: start)) }
      } else if try !flagsOpenGroup(start) {
        return []
      }
    }
    let inside = try alternatives()
    guard accept(")") else { throw PatternFault("missing closing )", rest(from: 0)) }
    flags = outside
    return [inside]
  }

  /// Reads `i-s:` or `i-s)`; true if a group begins, false if the flags hold for the rest of the one around.
  private mutating func flagsOpenGroup(_ start: Int) throws(PatternFault) -> Bool {
    var isOn = true
    var sawFlag = false
    while let letter = next {
      position += 1
      switch letter {
      case "i": flags.ignoresCase = isOn
      case "m": flags.hasLines = isOn
      case "s": flags.dotMatchesNewline = isOn
      case "U": break  // greediness does not change whether there is a match
      case "-" where isOn:
        isOn = false
        sawFlag = false
        continue
      case ":" where isOn || sawFlag: return true
      case ")" where isOn || sawFlag: return false
      default: throw PatternFault("invalid or unsupported Perl syntax", text(from: start))
      }
      sawFlag = true
    }
    throw PatternFault("missing closing )", rest(from: 0))
  }
}

extension PatternSyntax {
  /// Whether counted repetitions, where they nest, ask for no more than `limit` copies.
  fileprivate func countsAtMost(_ limit: Int) -> Bool {
    switch self {
    case .repetition(let item, let least, let most):
      let count = max(least, most ?? 0)
      return count == 0 || count <= limit && item.countsAtMost(count > 1 ? limit / count : limit)
    case .sequence(let items), .alternatives(let items): return items.allSatisfy { $0.countsAtMost(limit) }
    default: return true
    }
  }
}

extension UInt8 {
  /// Whether it is an ASCII letter, digit or underscore.
  var isWordByte: Bool {
    UInt8(ascii: "a")...UInt8(ascii: "z") ~= self | 0x20 || UInt8(ascii: "0")...UInt8(ascii: "9") ~= self
      || self == UInt8(ascii: "_")
  }
}
