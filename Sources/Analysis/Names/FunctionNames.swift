import Pprof

/// What is left of the name of a C++ or Rust function.
public enum NameDetail: Sendable {
  /// Neither parameters nor type arguments.
  case short
  /// No parameters.
  case typeArguments
  /// All.
  case full
}

extension Profile {
  /// Demangles the names of C++ and Rust, and leaves out of them what the detail does not ask for:
  /// `_ZNSt6vectorIiE2atEi` becomes `std::vector::at`.
  ///
  /// It is made from the system name. A function whose name is another one has been named with care, and keeps it.
  /// Names that look demangled already are shortened; other mangled names stay mangled.
  ///
  /// - Parameter isForced: Makes all names from system names, also those that are named with care; but those of Swift,
  ///   which only the process that was observed can name.
  ///
  /// Source: google/pprof, `internal/symbolizer/symbolizer.go`, `Demangle`.
  public mutating func demangleNames(to detail: NameDetail = .short, isForced: Bool = false) {
    for index in functions.indices {
      let (name, systemName) = (functions[index].name, functions[index].systemName)
      guard name.isEmpty || systemName == name || (isForced && !systemName.isEmpty && !isSwift(systemName)) else {
        continue
      }
      functions[index].name =
        RustName.demangle(systemName, to: detail) ?? CxxName.demangle(systemName, to: detail)
        ?? shortenedName(systemName, to: detail)
    }
  }
}

/// Whether a name is one of Swift's mangled ones.
private func isSwift(_ name: String) -> Bool {
  ["$s", "$S", "$e", "_$s", "_T0"].contains(where: name.hasPrefix)
}

/// The name without what the detail leaves out, if it looks like C++ or Rust.
private func shortenedName(_ name: String, to detail: NameDetail) -> String {
  guard detail != .full, looksLikeCPlusPlus(name) else { return name }
  let bytes = removing(from: Array(name.utf8), UInt8(ascii: "("), UInt8(ascii: ")"))
  if detail == .typeArguments { return String(decoding: bytes, as: UTF8.self) }
  return String(decoding: removing(from: bytes, UInt8(ascii: "<"), UInt8(ascii: ">")), as: UTF8.self)
}

private func looksLikeCPlusPlus(_ name: String) -> Bool {
  // The first is Java, as in `Class.<init>`, the second Go, as in `pkg.(*Type[...]).Method`.
  if name.contains(".<") || name.contains("]).") { return false }
  return name.utf8.contains { "<>[]".utf8.contains($0) } || name.contains("::")
}

/// The bytes without what stands between brackets, nested ones included; from a bracket without its partner on, all
/// stays.
private func removing(from bytes: [UInt8], _ open: UInt8, _ close: UInt8) -> [UInt8] {
  var kept: [UInt8] = []
  var (depth, start) = (0, 0)
  for (position, byte) in bytes.enumerated() {
    if byte == open {
      if depth == 0 { start = kept.count }
      depth += 1
    }
    if byte == close {
      depth -= 1
      if depth < 0 { return kept + bytes[position...] }
    }
    if byte == close, depth == 0 { kept.removeSubrange(start...) } else { kept.append(byte) }
  }
  return kept
}
