import Analysis
import ExecutionTrace
import Foundation
import Platform
import TestSupport
import Testing

/// Traces of programs that were not built for the profiler.
@Suite(.serialized, .enabled(if: FileManager.default.fileExists(atPath: TestedProgram.preloaded)))
struct TraceRecordTests {
  /// Makes 200 tasks in a group, which each yield once, and ends with 3; with an argument it goes on for ever, or crashes.
  /// One of them takes so long that the group has to be waited for.
  private static let working = """
    import Glibc

    @inline(never) func work(_ number: Int) async -> Int {
      await Task.yield()
      if number == 0 { usleep(200_000) }
      return number
    }
    @inline(never) func round() async -> Int {
      await withTaskGroup(of: Int.self) { group in
        for number in 0..<200 { group.addTask { await work(number) } }
        return await group.reduce(0, +)
      }
    }
    let sum = await round()
    print(sum)
    fflush(nil)
    if CommandLine.arguments.last == "trap" { fatalError("as asked") }
    if CommandLine.arguments.last == "fault" { UnsafeMutablePointer<Int>(bitPattern: 64)?.pointee = 1 }
    while CommandLine.arguments.count > 1 { _ = await round() }
    exit(3)
    """

  /// What holds of every trace: who runs was made or met, who is made ends or is alive, and a thread has one innermost
  /// task.
  private func check(_ trace: Trace) -> (made: Int, ended: Int) {
    var alive: Set<UInt64> = [], running: [Int32: [UInt64]] = [:]
    var made = 0, ended = 0, strangers = 0, disorder = 0
    for event in trace.events() {
      switch event.kind {
      case .taskMade, .taskMet:
        made += 1
        if !alive.insert(event.task).inserted { disorder += 1 }
      case .taskRuns:
        if !alive.contains(event.task) { strangers += 1 }
        if running.values.contains(where: { $0.contains(event.task) }) { disorder += 1 }
        running[event.thread, default: []].append(event.task)
      case .taskSuspends, .taskEnds:
        if running[event.thread]?.popLast() != event.task { disorder += 1 }
        if event.kind == .taskEnds {
          ended += 1
          if alive.remove(event.task) == nil { strangers += 1 }
        }
      default: break
      }
    }
    #expect(strangers == 0 && disorder == 0)
    #expect(made == ended + alive.count)
    return (made, ended)
  }

  /// Waits a known number of times for each of what Swift's library has continuations for.
  private static let waiting = """
    import Dispatch

    let (numbers, source) = AsyncStream.makeStream(of: Int.self)
    let (others, otherSource) = AsyncThrowingStream.makeStream(of: Int.self)
    func later(_ action: @escaping @Sendable () -> Void) {
      DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(2), execute: action)
    }
    await withTaskGroup(of: Void.self) { group in
      group.addTask { for await _ in numbers {} }
      group.addTask { do { for try await _ in others {} } catch {} }
      await group.next { for _ in 0..<5 { try? await Task.sleep(for: .milliseconds(1)) } }
      await group.next { for _ in 0..<6 { try? await Task.sleep(nanoseconds: 1_000_000) } }
      await group.next { for _ in 0..<7 { try? await SuspendingClock().sleep(until: .now + .milliseconds(1)) } }
      await group.next { for _ in 0..<8 { await Task.yield() } }
      await group.next {
        for _ in 0..<4 {
          await withCheckedContinuation { continuation in later { continuation.resume() } }
          await withUnsafeContinuation { continuation in later { continuation.resume() } }
        }
      }
      source.finish()
      otherSource.finish()
    }
    extension TaskGroup<Void> {
      mutating func next(_ work: @escaping @Sendable () async -> Void) async {
        await Task { await work() }.value
      }
    }
    """

