/// Names that the Rust compiler mangled, in its two schemes.
enum RustName {
  /// The readable name, or nil if this is none of Rust's mangled names.
  ///
  /// The old scheme has no type arguments; those of the new one stand between angle brackets, which stay, empty, where
  /// the detail leaves them out.
  static func demangle(_ name: String, to detail: NameDetail) -> String? {
    if name.hasPrefix("_R") {
      var reader = RustNameReader(Array(name.utf8.dropFirst(2).prefix { $0 != UInt8(ascii: ".") }))
      reader.hasTypeArguments = detail != .short
      return try? reader.symbol()
    }
    return name.hasPrefix("_ZN") ? legacy(Array(name.utf8)) : nil
  }

  /// The old scheme looks like C++: `_ZN` and names with their lengths, the last a hash of 16 hexadecimal digits.
  private static func legacy(_ name: [UInt8]) -> String? {
    var name = name[3...]
    // What the linker put behind the name begins with a dot.
    if let end = name.indices.dropLast().last(where: {
      name[$0] == UInt8(ascii: "E") && name[$0 + 1] == UInt8(ascii: ".")
    }) {
      name = name[...end]
    }
    guard name.last == UInt8(ascii: "E"), name.count > 20 else { return nil }
    let hash = name.suffix(20)
    guard hash.prefix(3).elementsEqual("17h".utf8) else { return nil }
    let digits = hash.dropFirst(3).dropLast()
    // A C++ name might end like that too, but not in a hash: 16 digits of which fewer than five differ are none.
    guard digits.allSatisfy(isLowercaseHexadecimal), Set(digits).count >= 5 else { return nil }
    var rest = name.dropLast(20)
    var text: [UInt8] = []
    while !rest.isEmpty {
      let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
      guard var length = Int(String(decoding: digits, as: UTF8.self)), length < 1 << 31 else { return nil }
      rest = rest.dropFirst(digits.count)
      if rest.first == UInt8(ascii: "_") {
        rest = rest.dropFirst()
        length -= 1
      }
      guard (0...rest.count).contains(length) else { return nil }
      if !text.isEmpty { text += Array("::".utf8) }
      text += unescaped(rest.prefix(length))
      rest = rest.dropFirst(length)
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// What `$LT$`, `$u20$` and `..` stand for. From an escape that means nothing on, all stays as it is.
  private static func unescaped(_ part: ArraySlice<UInt8>) -> [UInt8] {
    var part = part
    if part.starts(with: "_$".utf8) { part = part.dropFirst() }
    var text: [UInt8] = []
    while let byte = part.first {
      if byte == UInt8(ascii: "$") {
        guard let end = part.dropFirst().firstIndex(of: byte), let character = escape(part[(part.startIndex + 1)..<end])
        else { return text + part }
        text.append(character)
        part = part[(end + 1)...]
      } else if part.starts(with: "..".utf8) {
        text += Array("::".utf8)
        part = part.dropFirst(2)
      } else {
        text.append(byte)
        part = part.dropFirst()
      }
    }
    return text
  }

  private static func escape(_ name: ArraySlice<UInt8>) -> UInt8? {
    switch String(decoding: name, as: UTF8.self) {
    case "C": return UInt8(ascii: ",")
    case "SP": return UInt8(ascii: "@")
    case "BP": return UInt8(ascii: "*")
    case "RF": return UInt8(ascii: "&")
    case "LT": return UInt8(ascii: "<")
    case "GT": return UInt8(ascii: ">")
    case "LP": return UInt8(ascii: "(")
    case "RP": return UInt8(ascii: ")")
    default:
      guard name.count == 3, name.first == UInt8(ascii: "u"), name.dropFirst().allSatisfy(isLowercaseHexadecimal)
      else { return nil }
      return UInt8(String(decoding: name.dropFirst(), as: UTF8.self), radix: 16).flatMap {
        (32...127).contains($0) ? $0 : nil
      }
    }
  }

  private static func isLowercaseHexadecimal(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
  }
}
