/// Names of code that macros made.
enum MacroName {
  /// `freestanding macro expansion #1 of expect in module Tests file A.swift line 16 column 5` -> `#expect`; nil for
  /// what is no expansion.
  static func expansion(_ text: ByteText) -> String? {
    guard text.hasPrefix("freestanding macro expansion #"), let start = text.end(of: " of "),
      let end = text.range(of: " in ", from: start)
    else { return nil }
    return "#" + text[start..<end.lowerBound].string
  }

  /// Shortens the first name that a macro made up to be unique, which is itself mangled, to the macro and what it is
  /// attached to: `static Tests.$s5Tests0A0V4parse4TestfMp_3abcfMu_()` -> `@Test parse`. Nil when there is none.
  static func unique(_ name: ByteText) -> String? {
    guard let start = name.range(of: "$s")?.lowerBound, let mark = name.end(of: "fMu", from: start) else { return nil }
    let tail = name[mark...].drop(while: \.isDigit)
    guard tail.hasPrefix("_") else { return nil }
    return Demangler.withDemangled(name[start..<(name.count - tail.count + 1)].string) { text -> String? in
      guard let text, let macro = text.end(of: " macro @"), let expansion = text.range(of: " expansion #", from: macro),
        let subject = text.end(of: " of ", from: expansion.upperBound)
      else { return nil }
      let end = text.range(of: " in ", from: subject)?.lowerBound ?? text.count
      return "@" + text[macro..<expansion.lowerBound].string + " " + text[subject..<end].string
    }
  }
}
