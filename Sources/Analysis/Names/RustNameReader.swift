/// Reads a name of Rust's v0 scheme, without its `_R`.
///
/// It is a grammar with references back into the name, so that short names may be long to write: what is written and how
/// deep it nests is bounded.
///
/// Source: Rust RFC 2603.
struct RustNameReader {
  /// The name cannot be read.
  struct Unreadable: Error {}

  private let name: [UInt8]
  private var position = 0
  private var end: Int
  private var text: [UInt8] = []
  /// Whether what is read is not written.
  private var isSilent = false
  private var boundLifetimes = 0
  private var depth = 0

  /// Whether what stands between angle brackets is written.
  var hasTypeArguments = true

  private static let greatestDepth = 200
  private static let greatestLength = 1 << 16

  init(_ name: [UInt8]) {
    self.name = name
    end = name.count
  }

  /// symbol-name = path [instantiating-crate]; a version number, which would come first, is of no scheme that is known.
  mutating func symbol() throws(Unreadable) -> String {
    guard let first = peek, !isDigit(first) else { throw Unreadable() }
    try path(separated: true)
    if position < end {
      isSilent = true
      try path(separated: false)
    }
    guard position == end else { throw Unreadable() }
    return String(decoding: text, as: UTF8.self)
  }

  // MARK: - Paths

  /// - Parameter separated: Whether type arguments follow `::`, as they do outside types.
  private mutating func path(separated: Bool) throws(Unreadable) {
    try nested { reader throws(Unreadable) in try reader.pathBody(separated: separated) }
  }

  private mutating func pathBody(separated: Bool) throws(Unreadable) {
    switch try next() {
    case UInt8(ascii: "C"): write(try identifier().name)
    case UInt8(ascii: "M"):
      try implementation()
      write("<")
      try type()
      write(">")
    case let tag where tag == UInt8(ascii: "X") || tag == UInt8(ascii: "Y"):
      if tag == UInt8(ascii: "X") { try implementation() }
      write("<")
      try type()
      write(" as ")
      try path(separated: false)
      write(">")
    case UInt8(ascii: "N"): try nestedPath(separated: separated)
    case UInt8(ascii: "I"):
      try path(separated: separated)
      if separated { write("::") }
      write("<")
      try typeArguments()
      write(">")
    case UInt8(ascii: "B"):
      try reference { reader throws(Unreadable) in try reader.path(separated: separated) }
    default: throw Unreadable()
    }
  }

