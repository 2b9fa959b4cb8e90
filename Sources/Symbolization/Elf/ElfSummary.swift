/// What the file of a program says about how it was linked.
///
/// Source: System V ABI, chapters 4 and 5.
public struct ElfSummary: Sendable {
  /// Whether a dynamic linker starts it.
  public let isDynamic: Bool
  /// Whether the profiler is linked into it.
  public let hasProfiler: Bool
  /// The sanitizer it was built with.
  public let sanitizer: String?
  /// Whether it has Swift code but needs no shared Swift library.
  public let hasStaticSwift: Bool
  /// Whether it tells the names of its own functions.
  public let hasSymbols: Bool

  /// Reads the file at `path`.
  public init(contentsOf path: String) throws(SymbolizationError) { self.init(try ElfFile(MappedFile(path: path))) }

  init(_ elf: ElfFile) {
    isDynamic = elf.hasInterpreter
    hasProfiler = elf.hasNote(owner: "lab", type: 1)
    // Names of what it takes from libraries, and of these.
    let names = elf.bytes(of: ".dynstr")?.split(separator: 0) ?? []
    func isNamed(_ name: String) -> Bool { names.contains { $0.elementsEqual(name.utf8) } }
    sanitizer =
      [
        ("__asan_init", "AddressSanitizer"), ("__tsan_init", "ThreadSanitizer"), ("__msan_init", "MemorySanitizer"),
      ].first { isNamed($0.0) }?.1
    hasStaticSwift = elf.sections.contains { $0.name.hasPrefix("swift5_") } && !isNamed("libswiftCore.so")
    hasSymbols = elf.sections.contains { $0.type == ElfFile.SectionType.symbols }
  }
}
