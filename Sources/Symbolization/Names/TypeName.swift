/// The names of types as a Swift programmer says them.
public enum TypeName {
  /// Generic types of the standard library that mangled names have by letters. Source: Swift, StandardTypesMangling.def.
  public static let standard = [
    "Sa": "Array", "SD": "Dictionary", "Sh": "Set", "Sq": "Optional", "SR": "UnsafeBufferPointer",
    "Sr": "UnsafeMutableBufferPointer", "SP": "UnsafePointer", "Sp": "UnsafeMutablePointer", "SN": "ClosedRange",
    "Sn": "Range",
  ]

  /// Whether a qualified name belongs to the standard library itself.
  public static func isStandard(_ qualified: String) -> Bool { qualified.utf8.starts(with: "Swift.".utf8) }

  /// Shortens a qualified name: `App.(unknown context at $1234).Box<Swift.Int>` -> `Box<Int>`.
  public static func short(_ qualified: String) -> String {
    var parser = QualifiedName(bytes: Array(qualified.utf8))
    return parser.type()
  }

  /// The name behind a mangled one, with or without `$s` in front: `4main5CacheCySSG` -> `Cache<String>`. A name that is
  /// not mangled is given back as it is.
  public static func demangled(_ mangled: String) -> String {
    Demangler.demangle(SwiftName.isSwift(mangled) ? mangled : "$s" + mangled) ?? mangled
  }

  /// Says the standard library's own storage classes by what they store: `_SetStorage<Int>` -> `Set storage of Int`.
  public static func spoken(_ short: String) -> String {
    let wrappers = [
      ("_ContiguousArrayStorage<", "Array storage of "), ("_DictionaryStorage<", "Dictionary storage of "),
      ("_SetStorage<", "Set storage of "),
    ]
    for (prefix, words) in wrappers where short.hasPrefix(prefix) && short.hasSuffix(">") {
      return words + short.dropFirst(prefix.count).dropLast()
    }
    return short == "__StringStorage" ? "String storage" : short
  }
}

/// Takes a qualified name apart: paths of identifiers between the punctuation of generics, tuples and functions.
private struct QualifiedName {
  let bytes: [UInt8]
  var at = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  mutating func type() -> String { shortened { _ in false } }

  /// What comes up to an end, with every path in it shortened.
  private mutating func shortened(upTo isEnd: (QualifiedName) -> Bool) -> String {
    var result = ""
    while at < bytes.count, !isEnd(self) {
      if startsPath {
        result += path()
      } else {
        result.append(Character(UnicodeScalar(bytes[at])))
        at += 1
      }
    }
    return result
  }

  private var startsPath: Bool { isName(bytes[at]) || isPrivateContext }
  private var isPrivateContext: Bool { bytes[at...].starts(with: "(unknown context".utf8) }

  private func isName(_ byte: UInt8) -> Bool {
    byte >= 0x80 || byte == UInt8(ascii: "_") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
      || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }

  /// A path such as `Module.Outer.Inner<…>.Deep`, without its module.
  private mutating func path() -> String {
    var parts: [String] = []
    var isFirst = true
    while at < bytes.count {
      if isPrivateContext {
        while at < bytes.count, bytes[at] != UInt8(ascii: ")") { at += 1 }
        at = min(at + 1, bytes.count)
      } else {
        let start = at
        while at < bytes.count, isName(bytes[at]) { at += 1 }
        let name = String(decoding: bytes[start..<at], as: UTF8.self)
        // The first of several parts is the module; `any`, `inout` and labels stand alone.
        let isModule = isFirst && at < bytes.count && bytes[at] == UInt8(ascii: ".")
        if !isModule { parts.append(name + arguments()) }
      }
      isFirst = false
      guard at + 1 < bytes.count, bytes[at] == UInt8(ascii: "."), isName(bytes[at + 1]) || bytes[at + 1] == 40 else {
        break
      }
      at += 1
    }
    // What stands for a parameter pack: `Pack{Int, String}`.
    if parts == ["Pack"], at < bytes.count, bytes[at] == UInt8(ascii: "{") { return pack() }
    return sugared(parts.joined(separator: "."))
  }

  /// The types between braces, shortened.
  private mutating func pack() -> String {
    at += 1
    defer { at = min(at + 1, bytes.count) }
    return shortened { $0.bytes[$0.at] == UInt8(ascii: "}") }
  }

  /// `<…>` after a name, shortened inside.
  private mutating func arguments() -> String {
    guard at < bytes.count, bytes[at] == UInt8(ascii: "<") else { return "" }
    at += 1
    defer { at = min(at + 1, bytes.count) }
    let inner = shortened { $0.bytes[$0.at] == UInt8(ascii: ">") && $0.bytes[$0.at - 1] != UInt8(ascii: "-") }
    return "<\(inner)>"
  }

  /// `Array<Int>` -> `[Int]`, `Optional<Int>` -> `Int?`, `Dictionary<String, Int>` -> `[String: Int]`.
  private func sugared(_ name: String) -> String {
    if let inner = content(of: name, in: "Array<") { return "[\(inner)]" }
    if let inner = content(of: name, in: "Optional<") {
      return inner.contains(" ") && !inner.hasPrefix("[") && !inner.hasSuffix(">") ? "(\(inner))?" : inner + "?"
    }
    if let inner = content(of: name, in: "Dictionary<") {
      var depth = 0
      for index in inner.indices {
        switch inner[index] {
        case "<", "(", "[": depth += 1
        case ">", ")", "]": depth -= 1
        case "," where depth == 0: return "[" + inner[..<index] + ":" + inner[inner.index(after: index)...] + "]"
        default: break
        }
      }
    }
    return name
  }

  private func content(of name: String, in prefix: String) -> Substring? {
    name.hasPrefix(prefix) && name.hasSuffix(">") ? name.dropFirst(prefix.count).dropLast() : nil
  }
}
