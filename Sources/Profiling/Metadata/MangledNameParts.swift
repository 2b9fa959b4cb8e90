/// A generic parameter, by the level it was declared at and its place there.
struct GenericParameter: Hashable {
  var depth: Int
  var index: Int
}

/// What a mangled type name is made of, as far as it must be known before a runtime may see it.
///
/// The runtime trusts the names it is given. One that refers to a generic parameter nobody has bound ends the program, so
/// a name is read here first. Whatever is not one of the forms below is refused: it names something that has no record
/// while the program runs, or is not known here.
///
/// Source: Swift, docs/ABI/Mangling.rst and lib/Demangling/Demangler.cpp.
struct MangledNameParts {
  /// A part of the name that leads into the program's own records.
  struct Reference {
    /// What it leads to.
    enum Target { case context, indirectContext, accessor, existentialShape }
    var target: Target
    var address: UInt
  }
  private(set) var parameters: Set<GenericParameter> = []
  private(set) var references: [Reference] = []
  /// Whether a pack is expanded somewhere.
  private(set) var usesPacks = false

  /// Whether a function of the program is to be called, which expects its generic arguments as the compiler lays them out.
  var callsAccessor: Bool { references.contains { $0.target == .accessor } }

  /// Nil if the name has a form that is not known.
  init?(_ name: MangledTypeName) {
    var scanner = Scanner(bytes: UnsafeBufferPointer(start: name.start, count: name.length))
    while !scanner.isAtEnd {
      guard scanner.operation() else { return nil }
    }
    parameters = scanner.parameters
    references = scanner.references
    usesPacks = scanner.usesPacks
  }
}

/// Goes from one operator of a mangled name to the next.
private struct Scanner {
  let bytes: UnsafeBufferPointer<UInt8>
  var at = 0
  var parameters: Set<GenericParameter> = []
  var references: [MangledNameParts.Reference] = []
  var usesPacks = false

  init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  var isAtEnd: Bool { at >= bytes.count }
  private var next: UInt8 { at < bytes.count ? bytes[at] : 0 }

  private mutating func take() -> UInt8 {
    let byte = next
    at += 1
    return byte
  }

  private mutating func take(_ byte: Character) -> Bool {
    guard next == byte.asciiValue else { return false }
    at += 1
    return true
  }

  private mutating func takeOne(of letters: String) -> Bool {
    guard letters.utf8.contains(next) else { return false }
    at += 1
    return true
  }

  /// Passes one operator; false if it is none that is known.
  mutating func operation() -> Bool {
    switch next {
    // Padding before references.
    case 0xff: at += 1
    case 0x01...0x1f: return symbolicReference()
    case UInt8(ascii: "0")...UInt8(ascii: "9"): return identifier()
    default: return letter()
    }
    return true
  }

  private mutating func letter() -> Bool {
    switch UnicodeScalar(take()) {
    // Nominal types and the modules and contexts around them; lists, tuples, functions, protocols, metatypes.
    case "C", "O", "V", "P", "a", "s", "y", "_", "t", "c", "p", "m", "G", "E", "K", "n", "h", "z", "d": return true
    case "x":
      parameters.insert(GenericParameter(depth: 0, index: 0))
      return true
    case "q": return parameter()
    case "A": return substitutions()
    case "B": return builtin()
    case "H": return takeOne(of: "CPp")
    case "L": return takeOne(of: "Ll") || takeOne(of: "abcdefghijABCDEFGHIJ") || number()
    case "Q": return archetype()
    case "S": return standard()
    case "X": return takeOne(of: "EKAfLBCouwpclj") || (takeOne(of: "Mm") && takeOne(of: "tTo"))
    case "Y": return takeOne(of: "abcuitkACKT")
    case "g": return number()
    case "$":
      _ = take("n")
      // A number is an argument and no type.
      return at > 2 && number() && !isAtEnd
    default: return false
    }
  }

  /// Source: lib/Demangling/Demangler.cpp, demangleSymbolicReference.
  private mutating func symbolicReference() -> Bool {
    let kind = take()
    guard kind < 0x18, at + 4 <= bytes.count, let base = bytes.baseAddress else { return false }
    let distance = UnsafeRawPointer(base + at).loadUnaligned(as: Int32.self)
    let address = UInt(bitPattern: Int(bitPattern: base + at) &+ Int(distance))
    at += 4
    // What the program could do without, and what is not there. The runtime ends the program over it.
    guard distance != 0 else { return false }
    switch kind {
    case 0x01: references.append(.init(target: .context, address: address))
    case 0x02: references.append(.init(target: .indirectContext, address: address))
    case 0x09: references.append(.init(target: .accessor, address: address))
    case 0x0a, 0x0b: references.append(.init(target: .existentialShape, address: address))
    default: return false
    }
    return true
  }

  /// A length and as many bytes, or parts of earlier words: a digit 0, letters for these and lengths with bytes between.
  private mutating func identifier() -> Bool {
    var hasWords = false
    var isPunycode = false
    if take("0") {
      if take("0") { isPunycode = true } else { hasWords = true }
    }
    repeat {
      while hasWords, isLetter(next) {
        if take() & 0x20 == 0 { hasWords = false }
      }
      if take("0") { return true }
      guard let length = natural(), length > 0 else { return false }
      if isPunycode { _ = take("_") }
      guard length <= bytes.count - at else { return false }
      at += length
    } while hasWords
    return true
  }

  /// Earlier parts of the name: small letters and a last large one, each perhaps with a number of repeats.
  private mutating func substitutions() -> Bool {
    while true {
      if natural() != nil, take("_") { return true }
      if take("_") { return true }
      guard isLetter(next) else { return false }
      if take() & 0x20 == 0 { return true }
    }
  }

  private mutating func builtin() -> Bool {
    if takeOne(of: "bBeIOoptwcDdjPTVA") { return true }
    return takeOne(of: "fiv") && number()
  }

  /// A generic parameter other than the first: `q_`, `q0_`, `qd__`, …
  private mutating func parameter() -> Bool {
    var depth = 0
    if take("d") {
      guard let above = index() else { return false }
      depth = above + 1
      guard let place = index() else { return false }
      parameters.insert(GenericParameter(depth: depth, index: place))
      return true
    }
    if take("z") {
      parameters.insert(GenericParameter(depth: 0, index: 0))
      return true
    }
    guard let place = index() else { return false }
    parameters.insert(GenericParameter(depth: 0, index: place + 1))
    return true
  }

  /// Associated types, packs and opaque types.
  private mutating func archetype() -> Bool {
    switch UnicodeScalar(take()) {
    case "z", "Z":
      parameters.insert(GenericParameter(depth: 0, index: 0))
      return true
    case "y", "Y": return parameter()
    case "x", "X": return true
    case "p", "P":
      usesPacks = true
      return true
    case "o": return number()
    default: return false
    }
  }

  /// The standard library's types by a letter, those of concurrency after a `c`, with a number of repeats before.
  private mutating func standard() -> Bool {
    _ = natural()
    _ = take("c")
    guard isLetter(next) else { return false }
    at += 1
    return true
  }

  private func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) }

  private mutating func number() -> Bool { index() != nil }

  /// `_` is 0, `0_` is 1, and so on.
  private mutating func index() -> Int? {
    if take("_") { return 0 }
    guard let value = natural(), take("_") else { return nil }
    return value + 1
  }

  private mutating func natural() -> Int? {
    let start = at
    var value = 0
    while (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(next), value < 1 << 24 {
      value = value * 10 + Int(take() - UInt8(ascii: "0"))
    }
    return at > start ? value : nil
  }
}
