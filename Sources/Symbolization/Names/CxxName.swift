/// Shortens demangled C++ names: `void swift::Demangle::print<int>(int, char*) const` -> `swift::Demangle::print`.
enum CxxName {
  /// The qualified name without return type, template arguments, parameters and qualifiers.
  static func short(_ demangled: String) -> String {
    var name: [UInt8] = []
    var depth = 0
    let bytes = Array(demangled.utf8)
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      let rest = bytes[index...]
      if depth == 0, let kept = keptWords.first(where: { rest.starts(with: $0.utf8) }) {
        name += kept.utf8
        index += kept.utf8.count
        continue
      }
      switch byte {
      case UInt8(ascii: "<"): depth += 1
      case UInt8(ascii: ">") where depth > 0: depth -= 1
      case UInt8(ascii: "(") where depth == 0: return finish(name, whole: demangled)
      case UInt8(ascii: "["), UInt8(ascii: "("): depth += 1
      case UInt8(ascii: "]") where depth > 0, UInt8(ascii: ")") where depth > 0: depth -= 1
      case UInt8(ascii: " ") where depth == 0: name = name.last.map(isOperator) == true ? name + [byte] : []
      default: if depth == 0 { name.append(byte) }
      }
      index += 1
    }
    return finish(name, whole: demangled)
  }

  private static let keptWords = [
    "(anonymous namespace)", "operator()", "operator<<", "operator<", "operator<=", "operator>>",
    "operator>", "operator->", "operator[]", "operator new[]", "operator new", "operator delete[]", "operator delete",
    "operator bool",
  ].sorted { $0.utf8.count > $1.utf8.count }

  private static func isOperator(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "=") }

  private static func finish(_ name: [UInt8], whole: String) -> String {
    name.isEmpty ? whole : String(decoding: name, as: UTF8.self)
  }
}
