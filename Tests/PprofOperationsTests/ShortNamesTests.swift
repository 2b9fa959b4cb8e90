import Pprof
import PprofOperations
import Testing

@Suite struct ShortNamesTests {
  private func shortened(
    _ name: String, systemName: String? = nil, to detail: NameDetail = .short, isForced: Bool = false
  ) -> String {
    var profile = Profile(functions: [Function(id: 1, name: name, systemName: systemName ?? name)])
    profile.shortenNames(to: detail, isForced: isForced)
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
    ("_ZN1a1fEi", "_ZN1a1fEi"),
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
    #expect(shortened("a::f(int)", systemName: "$s1a1fyyF", isForced: true) == "$s1a1fyyF")
    #expect(shortened("a::f(int)", systemName: "", isForced: true) == "a::f(int)")
    #expect(shortened("", systemName: "a::f(int)") == "a::f")
  }
}