  @Test("Waits in the library are told by what they are for, with stacks and without", arguments: [false, true])
  func libraryWaits(withStacks: Bool) throws {
    let program = try TestedProgram(swift: Self.waiting)
    let file = program.folder.file("t.trace")
    let run = try program.run(recording: "trace", to: file, options: withStacks ? ["--with", "stacks"] : [])
    #expect(run.end == 0 && run.linesOfProfiler.count == 1, "\(run.linesOfProfiler)")
    let trace = try Trace(contentsOf: file)
    let all = try TraceSummary(trace, in: TraceWindow(of: trace)).all
    #expect(all.waiting[.sleep]?.count == 18)
    #expect(all.waiting[.yield]?.count == 8 && all.selfWakeups == 8)
    #expect(all.waiting[.stream]?.count == 2)
    #expect(all.waiting[.continuation]?.count == 8)
    // One that is resumed while it is being suspended goes on without.
    #expect(all.waiting[.task]?.count ?? 0 <= 5)
  }

  @Test func everyTaskIsThereWithWhoMadeIt() throws {
    let program = try TestedProgram(swift: Self.working)
    let file = program.folder.file("t.trace")
    let run = try program.run(recording: "trace", to: file)
    #expect(run.end == 3 && run.output == "19900\n" && run.errorsOfProgram == "")
    #expect(run.linesOfProfiler.count == 1)
    let trace = try Trace(contentsOf: file)
    #expect(trace.losses.isEmpty)
    let counts = check(trace)
    #expect(counts.made >= 201 && counts.ended >= 200)
    let children = trace.events().filter { event in
      event.kind == .taskMade && trace.stacks[Int(event.index)].frames.contains { $0.function.hasPrefix("round") }
    }
    #expect(children.count == 200)
    #expect(Set(children.map(\.other)).count == 1, "one task has made them all")
    #expect(trace.program == program.command[0] && trace.threads.contains(where: \.isMain))
    #expect(trace.events().count { $0.kind == .taskSuspends && $0.reason == .group } > 0)
  }

  @Test func aProgramThatIsKilledLeavesATraceThatReads() throws {
    let program = try TestedProgram(swift: Self.working)
    let file = program.folder.file("t.trace")
    let run = try program.run(recording: "trace", to: file, arguments: ["on"]) { process in
      // Until something of it is on record; it is patient.
      for _ in 0..<600 {
        if let trace = try? Trace(contentsOf: file), trace.events().contains(where: { $0.kind == .taskEnds }) { break }
        usleep(100_000)
      }
      kill(process, SIGKILL)
    }
    #expect(run.end == -SIGKILL)
    let trace = try Trace(contentsOf: file)
    #expect(check(trace).ended >= 1)
    #expect(trace.losses.isEmpty && !trace.modules.isEmpty)
  }

  @Test("So does one that crashes", arguments: ["trap", "fault"])
  func crashed(how: String) throws {
    let program = try TestedProgram(swift: Self.working)
    let file = program.folder.file("t.trace")
    let bare = try program.run(arguments: [how], environment: ["SWIFT_BACKTRACE": "enable=no"])
    let run = try program.run(
      recording: "trace", to: file, arguments: [how], environment: ["SWIFT_BACKTRACE": "enable=no"])
    #expect(run.end == bare.end && run.end < 0 && run.output == bare.output)
    let trace = try Trace(contentsOf: file)
    #expect(check(trace).ended >= 200)
    #expect(trace.losses.isEmpty)
  }

  /// Makes 200 tasks, and fills the disk with the file that it is given.
  private static let filling = """
    import Glibc

    @inline(never) func work() async { await Task.yield() }
    for _ in 0..<200 { await Task { await work() }.value }
    let file = open(CommandLine.arguments[1], O_WRONLY | O_CREAT, 0o600)
    let bytes = [UInt8](repeating: 1, count: 4096)
    while write(file, bytes, bytes.count) > 0 {}
    print("full")
    exit(5)
    """

  /// Whether this process may have a view of the file system of its own.
  private static let mayMount: Bool = {
    guard let unshare = Tool("unshare") else { return false }
    return (try? unshare.run(["-m", "sh", "-c", "mount -t tmpfs none /mnt"])) != nil
  }()

