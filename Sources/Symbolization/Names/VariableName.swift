import Platform

/// The runtime's demangler in its long form, which says types.
@_silgen_name("swift_demangle")
private func demangle(
  _ name: UnsafePointer<CChar>?, _ nameLength: Int, _ output: UnsafeMutablePointer<CChar>?,
  _ outputLength: UnsafeMutablePointer<Int>?, _ flags: UInt32
) -> UnsafeMutablePointer<CChar>?

/// What the symbol of a variable tells of it.
public struct VariableName: Sendable {
  /// As one says it: `Service.shared`.
  public let name: String
  /// Whether it is a `Task`, or may hold one.
  public let isTask: Bool
  /// Whether it is a function with a context, or may hold one.
  public let isFunction: Bool

  /// Reads a symbol such as `$s4main6handleScTyyts5NeverOGSgvp`; nil if it is no variable of Swift's.
  public init?(mangled: String) {
    guard mangled.hasPrefix("$s"), mangled.hasSuffix("vp") || mangled.hasSuffix("vpZ"),
      let text = Self.demangled(mangled), let colon = text.firstRange(of: " : ")
    else { return nil }
    let isStatic = text.hasPrefix("static ")
    let path = text[..<colon.lowerBound].dropFirst(isStatic ? 7 : 0)
    // Without the module.
    name = path.split(separator: ".", maxSplits: 1).last.map(String.init) ?? ""
    var type = text[colon.upperBound...]
    while type.hasPrefix("Swift.Optional<"), type.hasSuffix(">") { type = type.dropFirst(15).dropLast() }
    isTask = type.hasPrefix("Swift.Task<") && type.hasSuffix(">")
    isFunction = Self.isFunction(type)
  }

  private static func demangled(_ mangled: String) -> String? {
    var mangled = mangled
    return mangled.withUTF8 { name in
      name.withMemoryRebound(to: CChar.self) { name in
        guard let text = demangle(name.baseAddress, name.count, nil, nil, 0) else { return nil }
        defer { free(text) }
        return String(cString: text)
      }
    }
  }

  /// Whether a type is a function in its own right: its arrow stands in no brackets.
  private static func isFunction(_ type: Substring) -> Bool {
    var depth = 0
    var last: Character = " "
    for character in type {
      switch character {
      case "(", "[", "<": depth += 1
      case ">" where last == "-": if depth == 0 { return !type.contains("@convention(") }
      case ")", "]", ">": depth -= 1
      default: break
      }
      last = character
    }
    return false
  }
}
