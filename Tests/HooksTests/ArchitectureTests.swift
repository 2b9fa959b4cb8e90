import Foundation
import Testing

/// What differs between architectures stands in one place, so that another one is an addition and not a hunt.
@Suite struct ArchitectureTests {
  private static let ofArchitecture: Set = [
    "base/arch.h", "base/arch_aarch64.h", "base/arch_x86_64.h", "base/atomics.h", "base/instructions_aarch64.h",
    "unwind/edges_aarch64.c",
  ]

  /// What is no comment, which may say what is meant.
  private static func code(_ file: URL) throws -> [Substring] {
    try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map { $0.prefix { $0 != "/" } }
  }

  /// Registers and instructions are known where the architecture is: in its files in `base/`, and where frames are undone.
  /// Elsewhere a line would hold for one of them only.
  @Test func theHooksKnowItInItsFilesAlone() throws {
    let register = #/\b(r1[0-5]|[re](ax|bx|cx|dx|si|di|bp|sp|ip)|[xw]([0-9]|[12][0-9]|30)|REG_R[A-Z0-9]+|gregs)\b/#
    let instruction = #/uc_mcontext|__asm__|cpuid|__builtin_(ia32|aarch64|arm)|__x86_64__|__aarch64__/#
    let bytes = #/(code|pc|at)\[-?[0-9]\] [!=]= 0x|0x[0-9a-f]{8}\) [!=]= 0x/#
    var knowing: Set<String> = []
    for source in try RoomsTests.sources() {
      let code = try Self.code(RoomsTests.root.appendingPathComponent(source.path)).joined(separator: "\n")
      if code.contains(register) || code.contains(instruction) || code.contains(bytes) { knowing.insert(source.path) }
    }
    #expect(knowing == Self.ofArchitecture)
  }

  /// In Swift nobody does. A file's own code is another matter: stubs are read as the file says what it is for.
  @Test func nobodyElseKnowsIt() throws {
    let all = RoomsTests.root.deletingLastPathComponent()
    var knowing: Set<String> = []
    for target in ["CProfiler", "CLoadedImages", "Profiling", "ProfilingHTTP", "Symbolization", "Platform", "Leaks"] {
      let names = try #require(FileManager.default.enumerator(atPath: all.appendingPathComponent(target).path))
      for case let name as String in names where name.contains(#/\.(swift|c|h)$/#) {
        let path = "\(target)/\(name)"
        let code = try Self.code(all.appendingPathComponent(path)).joined(separator: "\n")
        if code.contains(#/\barch\(|x86_64|aarch64|arm64|machine ==/#) { knowing.insert(path) }
      }
    }
    #expect(
      knowing == [
        "CProfiler/include/lab_platform.h", "Profiling/CHalf.swift", "Symbolization/Elf/ProcedureLinkage.swift",
      ])
  }

  /// Pages have 4, 16 or 64 kB: where one counts in pages it is by `LAB_PAGE`, the smallest, or by `lab_page_bytes()`, those
  /// that there are. Sizes of tables, texts and files' heads are no pages; nor are an instruction's twelve bits.
  @Test func pagesAreNotCountedByANumber() throws {
    let page =
      #/\b(4095|8191|16383|65535)\b|[-+*/%&] *\(?[a-z_ ]*\)?4096\b|\b4096 *[-+*/%]|& ~?(0xfff|0x3fff)\b|>> *12\b/#
    for source in try RoomsTests.sources() where !Self.ofArchitecture.contains(source.path) {
      for line in try Self.code(RoomsTests.root.appendingPathComponent(source.path)) where line.contains(page) {
        // The highest errno is no page.
        if line.contains("lab_is_refusal(long answer)") { continue }
        Issue.record("\(source.path): \(line)")
      }
    }
  }
}
