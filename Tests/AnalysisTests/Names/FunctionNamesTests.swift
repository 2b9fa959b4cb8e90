import Analysis
import Pprof
import PprofOperations
import Testing

@Suite struct FunctionNamesTests {
  private func shortened(
    _ name: String, systemName: String? = nil, to detail: NameDetail = .short, isForced: Bool = false
  ) -> String {
    var profile = Profile(functions: [Function(id: 1, name: name, systemName: systemName ?? name)])
    profile.demangleNames(to: detail, isForced: isForced)
    return profile.functions[0].name
  }

  @Test(arguments: [
    ("std::vector<int, A<B>>::at(int (*)(char))", "std::vector::at"),
    ("(anonymous namespace)::run", "::run"),
    ("<T as Into<U>>::into", "::into"),
    ("f(int)", "f(int)"),
    ("f<int>(int)", "f"),
    ("Class.<init>(int)", "Class.<init>(int)"),
    ("main.(*Tree[...]).sum", "main.(*Tree[...]).sum"),
    ("main.build[...]", "main.build[...]"),
    // Brackets without a partner end the shortening.
    ("a::f(int)) b(int)", "a::f) b(int)"),
    ("a::f(int", "a::f(int"),
    ("a::f<int", "a::f<int"),
    ("_ZN1a1fEi", "a::f"),
    ("_RNvC1a1f", "a::f"),
  ])
  func lookOfCPlusPlus(name: String, expected: String) {
    #expect(shortened(name) == expected)
  }

  @Test func otherDetails() {
    #expect(shortened("a::f<int>(int)", to: .typeArguments) == "a::f<int>")
    #expect(shortened("a::f<int>(int)", to: .full) == "a::f<int>(int)")
  }

  @Test func whatIsNamedWithCareStays() {
    #expect(shortened("a::f(int)", systemName: "$s1a1fyyF") == "a::f(int)")
    #expect(shortened("A.f()", systemName: "$s1A1fyyF", isForced: true) == "A.f()")
    #expect(shortened("mine", systemName: "_Z1fi", to: .full, isForced: true) == "f(int)")
    #expect(shortened("a::f(int)", systemName: "", isForced: true) == "a::f(int)")
    #expect(shortened("", systemName: "a::f(int)") == "a::f")
  }
}
