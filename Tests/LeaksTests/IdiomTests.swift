import Leaks
import Testing

/// Cycles that have a way of their own to be cut.
@Suite struct IdiomTests {
  private func advice(_ cycle: RetainCycle) throws -> String {
    try #require(cycle.cut(of: cycle.loops[0])).advice
  }

  /// `Owner.field → Library → Owner`, the library's reference by a field of its own.
  private func kept(_ type: String, in field: String, by inner: String = "delegate") -> RetainCycle {
    RetainCycle(
      count: 1, blocks: 2, bytes: 200,
      nodes: [
        HeapNode(name: "Loader", kind: .object, count: 1, bytes: 40),
        HeapNode(name: type, kind: .object, count: 1, bytes: 160, isLibrary: true),
      ],
      references: [
        HeapReference(from: 0, to: 1, field: field, strength: .strong, count: 1),
        HeapReference(from: 1, to: 0, field: inner, strength: .strong, count: 1),
      ], loops: [RetainLoop(references: [0, 1])], kept: KeptBlocks())
  }

  /// `Loader.field → Library.handler → closure capturing Loader → Loader`.
  private func handled(_ type: String, isLibrary: Bool = true) -> RetainCycle {
    var cycle = kept(type, in: "source")
    cycle.nodes[1].isLibrary = isLibrary
    cycle.nodes.append(
      HeapNode(
        name: "closure in Loader.start()", kind: .closure, count: 1, bytes: 32,
        allocation: [AllocationFrame(function: "Loader.start()", file: "/app/Loader.swift", line: 9)]))
    cycle.references[1] = HeapReference(from: 1, to: 2, field: "handler", strength: .strong, count: 1)
    cycle.references.append(HeapReference(from: 2, to: 0, field: "", strength: .strong, count: 1))
    cycle.loops = [RetainLoop(references: [0, 1, 2])]
    return cycle
  }

  @Test(
    "What a library keeps until it is told to stop is to be stopped",
    arguments: [
      ("URLSession", "call finishTasksAndInvalidate() on Loader.source: a URLSession keeps its delegate"),
      ("Timer", "call invalidate() on Loader.source: a Timer keeps"),
      ("DispatchSource", "call cancel() on Loader.source: a dispatch source keeps"),
      ("AsyncStream<Int>._Storage", "call finish() on Loader.source: a stream keeps"),
    ])
  func stopping(type: String, says: String) throws {
    #expect(try advice(kept(type, in: "source")).hasPrefix(says))
  }

  @Test("One of several is told of the container")
  func stoppingOneOfSeveral() throws {
    var cycle = handled("Timer")
    cycle.nodes.append(HeapNode(name: "Array storage of Timer", kind: .storage, count: 1, bytes: 48))
    cycle.references[0].to = 3
    cycle.references.append(HeapReference(from: 3, to: 1, field: "[…]", strength: .strong, count: 1))
    cycle.loops = [RetainLoop(references: [0, 3, 1, 2])]
    #expect(try advice(cycle).hasSuffix("or call invalidate() on Loader.source[…] in the end"))
  }

