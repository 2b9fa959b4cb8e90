/// Reads the runtime's short demangling of a function, layer by layer from the outside:
/// `partial apply for specialized closure #1 in static Cache.load<A>(_:)`.
struct DemangledText {
  private var text: Substring
  private var role = FunctionRole.function

  init(_ text: String) { self.text = text[...] }

  /// Peels the layers off and names what is left.
  mutating func read() -> SwiftName {
    while peelLayer() {}
    if take("lazy protocol witness table accessor for type "), let end = text.firstEnd(of: " and conformance ") {
      return SwiftName(name: "witness table accessor for " + text[end...], role: .compilerMade)
    }
    if text.hasPrefix("key path "), let type = text.firstRange(of: " : ") { text = text[..<type.lowerBound] }
    for (prefix, role, name) in Self.wholes where text.hasPrefix(prefix) {
      return SwiftName(name: name ?? Self.withoutConstraints(text), role: role)
    }
    if let macro = MacroName.expansion(text) { return SwiftName(name: macro, role: .thunk) }
    if take("protocol witness for ") || take("protocol self-conformance witness for ") {
      return SwiftName(name: witness(), role: .thunk)
    }
    // A thunk in a class' table of methods: `Base.draw() dispatching to Derived.draw()`.
    if role == .thunk, let end = text.firstEnd(of: " dispatching to ") { text = text[end...] }
    return SwiftName(name: entity(), role: role)
  }

  /// What the compiler says before a function's name, and what that makes of the function.
  private static let layers: [(prefix: String, role: FunctionRole?)] = [
    ("specialized ", nil), ("merged ", nil), ("suspend resume partial function for ", .asyncFunclet),
    ("await resume partial function for ", .asyncFunclet), ("partial apply forwarder for ", .thunk),
    ("partial apply for ", .thunk), ("dispatch thunk of ", .thunk), ("vtable thunk for ", .thunk), ("@objc ", .thunk),
    ("@nonobjc ", .thunk), ("distributed thunk ", .thunk), ("distributed accessor for ", .thunk),
    ("back deployment thunk for ", .thunk), ("back deployment fallback for ", nil),
    ("dynamically replaceable thunk for ", .thunk), ("override ", nil),
  ]

  /// Names that are a whole: the rest says of what type, not of which function.
  private static let wholes: [(prefix: String, role: FunctionRole, name: String?)] = [
    ("thunk for ", .thunk, "reabstraction thunk"), ("reabstraction thunk ", .thunk, "reabstraction thunk"),
    ("key path getter for ", .thunk, nil), ("key path setter for ", .thunk, nil),
    ("key path unapplied method ", .thunk, nil), ("key path equality ", .thunk, nil), ("key path hash ", .thunk, nil),
    ("key path index ", .thunk, nil), ("outlined ", .compilerMade, nil), ("type metadata ", .compilerMade, nil),
    ("associated type ", .compilerMade, nil), ("associated conformance ", .compilerMade, nil),
    ("default associated ", .compilerMade, nil), ("base witness table ", .compilerMade, nil),
    ("protocol witness table ", .compilerMade, nil), ("lazy protocol witness table ", .compilerMade, nil),
    ("generic protocol witness table ", .compilerMade, nil), ("instantiation function for ", .compilerMade, nil),
    ("metadata instantiation ", .compilerMade, nil), ("canonical specialized generic ", .compilerMade, nil),
    ("generic type metadata ", .compilerMade, nil), ("noncanonical specialized generic ", .compilerMade, nil),
    ("method lookup function for ", .compilerMade, nil), ("destroy for ", .compilerMade, nil),
    ("initializeWithCopy for ", .compilerMade, nil), ("initializeWithTake for ", .compilerMade, nil),
    ("initializeBufferWith", .compilerMade, nil), ("assignWithCopy for ", .compilerMade, nil),
    ("assignWithTake for ", .compilerMade, nil), ("getEnumTag", .compilerMade, nil),
    ("storeEnumTag", .compilerMade, nil), ("destructive", .compilerMade, nil),
    ("demangling cache ", .compilerMade, nil),
    ("value witness ", .compilerMade, nil), ("runtime thunk for ", .compilerMade, nil),
  ]

  /// Removes one layer from the front, noting what it makes of the function.
  private mutating func peelLayer() -> Bool {
    for (prefix, made) in Self.layers where take(prefix) {
      if let made, role != .thunk { role = made }
      return true
    }
    return peelClosure()
  }

  /// Removes `closure #1 in `, `implicit closure #2 in ` or `$defer #1 <A>() in `.
  private mutating func peelClosure() -> Bool {
    guard text.hasPrefix("closure #") || text.hasPrefix("implicit closure #") || text.hasPrefix("$defer #"),
      let end = text.firstEnd(of: " in ")
    else { return false }
    text = text[end...]
    if role == .function { role = .closure }
    return true
  }

  /// `Equatable.== infix(_:_:) in conformance Foo<A>` -> `Foo.==(_:_:)`.
  private mutating func witness() -> String {
    _ = take("static ")
    guard let link = text.firstRange(of: " in conformance "), let dot = text.firstIndex(of: "."),
      dot < link.lowerBound
    else { return entity() }
    let type = Self.unsugared(text[link.upperBound...])
    text = text[text.index(after: dot)..<link.lowerBound]
    let member = entity()
    return type + "." + member
  }

