import Pprof
import PprofOperations
import Testing

@Suite struct MappingTests {
  @Test(arguments: ["[vdso]", "/x/[heap]", "linux-vdso.so.1", "/dev/dri/card0", "//anon", "", "/memfd:jit"])
  func noSymbolsPossible(file: String) { #expect(Mapping(id: 1, file: file).isUnsymbolizable) }

  @Test(arguments: ["/bin/app", "/lib/libc.so.6", "app"])
  func symbolsPossible(file: String) { #expect(!Mapping(id: 1, file: file).isUnsymbolizable) }

  @Test func kernel() {
    #expect(Mapping(id: 1, file: "[kernel.kallsyms]_stext").kernelRelocationSymbol == "_stext")
    #expect(Mapping(id: 1, file: "/bin/app").kernelRelocationSymbol.isEmpty)
  }
}
