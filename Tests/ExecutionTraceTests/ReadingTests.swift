import Pprof
import TestSupport
import Testing

@testable import ExecutionTrace

@Suite struct ReadingTests {
  private static func events(_ payload: [UInt8], _ change: (inout TraceFile.Chunk) -> Void = { _ in }) throws
    -> [TraceEvent]
  {
    var file = TraceFile()
    var chunk = TraceFile.Chunk()
    change(&chunk)
    file.add(chunk, payload)
    return Array(try Trace(bytes: file.bytes).events())
  }

  /// RFC 3720, B.4, and the check value of the polynomial.
  @Test func theChecksumIsThatOfTheStandard() {
    func sum(_ bytes: [UInt8]) -> UInt32 {
      var sum = CRC32C()
      bytes.withUnsafeBytes { sum.add($0) }
      return sum.value
    }
    #expect(sum(Array("123456789".utf8)) == 0xe306_9283)
    #expect(sum([UInt8](repeating: 0, count: 32)) == 0x8a91_36aa)
    #expect(sum(Array(0..<32)) == 0x46dd_794e)
    var parts = CRC32C()
    Array("12345".utf8).withUnsafeBytes { parts.add($0) }
    Array("6789".utf8).withUnsafeBytes { parts.add($0) }
    #expect(parts.value == 0xe306_9283)
  }

  @Test func aTaskFromItsMakingToItsEnd() throws {
    // Made and runnable after 3, runs after 100, suspends for a task, is runnable again, runs, ends.
    let payload = join(
      [0x23], zigzag(7), zigzag(0), [0x5f], varint(85), zigzag(0), [0x72, 1, 0x31], zigzag(0), [0x50], zigzag(0), [0x94]
    )
    let expected = [
      TraceEvent(.taskMade, at: 3, task: 7), TraceEvent(.taskRunnable, at: 3, task: 7),
      TraceEvent(.taskRuns, at: 103, task: 7), TraceEvent(.taskSuspends, at: 105, task: 7, reason: .task),
      TraceEvent(.taskRunnable, at: 106, task: 7), TraceEvent(.taskRuns, at: 106, task: 7),
      TraceEvent(.taskEnds, at: 110, task: 7),
    ]
    #expect(try Self.events(payload) == expected)
  }

  @Test func tasksWithinTasksNestAndRunOn() throws {
    let payload = join([0x51], zigzag(5), [0x11], zigzag(9), zigzag(0), [0x51], zigzag(0), [0x91, 0x81])
    let events = try Self.events(payload)
    let kinds: [TraceEvent.Kind] = [.taskRuns, .taskMade, .taskNests, .taskRuns, .taskEnds, .taskRunsOn, .taskSuspends]
    let tasks: [UInt64] = [5, 9, 5, 9, 9, 5, 5]
    #expect(events.map(\.kind) == kinds)
    #expect(events.map(\.task) == tasks)
    #expect(events[1].other == 5, "its maker is the task that runs")
  }