  @Test("A disk that gets full leaves what was recorded", .enabled(if: Self.mayMount, "needs the right to mount"))
  func fullDisk() throws {
    let program = try TestedProgram(swift: Self.filling)
    let disk = program.folder.file("disk"), copy = program.folder.file("copy.trace")
    try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: false)
    let script = "mount -t tmpfs -o size=12m none '\(disk)' && \"$@\"; s=$?; cp '\(disk)/t.trace' '\(copy)'; exit $s"
    let run = try program.run(
      recording: "trace", to: disk + "/t.trace", arguments: [disk + "/fill"],
      by: ["/usr/bin/env", "unshare", "-m", "sh", "-c", script, "sh"])
    #expect(run.end == 5 && run.output == "full\n")
    #expect(run.errors.contains("No space left on device"), "\(run.errors)")
    #expect(run.errors.contains("what was recorded is in \(disk)/t.trace, without names"), "\(run.errors)")
    #expect(check(try Trace(contentsOf: copy)).ended >= 200)
  }

  /// Fifty tasks sleep for long, and others come and go until they are told to end.
  private static let sleeping = """
    import Glibc

    @inline(never) func sleepForLong() async { try? await Task.sleep(for: .seconds(3600)) }
    @inline(never) func makeSleepers() { for _ in 0..<50 { Task { await sleepForLong() } } }
    makeSleepers()
    print("ready")
    fflush(nil)
    let rounds = CommandLine.arguments.count > 1 ? Int(CommandLine.arguments[1])! : Int.max
    for _ in 0..<rounds { await Task { try? await Task.sleep(for: .milliseconds(1)) }.value }
    exit(4)
    """

  /// How many tasks are suspended when the trace begins, and by their stacks made by `makeSleepers`.
  private func sleepers(_ trace: Trace) -> Int {
    let waiting = waitingAtStart(trace), named = trace.naming()
    let ofSleepers = named.stacks.map { $0.frames.contains { $0.function.hasPrefix("makeSleepers") } }
    return named.events().count { event in
      event.kind == .taskMet && waiting.contains(event.task) && ofSleepers[Int(event.index)]
    }
  }

  private func waitingAtStart(_ trace: Trace) -> Set<UInt64> {
    Set(trace.events().filter { $0.kind == .taskSuspends && $0.time == 0 }.map(\.task))
  }

  @Test func aWindowOfAKilledProgramHasWhatLivedInIt() throws {
    let program = try TestedProgram(swift: Self.sleeping)
    let file = program.folder.file("t.trace")
    let run = try program.run(recording: "trace", to: file, options: ["--last", "500ms,1MiB"]) { process in
      for _ in 0..<600 {
        usleep(100_000)
        if let trace = try? Trace(contentsOf: file), trace.duration > 450_000_000,
          waitingAtStart(trace).count >= 50
        {
          break
        }
      }
      kill(process, SIGKILL)
    }
    #expect(run.end == -SIGKILL)
    let trace = try Trace(contentsOf: file)
    #expect(trace.duration <= 510_000_000 && trace.losses.isEmpty)
    #expect(sleepers(trace) == 50)
  }

  @Test func whatIsWaitedForTooLongWritesAFile() throws {
    let program = try TestedProgram(swift: Self.sleeping)
    let name = program.folder.file("t-%n.trace")
    let run = try program.run(
      recording: "trace", to: name, options: ["--last", "1s", "--when", "wait=300ms"], arguments: ["700"])
    #expect(run.end == 4 && run.output == "ready\n")
    // Fifty tasks wait at once, and one file is written; the other is that of the end.
    let written = (1...3).filter { FileManager.default.fileExists(atPath: program.folder.file("t-\($0).trace")) }
    #expect(written == [1, 2])
    #expect(run.errors.contains("when a wait had lasted"))
    #expect(!FileManager.default.fileExists(atPath: program.folder.file("t-0.trace")))
    for number in written { _ = try Trace(contentsOf: program.folder.file("t-\(number).trace")) }
  }

  @Test("What makes no sense is refused before the program runs")
  func refused() throws {
    let program = try TestedProgram(swift: "print(1)")
    for options in [
      ["--last", "soon"], ["--when", "region=5"], ["--with", "gpu"], ["--when", "region=5ms"],
    ] {
      let run = try program.run(recording: "trace", to: program.folder.file("t.trace"), options: options)
      #expect(run.end == 2 && run.output == "", "\(options)")
    }
    let run = try program.run(recording: "cpu", options: ["--last", "10s"])
    #expect(run.end == 2 && run.errors.contains("--last goes with --profile trace"))
  }
}
