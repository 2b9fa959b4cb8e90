/// An instruction as `objdump --disassemble --line-numbers` prints it, with the place in the source that was named
/// last before it.
///
/// Source: google/pprof, `internal/binutils/disasm.go` (`disassemble`); its expressions decide what a line is, so that
/// the same is read from what GNU's program prints and LLVM's.
struct ObjdumpLine: Sendable, Hashable {
  /// The instruction's address in the file.
  var address: UInt64
  /// The instruction.
  var text: String
  /// The function; empty if unknown.
  var function = ""
  /// The source file; empty if unknown.
  var file = ""
  /// The line; 0 if unknown.
  var line: Int64 = 0

  /// All instructions in the output.
  static func lines(in output: String) -> [ObjdumpLine] {
    var instructions: [ObjdumpLine] = []
    // What holds for the instructions that follow.
    var place = ObjdumpLine(address: 0, text: "")
    for raw in output.split(separator: "\n", omittingEmptySubsequences: false) {
      let line = raw.trimmed
      if let (address, text) = instruction(line) {
        place.address = address
        place.text = String(text)
        instructions.append(place)
      } else if let (file, number) = position(line) {
        if let number { (place.file, place.line) = (String(file), Int64(number)) }
      } else if let name = functionName(line) {
        place.function = String(name)
      } else {
        place = ObjdumpLine(address: 0, text: "")
      }
    }
    return instructions
  }

  /// `401136: push %rbp`
  private static func instruction(_ line: Substring) -> (UInt64, Substring)? {
    let digits = line.prefix(while: \.isHexDigit)
    let rest = line[digits.endIndex...]
    guard rest.first == ":", let space = rest.dropFirst().first, space.isWhitespace,
      let address = UInt64(digits, radix: 16)
    else { return nil }
    return (address, rest.dropFirst().drop(while: \.isWhitespace))
  }

  /// `/src/main.c:12`, also with a semicolon before it and more behind; no number if it is no line's.
  private static func position(_ line: Substring) -> (file: Substring, number: UInt32?)? {
    let text = line.withoutComment
    var colon = text.lastIndex(of: ":")
    while let place = colon {
      let digits = text[text.index(after: place)...].prefix { $0.isASCII && $0.isNumber }
      if !digits.isEmpty { return (text[..<place], UInt32(digits)) }
      colon = text[..<place].lastIndex(of: ":")
    }
    return nil
  }

  /// `main():` of GNU's, or `0000000000401136 <main>:` of both.
  private static func functionName(_ line: Substring) -> Substring? {
    let text = line.withoutComment
    if let end = text.ranges(of: "():").last, end.lowerBound > text.startIndex { return text[..<end.lowerBound] }
    var name = line.drop(while: \.isHexDigit)
    if name.first?.isWhitespace == true { name = name.dropFirst() }
    return name.lastIndex(of: ":").map { name[..<$0] }
  }
}

extension Substring {
  fileprivate var trimmed: Substring {
    guard let last = lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return self[...last].drop(while: \.isWhitespace)
  }

  /// The text behind a semicolon and a space, if it begins with one of them.
  fileprivate var withoutComment: Substring {
    let text = first == ";" ? dropFirst() : self
    return text.first?.isWhitespace == true ? text.dropFirst() : text
  }
}
