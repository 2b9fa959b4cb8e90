import Testing

@testable import Analysis

/// Names of C++, of which pprof makes the same.
@Suite struct CxxNameTests {
  @Test(
    "Mangled names in three details, as go tool pprof 1.27 names them",
    arguments: [
      (
        "_ZNSt6vectorIiSaIiEE2atEm", "std::vector::at", "std::vector<int, std::allocator<int> >::at",
        "std::vector<int, std::allocator<int> >::at(unsigned long)"
      ),
      (
        "_ZNK4llvm6detail9PassModelINS_6ModuleENS_16GCOVProfilerPassENS_15AnalysisManagerIS2_JEEEJEE4nameEv",
        "llvm::detail::PassModel::name",
        "llvm::detail::PassModel<llvm::Module, llvm::GCOVProfilerPass, llvm::AnalysisManager<llvm::Module> >::name",
        "llvm::detail::PassModel<llvm::Module, llvm::GCOVProfilerPass, llvm::AnalysisManager<llvm::Module> >::name() const"
      ),
      (
        "_ZN12_GLOBAL__N_13runEv", "(anonymous namespace)::run", "(anonymous namespace)::run",
        "(anonymous namespace)::run()"
      ),
      (
        "_ZZ4mainENKUliE_clEi", "main::{lambda(int)#1}::operator()", "main::{lambda(int)#1}::operator()",
        "main::{lambda(int)#1}::operator()(int) const"
      ),
      (
        "_ZZN1a1fIiEEvT_ENKUlvE_clEv", "a::f()::{lambda()#1}::operator()", "a::f<int>()::{lambda()#1}::operator()",
        "a::f<int>(int)::{lambda()#1}::operator()() const"
      ),
      (
        "_ZZNK1a1fEiENKUlvE_clEv", "a::f() const::{lambda()#1}::operator()", "a::f() const::{lambda()#1}::operator()",
        "a::f(int) const::{lambda()#1}::operator()() const"
      ),
      ("_ZltI1aEbRKT_S3_", "operator<", "operator< <a>", "bool operator< <a>(a const&, a const&)"),
      ("_ZN1acv1bIiEEv", "a::operator b", "a::operator b<int>", "a::operator b<int>()"),
      ("_ZN1acvmEv", "a::operator unsigned long", "a::operator unsigned long", "a::operator unsigned long()"),
      ("_Znwm", "operator new", "operator new", "operator new(unsigned long)"),
      ("_ZN1adaEPv", "a::operator delete[]", "a::operator delete[]", "a::operator delete[](void*)"),
      (
        "_ZThn16_N1a1fEi", "non-virtual thunk to a::f(int)", "non-virtual thunk to a::f(int)",
        "non-virtual thunk to a::f(int)"
      ),
      ("_ZTV1aIiE", "vtable for a", "vtable for a<int>", "vtable for a<int>"),
      ("_Z1fIiEPFvcET_", "f", "f<int>", "void (*f<int>(int))(char)"),
      ("_ZN1aC2Ev.part.0", "a::a", "a::a", "a::a()"),
      ("_Z1fi@plt", "f", "f", "_Z1fi@plt"),
      ("_Z1f", "f", "f", "f"), ("_Z", "_Z", "_Z", "_Z"), ("_ZN1", "_ZN1", "_ZN1", "_ZN1"), ("f", "f", "f", "f"),
    ])
  func names(mangled: String, short: String, templates: String, full: String) {
    #expect(CxxName.demangle(mangled, to: .short) ?? mangled == short)
    #expect(CxxName.demangle(mangled, to: .typeArguments) ?? mangled == templates)
    #expect(CxxName.demangle(mangled, to: .full) ?? mangled == full)
  }

  @Test("Texts that no demangler wrote are shortened somehow, and nothing is read beyond their end")
  func nonsense() {
    var random = SystemRandomNumberGenerator()
    let parts = ["operator", "<", ">", "(", ")", "::", " ", "const", "{", "}", "[", "]", "->", "a", "&", "new", "*"]
    for _ in 0..<20_000 {
      let text = (0..<Int.random(in: 0..<12, using: &random)).map { _ in parts.randomElement(using: &random)! }.joined()
      for detail in [NameDetail.short, .typeArguments] {
        var shorter = CxxText(Array(text.utf8))
        let result = shorter.shortened(to: detail)
        #expect(result.count <= text.utf8.count + text.utf8.count { $0 == UInt8(ascii: ">") }, "\(text)")
      }
    }
  }
}
