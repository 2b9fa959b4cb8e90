import Leaks
import Testing

@Suite struct PathTests {
  @Test func closureWithAndWithoutContext() {
    #expect(SampleReports.closure.path == "Session.onClose → closure capturing Session → Session")
    #expect(SampleReports.bareClosure.path == "Session.onClose → closure capturing Session → Session")
  }

  @Test func storageIsNotNamed() {
    #expect(SampleReports.tree.path == "Parent.children[…] → Child.parent → Parent")
  }

  @Test func suspendedTask() {
    #expect(SampleReports.task.path == "Job.task → Task in Job.start() (suspended in Job.run()) → Job")
  }

  @Test func finishedTask() {
    #expect(SampleReports.finishedTask.path == "Loader.task → finished Task in Loader.load().result → Loader")
  }

  @Test("Steps that come over and over are said once")
  func longRing() {
    #expect(SampleReports.ring(["Node"], times: 100).path == "Node.next (100 times) → Node")
    #expect(SampleReports.ring(["Odd", "Even"], times: 50).path == "Odd.next → Even.next (50 times each) → Odd")
    #expect(SampleReports.ring(["Node"], times: 3).path == "Node.next → Node.next → Node.next → Node")
  }

  @Test func closuresThatHoldEachOther() {
    #expect(SampleReports.recursion.path == "closure in even() → closure in odd() → closure in even()")
  }

  @Test("A list of indirect cases is not spelled out")
  func longList() {
    #expect(SampleReports.list(length: 9).path == "List.cells.cons.tail.cons (8 times).head → List")
  }

  @Test func noLoopNoPath() {
    var cycle = SampleReports.plain
    cycle.loops = []
    #expect(cycle.path.isEmpty)
  }
}

@Suite struct CutTests {
  @Test func capturedSelf() throws {
    let cut = try #require(SampleReports.closure.cut(of: SampleReports.closure.loops[0]))
    #expect(cut.position == 1)
    #expect(cut.advice == "write [weak self] in the closure made in Session.open() (Session.swift:7)")
  }

  @Test("A closure in a static method has no self")
  func capturedObject() throws {
    let cut = try #require(SampleReports.bareClosure.cut(of: SampleReports.bareClosure.loops[0]))
    #expect(cut.advice == "capture the Session weakly ([weak …]) in the closure made in static Session.open()")
  }

  @Test func recursion() throws {
    let cut = try #require(SampleReports.recursion.cut(of: SampleReports.recursion.loops[0]))
    #expect(cut.advice == "make the closure made in odd() a local function: it holds the variable that holds it")
  }

  @Test func backReference() throws {
    let cut = try #require(SampleReports.tree.cut(of: SampleReports.tree.loops[0]))
    #expect(cut.position == 2)
    #expect(cut.advice == "make Child.parent weak (weak var), or unowned if the Parent always outlives the Child")
  }

