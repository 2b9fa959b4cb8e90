import Foundation
import TestSupport
import Testing

@testable import Symbolization

/// The same addresses asked of LLVM's symbolizer.
@Suite(
  .enabled(
    if: FixtureProgram.isPossible && Tool("llvm-symbolizer") != nil,
    "needs swiftc, clang, strip and llvm-symbolizer in PATH"))
struct OracleTests {
  private struct Answer: Decodable {
    struct Symbol: Decodable {
      var FunctionName: String
      var FileName: String
      var Line: Int
      var Column: Int
      var StartLine: Int
    }
    var Address: String
    var Symbol: [Symbol]
  }

  @Test(arguments: [FixtureProgram.Build.debug, .release])
  func agreesWithLLVM(build: FixtureProgram.Build) throws {
    let program = try FixtureProgram(build)
    let elf = try ElfFile(MappedFile(path: program.path))
    let text = try #require(elf.sections.first { $0.name == ".text" })
    let addresses = Array(stride(from: text.address, to: text.address + UInt64(text.bytes.count), by: 9))
    let oracle = try #require(Tool("llvm-symbolizer"))
    let asked = addresses.map { "0x" + String($0, radix: 16) }
    let output = try oracle.run(
      ["--obj=" + program.path, "--no-demangle", "--inlines", "--output-style=JSON"] + asked)
    let answers = try JSONDecoder().decode([Answer].self, from: Data(output.utf8))
    try #require(answers.count == addresses.count)

    var compared = 0
    let found = FixtureProgram.symbolize(addresses, in: program.path)
    for ((answer, address), frames) in zip(zip(answers, asked), found) {
      #expect(answer.Address == address)
      // Between functions it names none but gives the line before; symbols without a size it takes to be endless.
      if frames.isEmpty { continue }
      try #require(answer.Symbol.count == frames.count, "\(address)")
      for (ours, theirs) in zip(frames, answer.Symbol) {
        compared += 1
        #expect(ours.systemName == theirs.FunctionName, "\(address)")
        #expect(ours.startLine == theirs.StartLine, "\(address)")
        // Where the compiler blames no line or made the code up, we say the line before in the same function.
        if theirs.Line == 0 || theirs.FileName.hasSuffix("<compiler-generated>") { continue }
        #expect(ours.line == theirs.Line && ours.column == theirs.Column, "\(address)")
        #expect(ours.file == theirs.FileName, "\(address)")
      }
    }
    #expect(compared > 500)
  }
}
