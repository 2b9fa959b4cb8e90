import Symbolization

/// Names that C++ compilers mangled (Itanium ABI), demangled by the C++ library and then shortened.
enum CxxName {
  /// The readable name, or nil if this is no mangled name.
  ///
  /// What stands behind the mangled name, such as `.part.0` or `@plt`, is left out.
  static func demangle(_ name: String, to detail: NameDetail) -> String? {
    guard name.hasPrefix("_Z"), let full = full(name) else { return nil }
    var text = CxxText(full)
    // Whoever reads the parameters does not understand a version.
    if detail == .full || text.isSpecial, name.contains("@") { return nil }
    return String(decoding: text.shortened(to: detail), as: UTF8.self)
  }

  private static func full(_ name: String) -> [UInt8]? {
    // Longer names are long to demangle, and nobody reads them.
    guard name.utf8.count <= 1 << 16 else { return nil }
    let bare = name.prefix { $0 != "@" && $0 != "." }
    // A dot may belong to a name, such as `.omp_outlined.`.
    for candidate in [String(bare), String(name.prefix { $0 != "@" })] {
      guard let text = Demangler.demangle(candidate) else { continue }
      let bytes = Array(text.utf8)
      let clone = Array(" [clone ".utf8)
      return Array(bytes[..<(bytes.indices.first { bytes[$0...].starts(with: clone) } ?? bytes.endIndex)])
    }
    return nil
  }
}