  @Test func aChunkGoesOnFromItsAccount() throws {
    let payload = join([0xf0, 64], varint(2), zigzag(1), zigzag(2), [0x95])
    let events = try Self.events(payload) { $0.task = 10 }
    let standing: [TraceEvent] = [
      TraceEvent(.taskRuns, at: 0, task: 11), TraceEvent(.taskNests, at: 0, task: 11),
      TraceEvent(.taskRuns, at: 0, task: 13),
    ]
    #expect(Array(events.prefix(3)) == standing, "nothing is known of how they came there")
    #expect(
      Array(events.dropFirst(3)) == [TraceEvent(.taskEnds, at: 5, task: 13), TraceEvent(.taskRunsOn, at: 5, task: 11)])
  }

  @Test func anyKindHasTheFieldsThatItNames() throws {
    let kind = TraceEvent.Kind.callBlocks.rawValue
    let all = join([0xf2, kind, 0b11_1011], zigzag(4), varint(300), varint(0), zigzag(-5), [12])
    // A kind that nobody knows, and the clock, are no events.
    let others = join([0xf0, 200, 2], varint(1), [0xf0, 65, 2], varint(77))
    #expect(
      try Self.events(join(all, others)) == [
        TraceEvent(.callBlocks, at: 2, task: 4, other: 300, value: -5, reason: .read)
      ])
  }

  @Test func whatWasLostIsAnEvent() throws {
    let events = try Self.events(join([0x54], zigzag(5))) { $0.lost = 12 }
    #expect(events == [TraceEvent(.lost, at: 0, value: 12), TraceEvent(.taskRuns, at: 4, task: 5)])
  }

  @Test func tablesAreWhatEventsReferTo() throws {
    var file = TraceFile()
    let tables = join(
      entry(2, join(varint(9), varint(2), zigzag(0x5000), zigzag(-0x1000))),
      entry(1, join(varint(3), Array("parse".utf8))), entry(1, join(varint(131_072), Array("main".utf8))),
      entry(1, join(varint(131_073), Array("/src/a.swift".utf8))),
      entry(7, join(varint(9), varint(1), varint(131_072), varint(131_073), varint(42))),
      entry(3, join(varint(2), varint(2), varint(0x9000), Array("Counter".utf8))),
      entry(4, join(varint(1), varint(1), counted("client"), counted("reports"))),
      entry(5, join(varint(0x1000), varint(0x4000), varint(0x6000), varint(16), [2, 1, 2], Array("/bin/x".utf8))),
      entry(6, join(counted("/bin/x"), counted("-v"), counted(""))), entry(8, join(varint(4), Array("things".utf8))),
      entry(99, [1, 2, 3]))
    file.add(.init(kind: 2, sequence: 1), tables)
    let payload = join(
      [0x11], zigzag(5), zigzag(9), [0x61], zigzag(0), varint(2), [0xf1, TraceEvent.Kind.regionBegins.rawValue, 8],
      varint(3),
      [0xf1, TraceEvent.Kind.labels.rawValue, 8], varint(1), [0x61], zigzag(0), varint(77))
    file.add(.init(sequence: 2), payload)
    let trace = try Trace(bytes: file.bytes)
    let events = Array(trace.events())
    #expect(trace.stacks[Int(events[0].index)].addresses == [0x5000, 0x4000])
    #expect(trace.stacks[Int(events[0].index)].frames == [TraceFrame(function: "main", file: "/src/a.swift", line: 42)])
    #expect(
      trace.executors[Int(events[1].executor)] == TraceExecutor(.defaultActor, typeName: "Counter", address: 0x9000))
    #expect(trace.texts[Int(events[2].index)] == "parse")
    #expect(trace.labelSets[Int(events[3].index)] == [TraceLabel(key: "client", value: "reports")])
    #expect(trace.executors[Int(events[4].executor)].typeName == "", "an executor that nobody has told of")
    #expect(trace.program == "/bin/x" && trace.arguments == ["-v", ""])
    #expect(
      trace.modules == [
        TraceModule(path: "/bin/x", buildID: [1, 2], bias: 0x1000, code: 0x4000..<0x6000, fileOffset: 16)
      ])
    #expect(trace.losses == [TraceLoss("things", count: 4)])
    let renamed = trace.renamingFiles { $0.replacing("/src/", with: "") }
    #expect(renamed.stacks[1].frames[0].file == "a.swift" && renamed.program == "/bin/x")
    #expect(Array(renamed.events()) == events)
    let named = try RecordedTrace(fileBytes: file.bytes).renamingFiles { $0.replacing("/src/", with: "") }
      .namingProgramAlone().bytes(forFile: "x.trace")
    let alone = try Trace(bytes: named)
    #expect(alone.program == "x" && alone.arguments.isEmpty && alone.modules == trace.modules)
    #expect(alone.stacks[1].frames[0].file == "a.swift" && Array(alone.events()) == events)
    #expect(named.firstRange(of: Array("-v".utf8)) == nil)
  }

  @Test func threadsAreMergedByTime() throws {
    var file = TraceFile()
    file.add(.init(sequence: 3, thread: 1), join([0x51], zigzag(1), [0x9f], varint(85)))
    file.add(.init(sequence: 1, ticks: 1050, thread: 2), join([0x50], zigzag(2), [0x91]))
    file.add(.init(sequence: 2, ticks: 1060, thread: 2), join([0x50], zigzag(3), [0x91]))
    let trace = try Trace(bytes: file.bytes)
    let times: [Int64] = [1, 50, 51, 60, 61, 101]
    let threads: [Int32] = [0, 1, 1, 1, 1, 0]
    #expect(trace.events().map(\.time) == times)
    #expect(trace.events().map(\.thread) == threads)
    #expect(trace.duration == 101)
    #expect(trace.threads.map(\.name) == ["worker", "worker"])
  }

  @Test func cyclesAreTimedByBothClocks() throws {
    var file = TraceFile(flags: 1, shift: 5)
    // 3.2 GHz: 64,000 ticks in 20,000 ns; a unit is 10 ns.
    file.add(.init(ticks: 1024, clock: 65_000, monotonic: 20_500), join([0x5f], varint(985), zigzag(1)))
    let trace = try Trace(bytes: file.bytes)
    #expect(trace.clock == "tsc 3.20 GHz, invariant")
    let time = Int64((1024 + 32_000 - 1000) * 20_000 / 64_000)
    #expect(trace.events().map(\.time) == [time])
  }

  @Test func aRecordingUnderWayIsReadByItsSlabs() throws {
    var file = TraceFile(slab: 1024)
    let events = join([0x51], zigzag(1), [0x91])
    file.add(.init(sequence: 1, isSealed: false, length: 512), events)
    // Nothing used yet, then nothing at all up to the next slab.
    file.add(.init(sequence: 2, thread: 2, isSealed: false, length: 512), [])
    file.add(.init(sequence: 3, ticks: 2000, thread: 3, isSealed: false, length: 1024), events)
    let trace = try Trace(bytes: file.bytes)
    let times: [Int64] = [1, 2, 1001, 1002]
    #expect(trace.events().map(\.time) == times)
    #expect(trace.losses.isEmpty)
    let written = try RecordedTrace(fileBytes: file.bytes)
    #expect(Array(try written.trace().events()) == Array(trace.events()))
    let bytes = try written.bytes(forFile: "x.trace")
    #expect(bytes.count < 400 && written.eventCount == 4)
    #expect(try Trace(bytes: bytes).threads == trace.threads)
  }

  @Test func aWindowLeavesOutWhatIsOlder() throws {
    var file = TraceFile(window: 1000)
    for number in 1...5 as ClosedRange<UInt64> {
      let at = 1000 * number
      file.add(.init(sequence: number, ticks: at, clock: at, monotonic: at), join([0x51], zigzag(Int64(number))))
    }
    let kept = try RecordedTrace(fileBytes: file.bytes).trace()
    // The fourth is over when the fifth begins, at 5000; each is met when it first does something.
    #expect(kept.events().map(\.kind) == [.taskMet, .taskRuns, .taskMet, .taskRuns])
    #expect(kept.events().map(\.task) == [4, 4, 5, 5])
    #expect(kept.events().map(\.time) == [0, 0, 1000, 1000])
  }

  @Test func whatIsNoTraceIsSaid() throws {
    #expect(throws: TraceError.notATrace) { try Trace(bytes: []) }
    #expect(throws: TraceError.notATrace) { try Trace(bytes: Array("a text of some length".utf8)) }
    #expect(throws: TraceError.truncatedHeader) { try Trace(bytes: Array(TraceFile().bytes.prefix(50))) }
    #expect(throws: TraceError.newerVersion(2)) { try Trace(bytes: TraceFile(version: 2).bytes) }
    #expect(throws: TraceError.badHeader(field: "unit of time")) { try Trace(bytes: TraceFile(shift: 40).bytes) }
    #expect(throws: TraceError.file(path: "/nowhere/x.trace", code: 2)) { try Trace(contentsOf: "/nowhere/x.trace") }
    #expect(throws: TraceError.hasNoBytes) { try TraceBuilder().trace().bytes(forFile: "x.trace") }
  }

  @Test("The first part of a trace has the events up to then, each thread's, and all tables")
  func theFirstPart() throws {
    var file = TraceFile()
    // Two threads: tasks of one run at 3, 20 and 40, of the other at 10 and 35; in a third nothing comes in time.
    file.add(TraceFile.Chunk(), join([0x53], zigzag(5), [0x5f], varint(2), zigzag(1), [0x5f], varint(5), zigzag(1)))
    var other = TraceFile.Chunk()
    (other.sequence, other.thread, other.lost) = (2, 2, 7)
    file.add(other, join([0x5a], zigzag(9), [0x5f], varint(10), zigzag(1)))
    var late = TraceFile.Chunk()
    (late.sequence, late.thread, late.lost) = (3, 3, 5)
    file.add(late, join([0x5f], varint(40), zigzag(20)))
    var tables = TraceFile.Chunk()
    (tables.kind, tables.sequence, tables.thread) = (2, 4, 0)
    file.add(tables, entry(1, join(varint(1), Array("a name".utf8))))
    let whole = try Trace(bytes: file.bytes)
    let recorded = try RecordedTrace(fileBytes: file.bytes)
    for time: Int64 in [4, 20, 21, 36, 1_000] {
      let part = try recorded.first(time)
      let trace = try part.trace()
      let expected = whole.events().filter { $0.time < time && $0.kind != .lost }
      let events = Array(trace.events())
      #expect(events.filter { $0.kind != .lost } == expected)
      #expect(trace.texts == whole.texts && trace.duration < time)
      #expect(try Array(Trace(bytes: part.bytes(forFile: "a.trace")).events()) == events, "as a file")
    }
    let all = try recorded.first(1_000)
    #expect(try Array(all.trace().events()) == Array(whole.events()))
    #expect(all.eventCount == whole.events().reduce(0) { count, _ in count + 1 })
    #expect(try recorded.first(20).trace().losses.isEmpty == false, "what was lost is told")
    #expect(try recorded.first(0).trace().duration == 0)
  }

  @Test("A file that is compressed reads as what it holds, up to what fits into memory; a damaged one is an error")
  func compressedFiles() throws {
    var file = TraceFile()
    file.add(TraceFile.Chunk(), join([0x53], zigzag(5)))
    let recorded = try RecordedTrace(fileBytes: file.bytes)
    let packed = try recorded.bytes(forFile: "a.trace.gz")
    #expect(packed.starts(with: [0x1f, 0x8b]))
    #expect(try recorded.pieces(forFile: "a.trace.gz").flatMap { $0 } == packed)
    #expect(try Array(Trace(bytes: packed).events()) == Array(Trace(bytes: file.bytes).events()))
    #expect(try RecordedTrace(fileBytes: packed).trace().events().map(\.task) == [5])
    #expect(throws: TraceError.self) { try Trace(bytes: Array(packed.dropLast(9))) }
    #expect(throws: TraceError.notATrace) { try Trace(bytes: gzip(Array("no trace at all, but compressed".utf8))) }
  }

  @Test("Of the stacks those stay that are referred to, and those that have names lose their addresses")
  func theFirstPartsStacks() throws {
    var file = TraceFile()
    // Made with the stacks 1, at 3, 2 and 3, at 40.
    let heads: [[UInt8]] = [[0x13], [0x10], join([0x1f], varint(22))]
    let made = heads.map { join($0, zigzag(1), zigzag(1)) }
    file.add(TraceFile.Chunk(), Array(made.joined()))
    var tables = TraceFile.Chunk()
    (tables.kind, tables.sequence, tables.thread) = (2, 4, 0)
    let stacks = (1...3).map { entry(2, join(varint(UInt64($0)), varint(1), zigzag(Int64(0x1000 * $0)))) }
    let text = entry(1, join(varint(1 << 17), Array("sort(_:)".utf8)))
    let names = [1, 3].map { entry(7, join(varint(UInt64($0)), varint(1), varint(1 << 17), varint(0), varint(7))) }
    file.add(tables, join(Array(stacks.joined()), text, Array(names.joined())))
    let part = try RecordedTrace(fileBytes: file.bytes).first(30).trace()
    let frame = TraceFrame(function: "sort(_:)", line: 7)
    #expect(part.stacks == [TraceStack(), TraceStack(frames: [frame]), TraceStack(addresses: [0x2000])])
    #expect(part.events().map { part.stacks[Int($0.index)] } == [part.stacks[1], part.stacks[2]])
  }
}
