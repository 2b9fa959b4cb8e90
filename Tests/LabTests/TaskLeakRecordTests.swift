import Foundation
import Pprof
import TestSupport
import Testing

/// The lost tasks of programs that were not built for the profiler.
@Suite(
  .serialized,
  .enabled(
    if: Oracles.areRequired || FileManager.default.fileExists(atPath: TestedProgram.preloaded),
    "the library to preload is not built"))
struct TaskLeakRecordTests {
  /// Leaves fifty tasks that nobody will resume, thirty readers of streams that nobody feeds, and twenty that will be.
  private static let leaking = """
    import Dispatch
    import Glibc

    nonisolated(unsafe) var kept: [UnsafeContinuation<Void, Never>] = []
    let lock = DispatchSemaphore(value: 1), done = DispatchSemaphore(value: 0)

    @inline(never) func store(_ continuation: UnsafeContinuation<Void, Never>, _ isKept: Bool) {
      lock.wait()
      if isKept { kept.append(continuation) }
      lock.signal()
      done.signal()
    }
    @inline(never) func park(_ isKept: Bool) async { await withUnsafeContinuation { store($0, isKept) } }
    @inline(never) func start(_ isKept: Bool) { Task { await park(isKept) } }
    final class Feed: @unchecked Sendable {
      let (numbers, continuation) = AsyncStream<Int>.makeStream()
      var sum = 0
      @inline(never) func read() {
        Task {
          done.signal()
          for await number in self.numbers { self.sum += number }
        }
      }
    }
    @inline(never) func plant() {
      for number in 0..<70 { start(number >= 50) }
      for _ in 0..<30 { Feed().read() }
    }
    var thread = pthread_t()
    pthread_create(&thread, nil, { _ in plant(); return nil }, nil)
    pthread_join(thread, nil)
    for _ in 0..<100 { done.wait() }
    usleep(200_000)
    print("done")
    exit(3)
    """

  @Test("The lost ones are counted, and none that somebody can resume", arguments: ["creation", "current"])
  func counts(view: String) throws {
    let program = try TestedProgram(swift: Self.leaking)
    let file = program.folder.file("t.pb.gz")
    let run = try program.run(recording: "taskleak", to: file, options: ["--by", view])
    #expect(run.end == 3 && run.output == "done\n" && run.errorsOfProgram == "")
    let profile = try Profile(contentsOf: file)
    try profile.checkValid()
    #expect(profile.samples.reduce(0) { $0 + $1.values[0] } == 80, "\(profile.comments)")
    #expect(profile.sampleTypes.map(\.type) == ["taskleak"])
    let names = Set(profile.functions.map(\.name))
    #expect(names.contains("start(_:)") && names.contains("Feed.read()"))
    #expect(names.contains("park(_:)") == (view == "current"))
  }

  @Test("The report says them in words")
  func report() throws {
    let program = try TestedProgram(swift: Self.leaking)
    let file = program.folder.file("lost.txt")
    let run = try program.run(recording: "taskleak", to: file, options: ["--by", "report"])
    #expect(run.end == 3)
    let text = try String(contentsOfFile: file, encoding: .utf8)
    #expect(text.hasPrefix("80 tasks are lost: suspended, and nothing can resume them, of 100 that are suspended\n"))
    #expect(text.contains("  50 × waits for a continuation in park(_:) (main.swift:13), made by start(_:)"))
    #expect(text.contains("  30 × waits for a stream in Feed.read()"))
  }

  @Test("Whoever records tasks or leaks as well takes nothing away", arguments: ["task", "leaks"])
  func beside(other: String) throws {
    let program = try TestedProgram(swift: Self.leaking)
    let file = program.folder.file("t.pb.gz"), beside = program.folder.file("beside")
    let variable = other == "task" ? "LAB_TASKPROFILE" : "LAB_LEAKS"
    let run = try program.run(recording: "taskleak", to: file, environment: [variable: beside])
    #expect(run.end == 3 && run.output == "done\n" && run.errorsOfProgram == "")
    #expect(try Profile(contentsOf: file).samples.reduce(0) { $0 + $1.values[0] } == 80)
    if other == "task" {
      #expect(try Profile(contentsOf: beside).samples.reduce(0) { $0 + $1.values[0] } >= 100)
    } else {
      #expect(try String(contentsOfFile: beside, encoding: .utf8).contains("80 lost tasks"))
    }
  }

  @Test("Go's name for it will do")
  func otherName() throws {
    let program = try TestedProgram(swift: Self.leaking)
    let file = program.folder.file("t.pb.gz")
    #expect(try program.run(recording: "goroutineleak", to: file).end == 3)
    #expect(try Profile(contentsOf: file).samples.reduce(0) { $0 + $1.values[0] } == 80)
  }

  @Test("A leak report counts them too, and says no word of captures")
  func leakReport() throws {
    let program = try TestedProgram(swift: Self.leaking)
    let file = program.folder.file("leaks.txt")
    let run = try program.run(recording: "leaks", to: file)
    #expect(run.end == 3)
    let text = try String(contentsOfFile: file, encoding: .utf8)
    #expect(text.hasPrefix("No retain cycles, 80 lost tasks; leaked in all: "), "\(text)")
    #expect(!text.contains("weak") && !text.contains("unbalanced"), "\(text)")
  }
}
