import Synchronization

extension ScalarClass {
  /// The parts of `\d`, `\s` or `\w`.
  static func perl(_ letter: Unicode.Scalar) -> [Part]? {
    switch letter {
    case "d": [ascii("0", "9")]
    case "s": [ascii("\t", "\n"), ascii("\u{c}", "\r"), .scalar(" ")]
    case "w": [ascii("0", "9"), ascii("A", "Z"), .scalar("_"), ascii("a", "z")]
    default: nil
    }
  }

  /// The parts of `[:name:]`.
  static func posix(_ name: String) -> [Part]? {
    switch name {
    case "alnum": [ascii("0", "9"), ascii("A", "Z"), ascii("a", "z")]
    case "alpha": [ascii("A", "Z"), ascii("a", "z")]
    case "ascii": [ascii("\0", "\u{7f}")]
    case "blank": [.scalar("\t"), .scalar(" ")]
    case "cntrl": [ascii("\0", "\u{1f}"), .scalar("\u{7f}")]
    case "digit": [ascii("0", "9")]
    case "graph": [ascii("!", "~")]
    case "lower": [ascii("a", "z")]
    case "print": [ascii(" ", "~")]
    case "punct": [ascii("!", "/"), ascii(":", "@"), ascii("[", "`"), ascii("{", "~")]
    case "space": [ascii("\t", "\r"), .scalar(" ")]
    case "upper": [ascii("A", "Z")]
    case "word": [ascii("0", "9"), ascii("A", "Z"), .scalar("_"), ascii("a", "z")]
    case "xdigit": [ascii("0", "9"), ascii("A", "F"), ascii("a", "f")]
    default: nil
    }
  }

  /// The parts of `\p{name}`: a general category such as `L` or `Lu`, `Any`, or a script such as `Greek`.
  static func unicode(_ name: String) -> [Part]? {
    if name == "Any" { return [.range(0, 0x10ffff)] }
    let categories = generalCategories.filter { $0.name.hasPrefix(name) }.map(\.category)
    if !name.isEmpty && name.utf8.count <= 2 && !categories.isEmpty { return [.categories(categories)] }
    if let known = scripts.withLock({ $0[name] }) { return known }
    guard let parts = script(name) else { return nil }
    scripts.withLock { $0[name] = parts }
    return parts
  }

  /// The scripts that were asked for; there are fewer than 200.
  private static let scripts = Mutex<[String: [Part]]>([:])

  private static func ascii(_ first: Unicode.Scalar, _ last: Unicode.Scalar) -> Part {
    .range(first.value, last.value)
  }

  /// All categories but that of unassigned scalars, which RE2 does not know.
  private static let generalCategories: [(name: String, category: Unicode.GeneralCategory)] = [
    ("Lu", .uppercaseLetter), ("Ll", .lowercaseLetter), ("Lt", .titlecaseLetter), ("Lm", .modifierLetter),
    ("Lo", .otherLetter), ("Mn", .nonspacingMark), ("Mc", .spacingMark), ("Me", .enclosingMark),
    ("Nd", .decimalNumber), ("Nl", .letterNumber), ("No", .otherNumber), ("Pc", .connectorPunctuation),
    ("Pd", .dashPunctuation), ("Ps", .openPunctuation), ("Pe", .closePunctuation), ("Pi", .initialPunctuation),
    ("Pf", .finalPunctuation), ("Po", .otherPunctuation), ("Sm", .mathSymbol), ("Sc", .currencySymbol),
    ("Sk", .modifierSymbol), ("So", .otherSymbol), ("Zs", .spaceSeparator), ("Zl", .lineSeparator),
    ("Zp", .paragraphSeparator), ("Cc", .control), ("Cf", .format), ("Cs", .surrogate), ("Co", .privateUse),
  ]

  /// The scalars of a script, found by Swift's own expressions, since nothing else in the standard library tells it.
  ///
  /// - Complexity: linear in the number of assigned scalars, some 100 ms; scripts are rare in what people look for.
  private static func script(_ name: String) -> [Part]? {
    // Names of one word only, so that none of Swift's other properties is taken for a script.
    guard name.utf8.allSatisfy({ $0 == UInt8(ascii: "_") || UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 | 0x20 }),
      let expression = try? Regex("\\p{Script=\(name)}+").matchingSemantics(.unicodeScalar)
    else { return nil }
    // Beyond these there are only private scalars and unassigned ones.
    var text = ""
    for values in [UInt32(0)...0x3ffff, 0xe0000...0xe0fff] {
      for value in values { if let scalar = Unicode.Scalar(value) { text.unicodeScalars.append(scalar) } }
    }
    return text.matches(of: expression).compactMap { match in
      let scalars = text.unicodeScalars[match.range]
      guard let first = scalars.first, let last = scalars.last else { return nil }
      return .range(first.value, last.value)
    }
  }
}
