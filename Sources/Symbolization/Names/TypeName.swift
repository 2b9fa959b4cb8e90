extension SwiftName {
  /// A type as a Swift programmer says it, from its mangled name, with or without `$s` in front.
  ///
  ///     SwiftName.type("s23_ContiguousArrayStorageCy4main6HeaderVG")   // Array storage of Header
  ///
  /// A name that is not mangled is given back as it is.
  public static func type(_ mangled: String) -> String {
    let name = isSwift(mangled) ? mangled : "$s" + mangled
    guard let text = Demangler.demangle(name) else { return mangled }
    return TypeName.spoken(text)
  }

  /// A type as a Swift programmer says it, from its name with modules, as `_typeName` and `String(reflecting:)` write it.
  ///
  ///     SwiftName.type(qualified: "Swift._SetStorage<main.Node>")   // Set storage of Node
  public static func type(qualified name: String) -> String { TypeName.spoken(TypeName.withoutModules(name)) }
}

/// Names of types, shortened.
enum TypeName {
  /// Says the standard library's private storage classes by what they store.
  static func spoken(_ name: String) -> String {
    for (type, said) in [
      ("_ContiguousArrayStorage<", "Array storage of "), ("_DictionaryStorage<", "Dictionary storage of "),
      ("_SetStorage<", "Set storage of "),
    ] where name.hasPrefix(type) && name.hasSuffix(">") {
      let arguments = split(name.dropFirst(type.count).dropLast())
      return said + arguments.joined(separator: ": ")
    }
    switch name {
    case "__StringStorage", "__SharedStringStorage": return "String storage"
    case "__EmptyArrayStorage", "__EmptyDictionarySingleton", "__EmptySetSingleton": return "empty collection"
    default: return name
    }
  }

  /// Splits generic arguments at the commas that stand outside of brackets.
  private static func split(_ arguments: Substring) -> [String] {
    var parts: [String] = []
    var depth = 0
    var part = ""
    for character in arguments {
      if "<([".contains(character) { depth += 1 }
      if ")]".contains(character) || character == ">" && part.last != "-" { depth -= 1 }
      if character == ",", depth == 0 {
        parts.append(part)
        part = ""
      } else if !(part.isEmpty && character == " ") {
        part.append(character)
      }
    }
    return parts + [part]
  }

  /// Removes the module from each type of a qualified name, and what tells private types apart:
  /// `Swift.Array<(main.(Hidden in _4A1F), Swift.Int)>` -> `Array<(Hidden, Int)>`.
  static func withoutModules(_ name: String) -> String {
    var result = ""
    var rest = name[...]
    var isPathStart = true
    while let character = rest.first {
      if isPathStart, let end = pathComponent(rest), rest[end...].first == "." {
        rest = rest[end...].dropFirst()
        isPathStart = false
      } else if character == "(", let component = pathComponent(rest.dropFirst()), rest[component...].hasPrefix(" in "),
        let close = rest[component...].firstIndex(of: ")")
      {
        result += rest[..<component].dropFirst()
        rest = rest[close...].dropFirst()
        isPathStart = false
      } else if character == "(", rest.hasPrefix("(unknown context at "), let close = rest.firstIndex(of: ")") {
        rest = rest[close...].dropFirst().drop { $0 == "." }
      } else if let end = pathComponent(rest) {
        result += rest[..<end]
        rest = rest[end...]
        isPathStart = false
      } else {
        result.append(character)
        rest = rest.dropFirst()
        isPathStart = character != "."
      }
    }
    return result
  }

  /// The end of the identifier that `text` begins with, or nil.
  private static func pathComponent(_ text: Substring) -> Substring.Index? {
    let end = text.firstIndex { !($0.isLetter || $0.isNumber || $0 == "_") } ?? text.endIndex
    return end == text.startIndex ? nil : end
  }
}