  @Test("Memory without a type that holds the object which has its address is the program's to empty")
  func memoryOfProgram() throws {
    var cycle = kept("memory of Loader.load()", in: "buffer", by: "")
    cycle.nodes[1].kind = .memory
    cycle.nodes[1].isLibrary = false
    cycle.references[0].strength = .pointer
    cycle.references[1].strength = .unknown
    #expect(
      try advice(cycle)
        == "release what the memory at Loader.buffer holds once it is not needed: that leads back to the Loader")
    cycle.nodes[0].isLibrary = true
    #expect(cycle.cut(of: cycle.loops[0]) == nil)
  }

  @Test("A closure whose line is not known has that of the library's object that its maker gave it to")
  func lineOfLibraryObject() throws {
    var cycle = kept("Timer", in: "timer")
    cycle.nodes[1].allocation = [
      AllocationFrame(function: "Timer.init()", isProgram: false),
      AllocationFrame(function: "Loader.start()", file: "/app/Loader.swift", line: 9),
    ]
    cycle.references[1].closure = AllocationFrame(function: "Loader.start()")
    #expect(
      try advice(cycle)
        == "write [weak self] in the closure made in Loader.start() (Loader.swift:9), or call invalidate() on "
        + "Loader.timer in the end")
  }

  @Test("A closure is mended where it is made, and the other way is named, too")
  func closureOfTimer() throws {
    #expect(
      try advice(handled("Timer"))
        == "write [weak self] in the closure made in Loader.start() (Loader.swift:9), or call invalidate() on "
        + "Loader.source in the end")
    #expect(
      try advice(handled("AsyncChannel<Int>", isLibrary: false))
        .hasSuffix("or call finish() on Loader.source in the end"))
  }

  @Test("A class of the program's own that is called so is none of them")
  func ownTimer() throws {
    #expect(
      try advice(handled("Timer", isLibrary: false))
        == "write [weak self] in the closure made in Loader.start() (Loader.swift:9)")
  }

  @Test("What a library's closure captures cannot be changed")
  func closureOfLibrary() throws {
    var cycle = handled("URLSession")
    cycle.nodes[2].allocation = [
      AllocationFrame(function: "URLSession.init(_:)", isProgram: false), AllocationFrame(function: "Loader.start()"),
    ]
    #expect(try advice(cycle).hasPrefix("call finishTasksAndInvalidate() on Loader.source"))
  }

  @Test("A task that waits for a stream goes on when the stream is finished")
  func taskOnStream() throws {
    var cycle = SampleReports.task
    cycle.nodes.append(
      HeapNode(name: "AsyncStream<Int>._Storage", kind: .object, count: 1, bytes: 100, isLibrary: true))
    cycle.references[0] = HeapReference(from: 0, to: 3, field: "feed", strength: .strong, count: 1)
    cycle.references.append(HeapReference(from: 3, to: 1, field: "state.continuations", strength: .strong, count: 1))
    cycle.loops = [RetainLoop(references: [0, 3, 1, 2])]
    #expect(
      try advice(cycle)
        == "call finish() on Job.feed, or cancel the task: suspended in Job.run(), it holds Job, and waits for more")
  }

  @Test("A method that is passed by its name holds its object; a superclass's method has the same self")
  func method() throws {
    var cycle = SampleReports.bareClosure
    cycle.references[0].closure = AllocationFrame(function: "Channel.open()", file: "/app/Channel.swift", line: 4)
    cycle.references[0].closureIsMethod = true
    #expect(
      try advice(cycle)
        == "pass { [weak …] … in … } where a method of Session is passed by its name in Channel.open() "
        + "(Channel.swift:4): it holds its object")
    cycle.nodes[0].superclasses = ["Channel"]
    #expect(try advice(cycle).hasPrefix("pass { [weak self] … in self?.… } where"))
    #expect(try LeakReport(json: SampleReports.report(cycles: [cycle]).json).cycles == [cycle])
  }

  @Test("A closure whose line is not known has that of what its maker put it into")
  func lineOfHolder() throws {
    var cycle = SampleReports.tree
    cycle.nodes[0].name = "Session"
    cycle.nodes[1].allocation = [
      AllocationFrame(function: "Array.append(_:)", isProgram: false),
      AllocationFrame(function: "Session.open()", file: "/app/Session.swift", line: 12),
    ]
    cycle.references = [
      HeapReference(from: 0, to: 1, field: "handlers", strength: .strong, count: 1),
      HeapReference(
        from: 1, to: 0, field: "[…]", strength: .strong, closure: AllocationFrame(function: "Session.open()"), count: 1),
    ]
    cycle.loops = [RetainLoop(references: [0, 1])]
    #expect(try advice(cycle) == "write [weak self] in the closure made in Session.open() (Session.swift:12)")
  }

  @Test("A closure with a number is the one to mend, and not one that it makes")
  func numberedClosure() throws {
    var cycle = SampleReports.bareClosure
    let (file, name) = ("/app/Session.swift", "closure #2 in Session.open()")
    cycle.references[0].closure = AllocationFrame(function: name, file: file, line: 8)
    #expect(try advice(cycle) == "write [weak self] in closure #2 in Session.open() (Session.swift:8)")
    // Made in that closure, with a context of its own.
    var inner = SampleReports.closure
    inner.nodes[1].allocation = [AllocationFrame(function: name, file: file, line: 9)]
    #expect(
      try advice(inner) == "write [weak self] in the closure made in closure #2 in Session.open() (Session.swift:9)")
  }

  @Test("A token is told from others where its function has several closures, too")
  func tokenOfNumberedClosure() throws {
    var cycle = variable(allocatedIn: ["Token.init(_:)", "Center.observe(_:)", "watch()"])
    cycle.nodes[1].kind = .box
    cycle.references[1].closure = AllocationFrame(function: "closure #3 in watch()", file: "/app/Watch.swift", line: 5)
    #expect(
      try advice(cycle)
        == "set the variable to nil in the end that closure #3 in watch() (Watch.swift:5) captured: it holds the Token, "
        + "and [weak …] would see nil for ever, for the closure is made before it")
  }

  /// `Token.handler → closure capturing variable → variable → Token`.
  private func variable(allocatedIn maker: [String]) -> RetainCycle {
    RetainCycle(
      count: 1, blocks: 3, bytes: 96,
      nodes: [
        HeapNode(
          name: "Token", kind: .object, count: 1, bytes: 32, allocation: maker.map { AllocationFrame(function: $0) }),
        HeapNode(
          name: "closure in watch()", kind: .closure, count: 1, bytes: 32,
          allocation: [AllocationFrame(function: "watch()", file: "/app/Watch.swift", line: 3)]),
        HeapNode(name: "variable of type Token?", kind: .variable, count: 1, bytes: 24),
      ],
      references: [
        HeapReference(from: 0, to: 1, field: "handler", strength: .strong, count: 1),
        HeapReference(from: 1, to: 2, field: "", strength: .strong, count: 1),
        HeapReference(from: 2, to: 0, field: "", strength: .strong, count: 1),
      ], loops: [RetainLoop(references: [0, 1, 2])], kept: KeptBlocks())
  }

  @Test("A token that its own closure captured before it was there cannot be captured weakly")
  func token() throws {
    let said =
      "set the variable to nil in the end that the closure made in watch() (Watch.swift:3) captured: "
      + "it holds the Token"
    #expect(
      try advice(variable(allocatedIn: ["Token.init(_:)", "Center.observe(_:)", "watch()"]))
        == said + ", and [weak …] would see nil for ever, for the closure is made before it")
    #expect(try advice(variable(allocatedIn: ["Token.init(_:)", "main"])) == said)
  }

  @Test("No cut is said twice; where two closures are told by the same words, their fields tell them apart")
  func twice() throws {
    var cycle = SampleReports.bareClosure
    cycle.references.append(cycle.references[0])
    cycle.references[1].field = "onOpen"
    cycle.loops.append(RetainLoop(references: [1]))
    let text = SampleReports.report(cycles: [cycle]).description
    let cuts = text.split(separator: "\n").filter { $0.hasPrefix("   cut: ") }
    #expect(cuts.count == 2)
    #expect(cuts.first?.hasSuffix("which is in Session.onClose") == true, "\(cuts)")
    #expect(cuts.last?.hasSuffix("which is in Session.onOpen") == true, "\(cuts)")
    cycle.loops[1] = cycle.loops[0]
    let same = SampleReports.report(cycles: [cycle]).description
    #expect(same.split(separator: "\n").filter { $0.hasPrefix("   cut: ") }.count == 1)
  }
}
