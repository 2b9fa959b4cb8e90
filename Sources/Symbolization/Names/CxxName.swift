/// Shortens demangled C++ names: `void swift::Demangle::print<int>(int, char*) const` -> `swift::Demangle::print`.
enum CxxName {
  /// The qualified name without return type, template arguments, parameters and qualifiers.
  static func short(_ text: ByteText) -> String {
    var name: [UInt8] = []
    var depth = 0
    var index = 0
    while index < text.count {
      let rest = text[index...]
      if depth == 0, let kept = keptWords.first(where: rest.hasPrefix) {
        name += UnsafeBufferPointer(start: kept.utf8Start, count: kept.utf8CodeUnitCount)
        index += kept.utf8CodeUnitCount
        continue
      }
      let byte = text[index]
      switch byte {
      case UInt8(ascii: "(") where depth == 0: return finish(name, whole: text)
      case UInt8(ascii: "<"), UInt8(ascii: "["), UInt8(ascii: "("): depth += 1
      case UInt8(ascii: ">") where depth > 0, UInt8(ascii: "]") where depth > 0, UInt8(ascii: ")") where depth > 0:
        depth -= 1
      // What stood before a space was a return type.
      case UInt8(ascii: " ") where depth == 0: name = []
      default: if depth == 0 { name.append(byte) }
      }
      index += 1
    }
    return finish(name, whole: text)
  }

  /// Words with brackets or spaces that belong to a name; a longer one before its beginning.
  private static let keptWords: [StaticString] = [
    "(anonymous namespace)", "operator()", "operator<<=", "operator<<", "operator<=>", "operator<=", "operator<",
    "operator>>=", "operator>>", "operator>=", "operator>", "operator->*", "operator->", "operator[]",
    "operator new[]", "operator new", "operator delete[]", "operator delete", "operator bool",
  ]

  private static func finish(_ name: [UInt8], whole: ByteText) -> String {
    name.isEmpty ? whole.string : String(decoding: name, as: UTF8.self)
  }
}