  @Test("Two objects of one type are told apart")
  func backReferenceWithinAType() throws {
    var cycle = SampleReports.tree
    for index in [0, 2] { cycle.nodes[index].name = "Message" }
    let cut = try #require(cycle.cut(of: cycle.loops[0]))
    #expect(
      cut.advice
        == "make Message.parent weak (weak var), or unowned if the Message it leads to always outlives the one that holds it"
    )
  }

  @Test("Without a telling name, the field that does not lead into a container")
  func wayOutOfContainer() throws {
    var cycle = SampleReports.tree
    cycle.references[2].field = "house"
    let cut = try #require(cycle.cut(of: cycle.loops[0]))
    #expect(cut.position == 2)
  }

  @Test func taskThatNothingResumes() throws {
    let cut = try #require(SampleReports.task.cut(of: SampleReports.task.loops[0]))
    #expect(cut.position == 2)
    #expect(cut.advice.hasPrefix("cancel or finish the task"))
  }

  @Test("Whoever keeps a library's object is not told to keep it weakly, but to let go of it")
  func libraryObject() throws {
    var cycle = SampleReports.tree
    cycle.references[2].field = "house"
    cycle.nodes[0].allocation = [AllocationFrame(function: "NSMutableArray.init()", isProgram: false)]
    let cut = try #require(cycle.cut(of: cycle.loops[0]))
    #expect(cut.position == 2)
    #expect(cut.advice == "set Child.house to nil once it is not needed: what it leads to holds the Child")
  }

  @Test("A library's object cannot be told to hold weakly, neither can a property wrapper's variable")
  func fieldsThatCannotBeWeak() throws {
    var library = SampleReports.tree
    library.nodes[2].name = "__SwiftValue"
    library.references[2].field = "value"
    let cut = try #require(library.cut(of: library.loops[0]))
    #expect(cut.position == 0)
    #expect(cut.advice == "empty Parent.children once it is not needed: what it leads to holds the Parent")
    var wrapper = SampleReports.tree
    wrapper.nodes[0].name = "Shared<[Child]>"
    wrapper.references[0].field = "wrappedValue"
    wrapper.references[2].field = "_siblings"
    #expect(try #require(wrapper.cut(of: wrapper.loops[0])).advice.contains("weak") == false)
  }

  @Test func taskThatHasEnded() throws {
    let cut = try #require(SampleReports.finishedTask.cut(of: SampleReports.finishedTask.loops[0]))
    #expect(cut.position == 1)
    #expect(cut.advice == "set Loader.task to nil once the task has ended: it keeps its result")
  }

  @Test("Where nothing tells which reference looks back, there is a choice")
  func noPlainCut() throws {
    let cut = try #require(SampleReports.plain.cut(of: SampleReports.plain.loops[0]))
    #expect(cut.position == 1)
    #expect(
      cut.advice == "make that of Left.other, Right.other weak (weak var) which only looks back: the other owns")
  }

  @Test("Whoever was made by another looks back at it")
  func maker() throws {
    var cycle = SampleReports.plain
    cycle.nodes[0].allocation = [
      AllocationFrame(function: "Left.init(_:)"), AllocationFrame(function: "Right.open(_:)"),
    ]
    let cut = try #require(cycle.cut(of: cycle.loops[0]))
    #expect(cut.position == 0)
    #expect(cut.advice == "make Left.other weak (weak var), or unowned if the Right always outlives the Left")
  }

  @Test("Where libraries' objects hold each other, none of the program's code is to be changed")
  func nothingOfProgram() {
    var cycle = SampleReports.plain
    for index in cycle.nodes.indices { cycle.nodes[index].isLibrary = true }
    #expect(cycle.cut(of: cycle.loops[0]) == nil)
    #expect(cycle.advice == ["none of your code is on it: a library's objects hold each other"])
  }

  @Test("A reference that comes a thousand times in a loop moves the cut, and changes nothing else")
  func longLoops() throws {
    let nodes = ["List", "Node"].map { HeapNode(name: $0, kind: .object, count: 1, bytes: 32) }
    let cycle = { (times: Int) in
      RetainCycle(
        count: 1, blocks: times + 2, bytes: 64, nodes: nodes,
        references: [
          HeapReference(from: 0, to: 1, field: "first", strength: .strong, count: 1),
          HeapReference(from: 1, to: 1, field: "next", strength: .strong, count: times),
          HeapReference(from: 1, to: 0, field: "owner", strength: .strong, count: 1),
        ], loops: [RetainLoop(references: [0] + Array(repeating: 1, count: times) + [2])], kept: KeptBlocks())
    }
    let (short, long) = (cycle(5), cycle(1000))
    let cuts = (try #require(short.cut(of: short.loops[0])), try #require(long.cut(of: long.loops[0])))
    #expect(cuts.0.position == 6)
    #expect(cuts.1.position == 1001)
    #expect(cuts.0.advice == cuts.1.advice)
    #expect(long.path == "List.first → Node.next (1000 times) → Node.owner → List")
  }

  @Test("Two references that alternate a thousand times in a loop move the cut, and change nothing else")
  func alternatingLoops() throws {
    let nodes = ["List", "Node", "Link"].map { HeapNode(name: $0, kind: .object, count: 1, bytes: 32) }
    let cycle = { (times: Int) in
      RetainCycle(
        count: 1, blocks: 2 * times + 2, bytes: 64, nodes: nodes,
        references: [
          HeapReference(from: 0, to: 1, field: "first", strength: .strong, count: 1),
          HeapReference(from: 1, to: 2, field: "link", strength: .strong, count: times),
          HeapReference(from: 2, to: 1, field: "node", strength: .strong, count: times),
          HeapReference(from: 1, to: 0, field: "owner", strength: .strong, count: 1),
        ],
        loops: [RetainLoop(references: [0] + (0..<2 * times).map { 1 + $0 % 2 } + [3])], kept: KeptBlocks())
    }
    let (short, long) = (cycle(5), cycle(1000))
    #expect(long.loops[0].positionsWithoutRepetition == [0, 1, 2, 1999, 2000, 2001])
    let cuts = (try #require(short.cut(of: short.loops[0])), try #require(long.cut(of: long.loops[0])))
    #expect(cuts.0.position == 11)
    #expect(cuts.1.position == 2001)
    #expect(cuts.0.advice == cuts.1.advice)
    #expect(long.path == "List.first → Node.link → Link.node (1000 times each) → Node.owner → List")
  }
}
