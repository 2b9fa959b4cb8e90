import Foundation
import TestSupport
import Testing

@testable import Symbolization

/// What files say of themselves, held against how they were built.
@Suite(.enabled(if: FixtureProgram.isPossible, "needs swiftc, clang and strip in PATH")) struct ElfSummaryTests {
  @Test(arguments: FixtureProgram.Build.allCases)
  func swiftPrograms(build: FixtureProgram.Build) throws {
    let program = try FixtureProgram(build)
    let whole = try ElfSummary(contentsOf: program.path)
    #expect(whole.isDynamic && whole.hasSymbols && !whole.hasProfiler && whole.sanitizer == nil)
    #expect(whole.hasStaticSwift == (build == .staticRelease))
    let stripped = try ElfSummary(contentsOf: program.stripped())
    #expect(stripped.isDynamic && !stripped.hasSymbols)
    #expect(stripped.hasStaticSwift == whole.hasStaticSwift)
  }

  @Test func cPrograms() throws {
    let folder = try TemporaryFolder()
    try Data("int main(void) { return 0; }".utf8).write(to: URL(fileURLWithPath: folder.file("main.c")))
    let clang = try #require(FixtureProgram.clang)
    try clang.run(["-static", folder.file("main.c"), "-o", folder.file("static")])
    let fixed = try ElfSummary(contentsOf: folder.file("static"))
    #expect(!fixed.isDynamic && !fixed.hasStaticSwift && fixed.hasSymbols)
    try clang.run(["-fsanitize=address", folder.file("main.c"), "-o", folder.file("sanitized")])
    #expect(try ElfSummary(contentsOf: folder.file("sanitized")).sanitizer == "AddressSanitizer")
  }

  @Test func theseTestsHaveTheProfiler() throws {
    var symbolizer = Symbolizer()
    let found = symbolizer.programSummary()
    let summary = try #require(found)
    #expect(summary.hasProfiler && summary.isDynamic && !summary.hasStaticSwift)
  }

  @Test func whatIsNoProgramIsAnError() {
    #expect(throws: SymbolizationError.self) { try ElfSummary(contentsOf: #filePath) }
    #expect(throws: SymbolizationError.self) { try ElfSummary(contentsOf: "/nowhere/none") }
  }
}
