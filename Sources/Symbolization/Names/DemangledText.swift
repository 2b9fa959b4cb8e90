/// Reads the runtime's short demangling of a function, layer by layer from the outside:
/// `partial apply for specialized closure #1 in static Cache.load<A>(_:)`.
struct DemangledText {
  private var text: ByteText
  private var role = FunctionRole.function
  private var closures: [Int] = []

  init(_ text: ByteText) { self.text = text }

  /// Peels the layers off and names what is left.
  mutating func read() -> SwiftName {
    while peelLayer() {}
    if let whole = whole() { return whole }
    if let macro = MacroName.expansion(text) { return SwiftName(name: macro, role: .thunk) }
    if take("protocol witness for ") || take("protocol self-conformance witness for ") {
      return SwiftName(name: witness(), role: .thunk)
    }
    // A thunk in a class' table of methods: `Base.draw() dispatching to Derived.draw()`.
    if role == .thunk, let end = text.end(of: " dispatching to ") { text = text[end...] }
    return SwiftName(name: entity(), role: role, closures: role == .thunk ? [] : closures)
  }

  // MARK: Layers

  /// What the compiler says before a function's name, and what that makes of the function.
  private static let layers: [(prefix: StaticString, role: FunctionRole?)] = [
    ("specialized ", nil), ("merged ", nil), ("suspend resume partial function for ", .asyncFunclet),
    ("await resume partial function for ", .asyncFunclet), ("partial apply forwarder for ", .thunk),
    ("partial apply for ", .thunk), ("dispatch thunk of ", .thunk), ("vtable thunk for ", .thunk), ("@objc ", .thunk),
    ("@nonobjc ", .thunk), ("distributed thunk ", .thunk), ("distributed accessor for ", .thunk),
    ("back deployment thunk for ", .thunk), ("back deployment fallback for ", nil),
    ("dynamically replaceable thunk for ", .thunk), ("override ", nil),
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
      let end = text.end(of: " in ")
    else { return false }
    if text.hasPrefix("closure #") {
      closures.append(text[9...].prefix(while: \.isDigit).reduce(0) { $0 &* 10 &+ Int($1 - 0x30) })
    }
    text = text[end...]
    if role == .function { role = .closure }
    return true
  }

  // MARK: What is no function of the source

  /// Names that say of what type, not of which function.
  private static let compilerMade: [StaticString] = [
    "outlined ", "type metadata ", "associated type ", "associated conformance ", "default associated ",
    "base witness table ", "protocol witness table ", "lazy protocol witness table ", "generic protocol witness table ",
    "instantiation function for ", "metadata instantiation ", "canonical specialized generic ",
    "generic type metadata ", "noncanonical specialized generic ", "method lookup function for ", "destroy for ",
    "initializeWithCopy for ", "initializeWithTake for ", "initializeBufferWith", "assignWithCopy for ",
    "assignWithTake for ", "getEnumTag", "storeEnumTag", "destructive", "demangling cache ", "value witness ",
    "runtime thunk for ",
  ]

  private func whole() -> SwiftName? {
    if text.hasPrefix("thunk for ") || text.hasPrefix("reabstraction thunk ") {
      return SwiftName(name: "reabstraction thunk", role: .thunk)
    }
    if text.hasPrefix("key path ") {
      return SwiftName(name: text[..<(text.range(of: " : ")?.lowerBound ?? text.count)].string, role: .thunk)
    }
    if text.hasPrefix("lazy protocol witness table accessor for type "), let end = text.end(of: " and conformance ") {
      return SwiftName(name: "witness table accessor for " + text[end...].string, role: .compilerMade)
    }
    guard Self.compilerMade.contains(where: text.hasPrefix) else { return nil }
    // Some carry a generic signature: `for <A> Foo<A>`.
    if let range = text.range(of: " for <"), let end = text.end(of: "> ", from: range.upperBound) {
      return SwiftName(name: text[..<range.lowerBound].string + " for " + text[end...].string, role: .compilerMade)
    }
    return SwiftName(name: text.string, role: .compilerMade)
  }