  /// The name of what stands in the source, without generic parameters and numbers of local functions.
  private mutating func entity() -> String {
    if take("one-time initialization function for ") { return "one-time initialization of " + entity() }
    if take("variable initialization expression of ") { return "initial value of " + entity() }
    if take("static ") { return entity() }
    if text.hasPrefix("default argument ") || text.hasPrefix("initial value of ") {
      let end = text.firstEnd(of: " of ") ?? text.endIndex
      let prefix = text[..<end]
      text = text[end...]
      return prefix + entity()
    }
    if let local = local() { return local }
    return Self.spelled(text)
  }

  /// A function, variable or member of a type that stands in another function, or nil:
  /// `visit #1 <A>(node:) in Tree.walk()` -> `visit(node:) in Tree.walk()`.
  private mutating func local() -> String? {
    guard let mark = text.firstRange(of: " #"), let link = text[mark.upperBound...].firstRange(of: " in ") else {
      return nil
    }
    let head = text[..<mark.lowerBound]
    let signature = text[mark.upperBound..<link.lowerBound].drop(while: \.isNumber).drop(while: { $0 == " " })
    text = text[link.upperBound...]
    if let member = head.firstRange(of: " in ") {
      return Self.spelled(head[member.upperBound...] + "." + head[..<member.lowerBound])
    }
    while peelLayer() {}
    let outer = entity()
    if let accessor = head.firstRange(of: "ter of ") {
      return Self.spelled(head[accessor.upperBound...] + "." + head[..<accessor.lowerBound] + "ter") + " in " + outer
    }
    return Self.spelled(head + signature) + " in " + outer
  }

  /// Says operators, initializers, deinitializers and entry points as they are written, without generic parameters.
  private static func spelled(_ name: Substring) -> String {
    var name = withoutGenerics(name)
    for (made, written) in [
      (".__allocating_init", ".init"), (".__deallocating_deinit", ".deinit"),
      (".__isolated_deallocating_deinit", ".deinit"), (".unsafeMutableAddressor", ".addressor"),
      (".$main()", ".main()"), (" infix(", "("), (" prefix(", "("), (" postfix(", "("), ("@Sendable (", "("),
    ] {
      if let range = name[...].firstRange(of: made) { name.replaceSubrange(range, with: written) }
    }
    return name
  }

  /// The plain name of a type that the demangler writes as sugar or with its generic arguments.
  private static func unsugared(_ type: Substring) -> String {
    var type = type
    if type.hasPrefix("<"), let end = type.firstEnd(of: "> ") { type = type[end...] }
    if type.hasSuffix("?") { return "Optional" }
    if type.hasPrefix("[") { return type.firstRange(of: " : ") == nil ? "Array" : "Dictionary" }
    return withoutGenerics(type)
  }

  /// Removes `<...>` after a name: `find<A>(_:)` -> `find(_:)`. An operator such as `<` or `->` is left alone.
  static func withoutGenerics(_ text: some StringProtocol) -> String {
    var result: [UInt8] = []
    var depth = 0
    var previous = UInt8(ascii: " ")
    var closedBefore = false
    for byte in text.utf8 {
      if byte == UInt8(ascii: "<"), depth > 0 || previous.isNameByte || closedBefore { depth += 1 }
      closedBefore = false
      if depth == 0 { result.append(byte) }
      if byte == UInt8(ascii: ">"), depth > 0, previous != UInt8(ascii: "-") {
        depth -= 1
        closedBefore = depth == 0
      }
      previous = byte
    }
    // Unbalanced: the `<` was no bracket after all.
    return depth == 0 && !result.isEmpty ? String(decoding: result, as: UTF8.self) : String(text)
  }

  /// Removes the generic signature that some descriptions carry: `for <> Foo<A>` -> `for Foo<A>`.
  private static func withoutConstraints(_ text: Substring) -> String {
    guard let range = text.firstRange(of: " for <"), let end = text[range.upperBound...].firstEnd(of: "> ") else {
      return String(text)
    }
    return text[..<range.lowerBound] + " for " + text[end...]
  }

  private mutating func take(_ prefix: String) -> Bool {
    guard text.hasPrefix(prefix) else { return false }
    text = text.dropFirst(prefix.count)
    return true
  }
}

extension Substring {
  /// The first place where `pattern` stands.
  func firstRange(of pattern: String) -> Range<Index>? {
    let bytes = utf8
    let pattern = pattern.utf8
    var start = bytes.startIndex
    while start < bytes.endIndex {
      let rest = bytes[start...]
      if rest.starts(with: pattern) { return start..<bytes.index(start, offsetBy: pattern.count) }
      start = bytes.index(after: start)
    }
    return nil
  }

  /// The place after the first `pattern`.
  func firstEnd(of pattern: String) -> Index? { firstRange(of: pattern)?.upperBound }
}

extension UInt8 {
  /// Whether this byte may stand in an identifier; bytes of non-ASCII characters count.
  var isNameByte: Bool {
    self >= 0x80 || self == UInt8(ascii: "_") || self == UInt8(ascii: "`")
      || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self)
      || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20)
  }
}
