extension SwiftName {
  /// The module whose source a mangled function comes from, or nil when the name does not tell.
  ///
  /// A member that an extension adds belongs to the extension's module: `$sSa4mainE3sumyF` is `main`'s.
  static func definingModule(ofMangled name: String) -> String? {
    guard isSwift(name) else { return nil }
    var bytes = name.utf8[...]
    if bytes.first == UInt8(ascii: "_"), !bytes.starts(with: "_T0".utf8) { bytes = bytes.dropFirst() }
    bytes = bytes.dropFirst(bytes.starts(with: "_T0".utf8) ? 3 : 2)
    guard var module = leadingModule(&bytes) else { return nil }
    while let identifier = identifier(&bytes) {
      if identifier.isEmpty { return module }
      if bytes.first == UInt8(ascii: "E") || hasConstrainedExtension(bytes) { module = identifier }
      // A private name is followed by its discriminator and `LL`.
      if let next = bytes.first, next.isDigit, self.identifier(&bytes) != nil, bytes.starts(with: "LL".utf8) {
        bytes = bytes.dropFirst(2)
      }
      guard let kind = bytes.popFirst(), "VCOPaE".utf8.contains(kind) else { return module }
    }
    return module
  }

  /// Whether a generic signature that belongs to an extension, which ends in `lE`, follows. Names are passed over.
  private static func hasConstrainedExtension(_ bytes: Substring.UTF8View) -> Bool {
    var rest = bytes
    while let first = rest.first {
      if first.isDigit, first != UInt8(ascii: "0") {
        guard identifier(&rest) != nil else { return false }
      } else if rest.starts(with: "lE".utf8) {
        return true
      } else {
        rest = rest.dropFirst()
      }
    }
    return false
  }

  private static func leadingModule(_ bytes: inout Substring.UTF8View) -> String? {
    guard let first = bytes.first else { return nil }
    if first == UInt8(ascii: "s") {
      bytes = bytes.dropFirst()
      return "Swift"
    }
    if first == UInt8(ascii: "S") {
      let known = bytes.dropFirst().first
      if known == UInt8(ascii: "o") || known == UInt8(ascii: "C") { return nil }
      bytes = bytes.dropFirst(known == UInt8(ascii: "c") ? 3 : 2)
      return "Swift"
    }
    return identifier(&bytes).flatMap { $0.isEmpty ? nil : $0 }
  }

  /// Reads `4main`; the empty string when it is written with substituted words.
  private static func identifier(_ bytes: inout Substring.UTF8View) -> String? {
    guard let first = bytes.first, first.isDigit else { return nil }
    if first == UInt8(ascii: "0") { return "" }
    var length = 0
    while let digit = bytes.first, digit.isDigit, length < 1 << 16 {
      length = length * 10 + Int(digit - UInt8(ascii: "0"))
      bytes = bytes.dropFirst()
    }
    guard bytes.count >= length else { return nil }
    let text = bytes.prefix(length)
    bytes = bytes.dropFirst(length)
    return String(decoding: text, as: UTF8.self)
  }
}