  private mutating func nestedPath(separated: Bool) throws(Unreadable) {
    let namespace = try next()
    guard isLetter(namespace) else { throw Unreadable() }
    try path(separated: separated)
    let (name, number) = try identifier()
    guard (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(namespace) else { return write("::" + name) }
    write("::{")
    switch namespace {
    case UInt8(ascii: "C"): write("closure")
    case UInt8(ascii: "S"): write("shim")
    default: write(String(UnicodeScalar(namespace)))
    }
    if !name.isEmpty { write(":" + name) }
    write("#\(number)}")
  }

  /// Where an `impl` stands is no part of the name.
  private mutating func implementation() throws(Unreadable) {
    let before = isSilent
    isSilent = true
    defer { isSilent = before }
    _ = try disambiguator()
    try path(separated: false)
  }

  /// generic-args "E", without the brackets.
  private mutating func typeArguments() throws(Unreadable) {
    let before = isSilent
    if !hasTypeArguments { isSilent = true }
    defer { isSilent = before }
    var isFirst = true
    while !skip("E") {
      if !isFirst { write(", ") }
      isFirst = false
      if skip("L") { try lifetime(base62()) } else if skip("K") { try constant() } else { try type() }
    }
  }

  // MARK: - Types

  private static let basicTypes: [UInt8: String] = [
    UInt8(ascii: "a"): "i8", UInt8(ascii: "b"): "bool", UInt8(ascii: "c"): "char", UInt8(ascii: "d"): "f64",
    UInt8(ascii: "e"): "str", UInt8(ascii: "f"): "f32", UInt8(ascii: "h"): "u8", UInt8(ascii: "i"): "isize",
    UInt8(ascii: "j"): "usize", UInt8(ascii: "l"): "i32", UInt8(ascii: "m"): "u32", UInt8(ascii: "n"): "i128",
    UInt8(ascii: "o"): "u128", UInt8(ascii: "p"): "_", UInt8(ascii: "s"): "i16", UInt8(ascii: "t"): "u16",
    UInt8(ascii: "u"): "()", UInt8(ascii: "v"): "...", UInt8(ascii: "x"): "i64", UInt8(ascii: "y"): "u64",
    UInt8(ascii: "z"): "!",
  ]

  private mutating func type() throws(Unreadable) {
    try nested { reader throws(Unreadable) in try reader.typeBody() }
  }

  private mutating func typeBody() throws(Unreadable) {
    guard let tag = peek else { throw Unreadable() }
    if "CMXYNI".utf8.contains(tag) { return try pathBody(separated: false) }
    position += 1
    switch tag {
    case UInt8(ascii: "A"), UInt8(ascii: "S"):
      write("[")
      try type()
      if tag == UInt8(ascii: "A") {
        write("; ")
        try constant()
      }
      write("]")
    case UInt8(ascii: "T"):
      write("(")
      let count = try list()
      write(count == 1 ? ",)" : ")")
    case UInt8(ascii: "R"), UInt8(ascii: "Q"):
      write("&")
      if skip("L") {
        let number = try base62()
        if number > 0 {
          try lifetime(number)
          write(" ")
        }
      }
      if tag == UInt8(ascii: "Q") { write("mut ") }
      try type()
    case UInt8(ascii: "P"), UInt8(ascii: "O"):
      write(tag == UInt8(ascii: "P") ? "*const " : "*mut ")
      try type()
    case UInt8(ascii: "F"): try withOwnLifetimes { reader throws(Unreadable) in try reader.function() }
    case UInt8(ascii: "D"):
      try withOwnLifetimes { reader throws(Unreadable) in try reader.dynamicBounds() }
      guard skip("L") else { throw Unreadable() }
      let number = try base62()
      if number > 0 {
        if text.last != UInt8(ascii: " ") { write(" ") }
        write("+ ")
        try lifetime(number)
      }
    case UInt8(ascii: "B"): try reference { reader throws(Unreadable) in try reader.type() }
    default:
      guard let name = Self.basicTypes[tag] else { throw Unreadable() }
      write(name)
    }
  }

  /// Types with commas between them, up to an "E". Returns how many.
  private mutating func list() throws(Unreadable) -> Int {
    var count = 0
    while !skip("E") {
      if count > 0 { write(", ") }
      count += 1
      try type()
    }
    return count
  }

  private mutating func function() throws(Unreadable) {
    try binder()
    if skip("U") { write("unsafe ") }
    if skip("K") {
      if skip("C") {
        write("extern \"C\" ")
      } else {
        guard peek != UInt8(ascii: "u") else { throw Unreadable() }
        let convention = try plainIdentifier().map { $0 == UInt8(ascii: "_") ? UInt8(ascii: "-") : $0 }
        write("extern \"" + String(decoding: convention, as: UTF8.self) + "\" ")
      }
    }
    write("fn(")
    _ = try list()
    write(")")
    if skip("u") { return }
    write(" -> ")
    try type()
  }

  private mutating func dynamicBounds() throws(Unreadable) {
    write("dyn ")
    try binder()
    var isFirst = true
    while !skip("E") {
      if !isFirst { write(" + ") }
      isFirst = false
      var isOpen = try pathWithOpenArguments()
      while skip("p") {
        write(isOpen ? ", " : "<")
        isOpen = true
        write(try undisambiguated())
        write(" = ")
        try type()
      }
      if isOpen { write(">") }
    }
  }

  /// A path whose type arguments, if it ends in such, are not closed yet. Returns whether they are open.
  private mutating func pathWithOpenArguments() throws(Unreadable) -> Bool {
    if skip("I") {
      try path(separated: false)
      write("<")
      try typeArguments()
      return true
    }
    if skip("B") {
      var isOpen = false
      try reference { reader throws(Unreadable) in isOpen = try reader.pathWithOpenArguments() }
      return isOpen
    }
    try path(separated: false)
    return false
  }

  // MARK: - Lifetimes

  private mutating func withOwnLifetimes(_ body: (inout Self) throws(Unreadable) -> Void) throws(Unreadable) {
    let before = boundLifetimes
    try body(&self)
    boundLifetimes = before
  }

  /// binder = "G" base-62-number
  private mutating func binder() throws(Unreadable) {
    guard skip("G") else { return }
    let count = try base62() &+ 1
    // Each is mentioned again, so there cannot be more than there are bytes.
    guard count > 0, count < end - position - boundLifetimes else { throw Unreadable() }
    write("for<")
    for index in 0..<count {
      if index > 0 { write(", ") }
      boundLifetimes += 1
      try lifetime(1)
    }
    write("> ")
  }

  private mutating func lifetime(_ number: Int) throws(Unreadable) {
    guard number > 0 else { return write("'_") }
    let depth = boundLifetimes - number
    guard depth >= 0 else { throw Unreadable() }
    write(depth < 26 ? "'" + String(UnicodeScalar(UInt8(ascii: "a") + UInt8(depth))) : "'z\(depth - 25)")
  }

  // MARK: - Constants

  private mutating func constant() throws(Unreadable) {
    try nested { reader throws(Unreadable) in try reader.constantBody() }
  }

  private mutating func constantBody() throws(Unreadable) {
    let type = try next()
    switch type {
    case UInt8(ascii: "B"): try reference { reader throws(Unreadable) in try reader.constant() }
    case UInt8(ascii: "p"): write("_")
    case let type where "aslxni".utf8.contains(type):
      if skip("n") { write("-") }
      try integer()
    case let type where "htmyoj".utf8.contains(type): try integer()
    case UInt8(ascii: "b"):
      switch try hexadecimal() {
      case "0": write("false")
      case "1": write("true")
      default: throw Unreadable()
      }
    case UInt8(ascii: "c"):
      guard let value = UInt32(try hexadecimal(), radix: 16), value < 1 << 24 else { throw Unreadable() }
      write("'")
      switch value {
      case 0x09: write("\\t")
      case 0x0a: write("\\n")
      case 0x0d: write("\\r")
      case 0x27, 0x5c: write("\\" + String(UnicodeScalar(UInt8(value))))
      case 0x20...0x7e: write(String(UnicodeScalar(UInt8(value))))
      default: write("\\u{\(String(value, radix: 16))}")
      }
      write("'")
    default: throw Unreadable()
    }
  }

  private mutating func integer() throws(Unreadable) {
    let digits = try hexadecimal()
    write(UInt64(digits, radix: 16).map { "\($0)" } ?? "0x\(digits)")
  }

  /// Digits up to an underscore, without leading zeros.
  private mutating func hexadecimal() throws(Unreadable) -> String {
    let start = position
    while !skip("_") {
      let digit = try next()
      guard isDigit(digit) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(digit) else { throw Unreadable() }
    }
    let digits = name[start..<(position - 1)]
    guard let first = digits.first, first != UInt8(ascii: "0") || digits.count == 1 else { throw Unreadable() }
    return String(decoding: digits, as: UTF8.self)
  }

  // MARK: - Identifiers and numbers

  private mutating func identifier() throws(Unreadable) -> (name: String, disambiguator: Int) {
    let number = try disambiguator()
    return (try undisambiguated(), number)
  }

  private mutating func disambiguator() throws(Unreadable) -> Int { skip("s") ? try base62() &+ 1 : 0 }

  private mutating func undisambiguated() throws(Unreadable) -> String {
    let isPunycode = skip("u")
    let bytes = try plainIdentifier()
    guard isPunycode else { return String(decoding: bytes, as: UTF8.self) }
    guard let text = Punycode.decode(bytes) else { throw Unreadable() }
    return text
  }

  private mutating func plainIdentifier() throws(Unreadable) -> ArraySlice<UInt8> {
    var length = 0
    let start = position
    // A number begins with a zero only if it is one.
    while let digit = peek, isDigit(digit), position == start || length > 0 {
      length = length * 10 + Int(digit - UInt8(ascii: "0"))
      guard length <= name.count else { throw Unreadable() }
      position += 1
    }
    guard position > start else { throw Unreadable() }
    _ = skip("_")
    guard length <= end - position else { throw Unreadable() }
    let bytes = name[position..<(position + length)]
    guard bytes.allSatisfy({ isDigit($0) || isLetter($0) || $0 == UInt8(ascii: "_") }) else { throw Unreadable() }
    position += length
    return bytes
  }

  /// base-62-number = {0-9a-zA-Z} "_"; nothing is 0, `0` is 1.
  private mutating func base62() throws(Unreadable) -> Int {
    if skip("_") { return 0 }
    var value = 0
    while !skip("_") {
      let byte = try next()
      let digit =
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte - UInt8(ascii: "A") + 36
        default: throw Unreadable()
        }
      // Hashes of crates fill 64 bits, and nobody looks at them.
      value = value &* 62 &+ Int(digit)
    }
    return value &+ 1
  }

