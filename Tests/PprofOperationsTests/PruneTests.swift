import Patterns
import Pprof
import Testing
import TestSupport

@testable import PprofOperations

@Suite struct PruneTests {
  private func profile(_ stacks: String...) -> Profile {
    var builder = ProfileBuilder("samples/count")
    for stack in stacks { builder.add(stack, 1) }
    return builder.profile
  }

  @Test func dropsTheHighestMatchAndAllItCalled() throws {
    var result = profile("main;work;swift_alloc;malloc;work;brk", "main;work")
    try result.prune(drop: Pattern("swift_alloc|brk"))
    #expect(result.foldedStacks == ["main;work: 1", "main;work: 1"])
  }

  @Test func keepSavesFrames() throws {
    var result = profile("main;swift_alloc;swift_keep;swift_free")
    try result.prune(drop: Pattern("swift_"), keep: Pattern("alloc|keep"))
    #expect(result.foldedStacks == ["main;swift_alloc;swift_keep: 1"])
  }

  @Test func framesAtTheRootAreLeftAlone() throws {
    var result = profile("start;start2;main;start;x", "start;start2")
    try result.prune(drop: Pattern("start"))
    #expect(result.foldedStacks == ["start;start2;main: 1", "start;start2: 1"])
  }

  @Test func inlinedFramesBeneathAMatchGo() throws {
    var builder = ProfileBuilder("samples/count")
    builder.add([["main"], ["outer", "drop", "inner"], ["leaf"]], values: [1])
    builder.add([["main"], ["drop", "inner"], ["leaf"]], values: [1])
    var result = builder.profile
    try result.prune(drop: Pattern("^drop$"))
    #expect(result.foldedStacks == ["main;outer: 1", "main: 1"])
  }

  @Test func pruneFromKeepsTheMatch() throws {
    for (expression, expected) in [("A", "D;B;C;B;A"), ("B", "D;B;C;B"), ("C", "D;B;C"), ("E", "D;B;C;B;A")] {
      var result = profile("D;B;C;B;A")
      try result.pruneFrom(Pattern(expression))
      #expect(result.foldedStacks == [expected + ": 1"])
    }
    var builder = ProfileBuilder("samples/count")
    builder.add([["main"], ["outer", "match", "inner"], ["leaf"]], values: [1])
    try builder.profile.pruneFrom(Pattern("match"))
    #expect(builder.profile.foldedStacks == ["main;outer;match: 1"])
  }

  @Test func whatTheProfileFindsUninteresting() throws {
    var result = profile("main;work;swift_release;free", "main;my_swift_release;free", "main;swift_keep")
    result.dropFrames = "swift_.*"
    result.keepFrames = "swift_k.*"
    try result.removeUninteresting()
    #expect(result.foldedStacks == ["main;work: 1", "main;my_swift_release;free: 1", "main;swift_keep: 1"])
    result.dropFrames = "("
    #expect(throws: ProfileError.badPattern("^(()$", reason: "missing closing ): `^(()$`")) {
      try result.removeUninteresting()
    }
  }

  @Test(arguments: [
    ("plain", "plain"), (".ppc", "ppc"), ("f(int, char)", "f"),
    ("a::(anonymous namespace)::f(int)", "a::(anonymous namespace)::f"),
    ("c::operator()(int) const", "c::operator()"), ("Act.work(_:)", "Act.work"), ("(x)", ""), ("", ""), ("..a(", ".a"),
  ])
  func namesAreSimplified(name: String, expected: String) {
    #expect(simplifiedName(name) == expected)
  }
}
