import Symbolization
import Testing

@testable import Profiling

struct FoldingTests {
  private static func frame(
    _ name: String, _ role: FunctionRole = .function, systemName: String = "$s"
  ) -> SymbolizedFrame {
    SymbolizedFrame(name: name, systemName: systemName, file: "main.swift", line: 3, role: role)
  }

  /// The names of a stack's frames, innermost first, when each frame has an address of its own.
  private static func fold(_ stack: [SymbolizedFrame]) -> [String] {
    let folding = Folding(frames: stack.map { [$0] })
    return folding.fold(Array(stack.indices)).flatMap { folding.levels(of: $0).map(\.name) }
  }

  @Test func theOnlyClosureOfAFunctionIsTheFunction() {
    let stack = [Self.frame("sum()", .closure), Self.frame("sum()"), Self.frame("main")]
    #expect(Self.fold(stack) == ["sum()", "main"])
    #expect(Folding(frames: [stack]).levels(of: 0).map(\.name) == ["sum()", "main"])
  }

  @Test func oneOfSeveralKeepsItsNameUnlessItWasInlined() {
    let stack = [Self.frame("closure #2 in sum()", .closure), Self.frame("sum()"), Self.frame("main")]
    #expect(Self.fold(stack) == ["closure #2 in sum()", "sum()", "main"])
    #expect(Folding(frames: [stack]).levels(of: 0).map(\.name) == ["sum()", "main"])
    // Inlined into another function, it is not of one piece with its own.
    let apart = [Self.frame("closure #2 in sum()", .closure), Self.frame("each(_:)"), Self.frame("sum()")]
    #expect(Folding(frames: [apart]).levels(of: 0).map(\.name) == ["closure #2 in sum()", "each(_:)", "sum()"])
  }

  @Test func aClosureWithinAClosureStandsInBoth() {
    let inner = Self.frame("closure #1 in closure #2 in sum()", .closure)
    #expect(inner.stands(in: Self.frame("closure #2 in sum()", .closure)))
    #expect(inner.stands(in: Self.frame("sum()")))
    #expect(!inner.stands(in: Self.frame("closure #1 in sum()", .closure)))
    #expect(!Self.frame("closure #1 in local() in sum()", .closure).stands(in: Self.frame("sum()")))
    #expect(!Self.frame("sum()").stands(in: Self.frame("sum()")))
  }

  @Test func whatBindsLabelsIsLeftOut() {
    let binding = Self.frame("TaskLocal.withValue(_:operation:file:line:)")
    let labels = Self.frame("withLabels(_:_:)", systemName: "$s9Profiling10withLabels")
    let body = Self.frame("work()"), main = Self.frame("main")
    #expect(Self.fold([body, binding, labels, main]) == ["work()", "main"])
    #expect(Folding(frames: [[body, binding, labels, main]]).levels(of: 0).map(\.name) == ["work()", "main"])
    // That of the program stays.
    #expect(Self.fold([body, binding, main]) == ["work()", binding.name, "main"])
    // A leaf always stays.
    #expect(Self.fold([binding, labels, main]) == [binding.name, "main"])
  }

  @Test func whatIsLeftOutGoesFromEveryPlaceWhereOthersRemain() {
    let (maker, body, main) = (Self.frame("make()"), Self.frame("serve()"), Self.frame("main"))
    let folding = Folding(frames: [[maker], [maker, body], [main]]) { $0.name == "make()" }
    #expect(folding.fold([0, 1, 2]) == [1, 2])
    #expect(folding.levels(of: 1).map(\.name) == ["serve()"])
    // Nothing else is there to be shown.
    #expect(folding.fold([0]) == [0])
  }
}