  // MARK: - Reading and writing

  /// Reads what an earlier place of the name says, the letter `B` being read.
  private mutating func reference(_ body: (inout Self) throws(Unreadable) -> Void) throws(Unreadable) {
    let here = position - 1
    let target = try base62()
    // What is not written need not be read again.
    if isSilent { return }
    guard (0..<here).contains(target) else { throw Unreadable() }
    let (position, end) = (position, end)
    self.position = target
    self.end = here
    try body(&self)
    self.position = position
    self.end = end
  }

  private mutating func nested(_ body: (inout Self) throws(Unreadable) -> Void) throws(Unreadable) {
    depth += 1
    guard depth < Self.greatestDepth, text.count < Self.greatestLength else { throw Unreadable() }
    try body(&self)
    depth -= 1
  }

  private var peek: UInt8? { position < end ? name[position] : nil }

  private mutating func next() throws(Unreadable) -> UInt8 {
    guard let byte = peek else { throw Unreadable() }
    position += 1
    return byte
  }

  private mutating func skip(_ letter: Unicode.Scalar) -> Bool {
    guard peek == UInt8(ascii: letter) else { return false }
    position += 1
    return true
  }

  private mutating func write(_ part: String) {
    if !isSilent { text += part.utf8 }
  }

  private func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
  private func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }
}
