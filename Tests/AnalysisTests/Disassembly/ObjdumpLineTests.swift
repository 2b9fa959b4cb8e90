import Patterns
import Testing

@testable import Analysis

/// What `objdump` and `nm` print, as both GNU's and LLVM's do.
struct ObjdumpLineTests {
  @Test("GNU's lines: functions, places, instructions")
  func gnu() {
    let text = """

      program:     file format elf64-x86-64


      Disassembly of section .text:

      0000000000001139 <work>:
      work():
      /src/a b.c:4
          1139:\tpush   %rbp
      /src/a b.c:5 (discriminator 3)
          113a:\tmov    %rsp,%rbp
          113d:\t(bad)
      \t...
          1140:\tret
      """
    #expect(
      ObjdumpLine.lines(in: text) == [
        ObjdumpLine(address: 0x1139, text: "push   %rbp", function: "work", file: "/src/a b.c", line: 4),
        ObjdumpLine(address: 0x113a, text: "mov    %rsp,%rbp", function: "work", file: "/src/a b.c", line: 5),
        ObjdumpLine(address: 0x113d, text: "(bad)", function: "work", file: "/src/a b.c", line: 5),
        ObjdumpLine(address: 0x1140, text: "ret"),
      ])
  }

  @Test("LLVM's lines: comments behind semicolons, tabs")
  func llvm() {
    let text = """
      0000000000001139 <ns::work(int)>:
      ; ns::work(int)():
      ; /src/a.cc:12
          1139: 55                            \tpushq\t%rbp
          113a:      \tmovq\t%rsp, %rbp
      ; /src/a.cc:99999999999
          113d:      \tretq
      """
    let lines = ObjdumpLine.lines(in: text)
    #expect(lines.map(\.text) == ["55                            \tpushq\t%rbp", "movq\t%rsp, %rbp", "retq"])
    #expect(lines.allSatisfy { $0.function == "ns::work(int)" && $0.file == "/src/a.cc" && $0.line == 12 })
  }

  @Test("symbols are grouped by address and end before the next; undefined ones are none")
  func symbols() throws {
    let groups = SymbolGroup.groups(
      inNM:
        "                 U abort\n0000000000001000 T _init\n0000000000001010 t a\n0000000000001010 T b c\nzz T x\n0000000000001020 T _ZN1s4workEi\n"
    )
    #expect(groups.map(\.names) == [["_init"], ["a", "b c"], ["_ZN1s4workEi"]])
    #expect(groups.map(\.end) == [0x100f, 0x101f, .max])
    #expect(groups[1].matchingNames(try Pattern("^b"), address: nil) == ["b c"])
    #expect(groups[1].matchingNames(try Pattern("^x$"), address: nil) == nil)
    #expect(groups[1].matchingNames(try Pattern("^x$"), address: 0x1015) == ["a", "b c"])
    #expect(groups[2].matchingNames(try Pattern("s::work"), address: nil) == ["s::work(int)"])
    #expect(groups[2].matchingNames(try Pattern("^s::work$"), address: nil) == ["s::work"])
  }
}
