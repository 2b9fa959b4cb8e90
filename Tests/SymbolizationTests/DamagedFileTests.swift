import Testing
import TestSupport

@testable import Symbolization

/// Files that are cut short or overwritten: an error or poorer names, never a trap.
@Suite(.enabled(if: FixtureProgram.isPossible, "needs swiftc, clang and strip in PATH"))
struct DamagedFileTests {
  /// A small generator of numbers, so that a failure can be had again.
  private struct Dice: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (state >> 32) | (state << 32)
    }
  }

  /// Symbolizes addresses in a damaged copy of the bytes; answers how many got a name, or nil for a refused file.
  private func named(_ addresses: [UInt64], in bytes: [UInt8]) -> Int? {
    bytes.withUnsafeBytes { bytes in
      guard let elf = try? ElfFile(MappedFile(path: "damaged", borrowing: bytes)) else { return nil }
      var symbols = ImageSymbols(elf, separate: nil)
      _ = symbols.summary
      return symbols.levels(at: addresses).count { !$0.isEmpty }
    }
  }

  private func contents(of program: FixtureProgram) throws -> ([UInt8], [UInt64]) {
    let file = try MappedFile(path: program.path)
    return (Array(file.bytes), program.addresses.values.sorted())
  }

  @Test func survivesEveryCut() throws {
    let (bytes, addresses) = try contents(of: FixtureProgram(.debug))
    #expect(named(addresses, in: bytes) == addresses.count)
    for count in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 300)) {
      // The section table stands at the end, so a cut file has lost it.
      #expect(named(addresses, in: Array(bytes[..<count])) == nil)
    }
  }

  /// Overwrites bytes of each section in turn, densely enough to meet every field of the formats.
  @Test(arguments: [
    ".debug_info", ".debug_abbrev", ".debug_line", ".debug_str", ".debug_ranges", ".debug_rnglists", ".symtab",
    ".dynsym", ".rela.plt", ".note.gnu.build-id", "section table", "header",
  ])
  func survivesOverwriting(section name: String) throws {
    let (original, addresses) = try contents(of: FixtureProgram(.release))
    let range = try #require(Self.range(of: name, in: original), "\(name)")
    var dice = Dice(state: UInt64(name.utf8.count) &* 77)
    var refused = 0
    for round in 0..<200 {
      var bytes = original
      for _ in 0..<(1 << (round % 8)) {
        bytes[Int.random(in: range, using: &dice)] =
          [0, 0xff, 0x7f, 0x80, UInt8.random(in: 0...255, using: &dice)]
          .randomElement(using: &dice) ?? 0
      }
      if let named = named(addresses, in: bytes) { #expect(named <= addresses.count) } else { refused += 1 }
    }
    // Only damage to the frame of the file can make it unreadable as a whole.
    #expect(refused == 0 || name == "header" || name == "section table")
  }

  private static func range(of section: String, in bytes: [UInt8]) -> Range<Int>? {
    bytes.withUnsafeBytes { all in
      if section == "header" { return 0..<64 }
      var header = ByteCursor(all, at: 40)
      if section == "section table" { return Int(header.u64())..<all.count }
      guard let elf = try? ElfFile(MappedFile(path: "", borrowing: all)), let found = elf.bytes(of: section),
        let start = found.baseAddress, let base = all.baseAddress
      else { return nil }
      return (start - base)..<(start - base + found.count)
    }
  }
}
