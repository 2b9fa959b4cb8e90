/// Names of code that macros made.
enum MacroName {
  /// `freestanding macro expansion #1 of expect in module Tests file A.swift line 16 column 5` -> `#expect`; nil for
  /// what is no expansion.
  static func expansion(_ text: Substring) -> String? {
    guard text.hasPrefix("freestanding macro expansion #"), let start = text.firstEnd(of: " of "),
      let end = text[start...].firstRange(of: " in ")
    else { return nil }
    return "#" + text[start..<end.lowerBound]
  }

  /// Shortens the first name that a macro made up to be unique, which is itself mangled, to the macro and what it is
  /// attached to: `static Tests.$s5Tests0A0V4parse4TestfMp_3abcfMu_()` -> `@Test parse`. Nil when there is none.
  static func unique(_ name: String) -> String? {
    guard let start = name[...].firstRange(of: "$s"), let mark = name[start.upperBound...].firstRange(of: "fMu") else {
      return nil
    }
    let tail = name[mark.upperBound...].drop(while: \.isNumber)
    guard tail.first == "_", let text = Demangler.demangle(String(name[start.lowerBound..<tail.startIndex]) + "_"),
      let macro = text[...].firstRange(of: " macro @"),
      let expansion = text[macro.upperBound...].firstRange(of: " expansion #"),
      let subject = text[expansion.upperBound...].firstEnd(of: " of ")
    else { return nil }
    let end = text[subject...].firstRange(of: " in ")?.lowerBound ?? text.endIndex
    return "@" + text[macro.upperBound..<expansion.lowerBound] + " " + text[subject..<end]
  }
}
