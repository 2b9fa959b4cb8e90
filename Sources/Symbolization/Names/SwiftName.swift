/// The name of a function as a Swift programmer says it, and what the function is for.
///
/// Modules, generic parameters, private discriminators and what the compiler adds (specialization, merging, closures,
/// parts of asynchronous functions, thunks) are left out of the name; argument labels stay:
///
///     SwiftName(mangled: "$s3hot11RecordBatchV6decode4fromACSays5UInt8VG_tFZ").name   // RecordBatch.decode(from:), static or not
public struct SwiftName: Sendable, Hashable {
  /// The short name; for a closure, a part of an asynchronous function or a thunk, that of the function behind it.
  public var name: String
  /// What the function is for.
  public var role: FunctionRole
  /// For code of a closure that somebody wrote: its number in what it stands in, counted from 1; if that is a closure,
  /// too, the number of that one, and so on outwards. Else empty.
  public var closures: [Int]

  /// Reads a name of a symbol table: Swift, C++ or C.
  public init(mangled: String) {
    if Self.isSwift(mangled) {
      self = Demangler.withDemangled(mangled) { text in
        guard let text else { return SwiftName(name: mangled, role: .function) }
        if let macro = MacroName.unique(text) { return SwiftName(name: macro, role: .thunk) }
        var reader = DemangledText(text)
        return reader.read()
      }
      if Self.isMergedFromOthers(mangled) { name = "merged " + name }
      if role == .function || role == .closure, Self.isAsyncFunclet(mangled) { role = .asyncFunclet }
    } else if mangled.hasPrefix("_Z") {
      self = Demangler.withDemangled(mangled) { text in
        SwiftName(name: text.map(CxxName.short) ?? mangled, role: .foreign)
      }
    } else {
      self = Self.plain(mangled)
    }
  }

  init(name: String, role: FunctionRole, closures: [Int] = []) {
    self.name = name
    self.role = role
    self.closures = closures
  }

  /// The name with the closure that it is: `closure #2 in App.main()`.
  public var apart: String { closures.map { "closure #\($0) in " }.joined() + name }

  /// The short name alone.
  public static func short(_ mangled: String) -> String { SwiftName(mangled: mangled).name }

  /// Whether a name is mangled by Swift: `$s`, `$S`, `$e` or the older `_T0`.
  static func isSwift(_ name: String) -> Bool {
    name.hasPrefix("$s") || name.hasPrefix("$S") || name.hasPrefix("$e") || name.hasPrefix("_$s")
      || name.hasPrefix("_T0")
  }

  /// Whether a mangled name ends as the continuation of an asynchronous function does: `TQ<n>_` after a call, `TY<n>_`
  /// after a suspension.
  static func isAsyncFunclet(_ mangled: String) -> Bool {
    var bytes = mangled.utf8[...]
    if bytes.suffix(2).elementsEqual("Tm".utf8) { bytes = bytes.dropLast(2) }
    guard bytes.last == UInt8(ascii: "_") else { return false }
    bytes = bytes.dropLast()
    while let last = bytes.last, last.isDigit { bytes = bytes.dropLast() }
    let marker = bytes.suffix(2)
    return marker.elementsEqual("TQ".utf8) || marker.elementsEqual("TY".utf8)
  }

  /// Whether the compiler merged the function with others of the same code, so that the name, one of theirs, must say so.
  ///
  /// Merged specializations of a generic function (`Tg5Tm`, `Tt0g5Tm`) are nearly always all of the same function:
  /// they bear its name.
  private static func isMergedFromOthers(_ mangled: String) -> Bool {
    var bytes = mangled.utf8[...]
    guard bytes.suffix(2).elementsEqual("Tm".utf8) else { return false }
    bytes = bytes.dropLast(2)
    guard let pass = bytes.popLast(), pass.isDigit, let kind = bytes.last else { return true }
    return kind != UInt8(ascii: "g") && kind != UInt8(ascii: "G")
  }

  /// A name that is not mangled: C, assembler, or one of the compiler's helpers.
  private static func plain(_ name: String) -> SwiftName {
    // What the compiler calls the place of a macro whose expansion was inlined.
    if name == "__unknown_macro__" { return SwiftName(name: "macro expansion", role: .thunk) }
    if name.hasPrefix("async_Main") { return SwiftName(name: "main", role: .asyncFunclet) }
    if name.hasPrefix("objectdestroy") {
      return SwiftName(name: "destroy of a closure's captures", role: .compilerMade)
    }
    let helpers = ["__swift_", "block_copy_helper", "block_destroy_helper", "get_enum_tag_for", "get_witness_table"]
    guard helpers.contains(where: name.hasPrefix) else {
      return SwiftName(name: CName.short(name), role: .foreign)
    }
    var text = name[...]
    if text.hasSuffix("Tm") { text = text.dropLast(2) }
    if let dot = text.lastIndex(of: "."), text[dot...].dropFirst().allSatisfy(\.isNumber) { text = text[..<dot] }
    return SwiftName(name: String(text), role: .compilerMade)
  }
}
