import Symbolization

/// What the name of a closure's code tells.
struct ClosureName {
  /// Names that the same closure's code may have: if this only calls it with what it captured, the closure's own, and that
  /// of the first copy of this.
  let others: [String]
  /// Whether it stands for a method or another function that was passed by its name.
  let isFunction: Bool

  /// Reads a name such as `$s4main6ScreenC4loadyyFyycACcfu_yycfu0_TA`: for a method, the compiler writes a closure that
  /// takes the object and one in it that takes the arguments.
  init(mangled: String) {
    var stem = mangled[...]
    // What the linker or LLVM adds to names that would come twice.
    if let dot = stem.lastIndex(of: "."), stem[dot...].dropFirst().allSatisfy(\.isNumber) { stem = stem[..<dot] }
    others = stem.hasSuffix("TA") ? [String(stem.dropLast(2)), String(stem)] : []
    var text = (Demangler.demangle(String(stem)) ?? "")[...]
    let isApplied = text.hasPrefix(Self.ofApplied)
    for prefix in [Self.ofApplied, "specialized "] where text.hasPrefix(prefix) { text = text.dropFirst(prefix.count) }
    let isClosure = text.hasPrefix("closure #") || text.hasPrefix("implicit closure #")
    isFunction =
      text.hasPrefix("implicit closure #") && text.contains(" in implicit closure #") || isApplied && !isClosure
  }

  private static let ofApplied = "partial apply for "
}