  // MARK: What stands in the source

  /// `Equatable.== infix(_:_:) in conformance Foo<A>` -> `Foo.==(_:_:)`.
  private mutating func witness() -> String {
    _ = take("static ")
    guard let link = text.range(of: " in conformance "), let dot = text.range(of: "."),
      dot.lowerBound < link.lowerBound
    else { return entity() }
    let type = Self.unsugared(text[link.upperBound...])
    text = text[dot.upperBound..<link.lowerBound]
    return type + "." + entity()
  }

  /// The name of what stands in the source, without generic parameters and numbers of local functions.
  private mutating func entity() -> String {
    // What stands in no function and no type is code of main.swift.
    if text.isEmpty { return "main" }
    if take("static ") { return entity() }
    if take("one-time initialization function for ") { return "one-time initialization of " + entity() }
    if take("variable initialization expression of ") { return "initial value of " + entity() }
    if text.hasPrefix("default argument "), let end = text.end(of: " of ") {
      let argument = text[..<end].string
      text = text[end...]
      return argument + entity()
    }
    return local() ?? Self.spelled(text)
  }

  /// A function, variable or member of a type that stands in another function, or nil:
  /// `visit #1 <A>(node:) in Tree.walk()` -> `visit(node:) in Tree.walk()`.
  private mutating func local() -> String? {
    guard let mark = text.range(of: " #"), let link = text.range(of: " in ", from: mark.upperBound) else { return nil }
    let head = text[..<mark.lowerBound]
    let signature = text[mark.upperBound..<link.lowerBound].drop(while: \.isDigit).drop { $0 == 0x20 }
    text = text[link.upperBound...]
    if let member = head.range(of: " in ") {
      return Self.spelled(head[member.upperBound...], ".", head[..<member.lowerBound])
    }
    while peelLayer() {}
    if let accessor = head.range(of: "ter of ") {
      return Self.spelled(head[accessor.upperBound...], ".", head[..<(accessor.lowerBound + 3)]) + " in " + entity()
    }
    return Self.spelled(head, "", signature) + " in " + entity()
  }

  /// What the compiler writes, and what stands in the source.
  private static let spellings: [(made: StaticString, written: StaticString)] = [
    (".__allocating_init", ".init"), (".__deallocating_deinit", ".deinit"),
    (".__isolated_deallocating_deinit", ".deinit"), (".unsafeMutableAddressor", ".addressor"), (".$main()", ".main()"),
    (" infix(", "("), (" prefix(", "("), (" postfix(", "("), ("@Sendable (", "("),
  ]

  /// Says operators, initializers, deinitializers and entry points as they are written, without generic parameters.
  private static func spelled(_ first: ByteText, _ link: StaticString = "", _ second: ByteText? = nil) -> String {
    var name = GenericBrackets.removed(from: first, link, second)
    name.withUnsafeBytes { bytes -> (Range<Int>, StaticString)? in
      let text = ByteText(bytes)
      for (made, written) in spellings {
        if let range = text.range(of: made) { return (range, written) }
      }
      return nil
    }.map { range, written in
      name.replaceSubrange(range, with: UnsafeBufferPointer(start: written.utf8Start, count: written.utf8CodeUnitCount))
    }
    return String(decoding: name, as: UTF8.self)
  }

  /// The plain name of a type that the demangler writes as sugar or with its generic arguments.
  private static func unsugared(_ type: ByteText) -> String {
    var type = type
    if type.hasPrefix("<"), let end = type.end(of: "> ") { type = type[end...] }
    if type.hasSuffix("?") { return "Optional" }
    if type.hasPrefix("[") { return type.range(of: " : ") == nil ? "Array" : "Dictionary" }
    return String(decoding: GenericBrackets.removed(from: type), as: UTF8.self)
  }

  private mutating func take(_ prefix: StaticString) -> Bool {
    guard text.hasPrefix(prefix) else { return false }
    text = text[prefix.utf8CodeUnitCount...]
    return true
  }
}
