import Patterns

/// The symbols of a binary at one address.
///
/// Source: google/pprof, `internal/binutils/disasm.go` (`findSymbols`, `matchSymbol`).
struct SymbolGroup: Sendable, Hashable {
  /// Their names, in the order of the table; not empty.
  var names: [String]
  /// Where the code begins.
  var start: UInt64
  /// The address before the next symbol's, which pprof takes for the end.
  var end: UInt64

  /// The groups in the output of `nm -n`: lines of an address, a letter and a name.
  static func groups(inNM text: String) -> [SymbolGroup] {
    var groups: [SymbolGroup] = []
    var (names, start): ([String], UInt64) = ([], 0)
    func finish(at next: UInt64) {
      if !names.isEmpty { groups.append(SymbolGroup(names: names, start: start, end: next &- 1)) }
    }
    for line in text.split(whereSeparator: \.isNewline) {
      let words = line.split(separator: " ", maxSplits: 2)
      guard words.count == 3, let address = UInt64(words[0], radix: 16), words[1].utf8.count == 1 else { continue }
      if address != start {
        finish(at: address)
        (names, start) = ([], address)
      }
      names.append(String(words[2]))
    }
    finish(at: 0)
    return groups
  }

  /// The names to show if the group is looked for: all of them for an address inside; else the one that matches, be it
  /// as it stands or demangled in full, without parameters, or without type arguments, too.
  func matchingNames(_ pattern: Pattern, address: UInt64?) -> [String]? {
    if let address, address != 0, address >= start, address <= end { return names }
    for name in names {
      if pattern.matches(name) { return [name] }
      for detail in [NameDetail.full, .typeArguments, .short] {
        let readable = RustName.demangle(name, to: detail) ?? CxxName.demangle(name, to: detail)
        if let readable, pattern.matches(readable) { return [readable] }
      }
    }
    return nil
  }
}
