import Foundation
import Platform
import Pprof
import TestSupport
import Testing

/// The tasks of programs that were not built for the profiler.
@Suite(.serialized, .enabled(if: FileManager.default.fileExists(atPath: TestedProgram.preloaded)))
struct TaskRecordTests {
  /// Leaves fifty tasks that nobody will resume and ends with 3; with an argument it waits for a signal first, while all
  /// threads of the pool stand still.
  private static let leaking = """
    import Dispatch
    import Glibc

    @inline(never) func park(_ done: DispatchSemaphore) async {
      await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in done.signal() }
      print("resumed")
    }
    @inline(never) func leak(_ done: DispatchSemaphore) { Task { await park(done) } }
    @inline(never) func block() -> Never { while true { sleep(1) } }

    let done = DispatchSemaphore(value: 0)
    for _ in 0..<50 { leak(done) }
    for _ in 0..<50 { done.wait() }
    usleep(50_000)
    if CommandLine.arguments.count > 1 {
      for _ in 0..<max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) { Task.detached { block() } }
      signal(SIGTERM) { _ in _exit(4) }
      print("ready")
      fflush(nil)
      while true { pause() }
    }
    print("done")
    exit(3)
    """

  private func waiting(_ profile: Profile) -> Int64 {
    profile.samples.filter { $0.labels["waits"] == ["continuation"] }.reduce(0) { $0 + $1.values[0] }
  }

  private func names(_ profile: Profile) -> Set<String> { Set(profile.functions.map(\.name)) }

  @Test("What is leaked is counted, by who made it and by where it is", arguments: ["creation", "current"])
  func counts(view: String) throws {
    let program = try TestedProgram(swift: Self.leaking)
    let file = program.folder.file("t.pb.gz")
    let run = try program.run(recording: "task", to: file, options: ["--by", view])
    #expect(run.end == 3 && run.output == "done\n" && run.errorsOfProgram == "")
    let profile = try Profile(contentsOf: file)
    try profile.checkValid()
    #expect(waiting(profile) == 50)
    #expect(names(profile).contains("leak(_:)"))
    #expect(names(profile).contains("park(_:)") == (view == "current"))
  }

  @Test("The same by either rule of who runs what is not isolated", arguments: [true, false])
  func nonisolatedNonsending(isOn: Bool) throws {
    let flags = isOn ? ["-enable-upcoming-feature", "NonisolatedNonsendingByDefault"] : []
    let program = try TestedProgram(swift: Self.leaking, flags: ["-swift-version", "6"] + flags)
    #expect(waiting(try program.profile("task")) == 50)
  }

  @Test("A program without symbols has its tasks counted")
  func stripped() throws {
    let program = try TestedProgram(swift: Self.leaking, flags: ["-Xlinker", "--strip-all"])
    #expect(waiting(try program.profile("task")) == 50)
  }

  @Test("The kind's other name asks for the same, in the command and in figures")
  func otherName() throws {
    let program = try TestedProgram(swift: Self.leaking)
    let file = program.folder.file("t.pb.gz")
    let run = try program.run(recording: "goroutine", to: file)
    #expect(run.end == 3 && run.output == "done\n")
    #expect(waiting(try Profile(contentsOf: file)) == 50)
    let query = "?view=tasks&by=state"
    let figures = try ["task", "goroutine"].map { kind in
      try LabCommand.run("figure", "task-leak/faulty/\(kind)\(query)")
    }
    #expect(figures.allSatisfy { $0.status == 0 }, "\(figures[1].errors)")
    #expect(figures[0].output == figures[1].output && !figures[0].output.isEmpty)
  }

  @Test("The program may end while tasks are made on all threads")
  func endsMeanwhile() throws {
    let program = try TestedProgram(
      swift: """
        import Glibc
        for _ in 0..<8 { Task.detached { while true { await Task { await Task.yield() }.value } } }
        usleep(100_000)
        print("ends")
        exit(9)
        """)
    for round in 0..<5 {
      let file = program.folder.file("t\(round).pb.gz")
      let run = try program.run(recording: "task", to: file)
      #expect(run.end == 9 && run.output == "ends\n" && run.errorsOfProgram == "")
      let profile = try Profile(contentsOf: file)
      try profile.checkValid()
      let counts = try #require(
        profile.comments.lazy.compactMap { $0.wholeMatch(of: /(\d+) tasks made, (\d+) ended, .*, 0 lost/) }.first)
      #expect((Int(counts.1) ?? 0) >= (Int(counts.2) ?? 1))
    }
  }

  @Test("A signal has all be put into words, while no thread of the pool is free")
  func dumped() throws {
    let program = try TestedProgram(swift: Self.leaking)
    let file = program.folder.file("tasks-%n.txt"), first = program.folder.file("tasks-1.txt")
    let run = try program.run(
      recording: "task", to: file, options: ["--dump", "--snapshot-signal", "USR1"], arguments: ["wait"]
    ) { process in
      try wait { try String(contentsOfFile: program.folder.file("output"), encoding: .utf8) == "ready\n" }
      kill(process, SIGUSR1)
      try wait { FileManager.default.fileExists(atPath: first) }
      kill(process, SIGTERM)
    }
    #expect(run.end == 4)
    let text = try String(contentsOfFile: first, encoding: .utf8)
    #expect(text.matches(of: /\ntask \d+ \[waiting on continuation, .*\n {2}park\(_:\) at main\.swift:5\n/).count == 50)
    #expect(text.contains("\n  created by leak(_:) at main.swift:8\n"))
    #expect(text.contains("  block() at main.swift:9\n"))
    // The main thread runs no task; the signal may have come to it.
    #expect(text.contains(/\nthread \d+ "\S+" \[(in \w+|running)\]\n/), "\(text.suffix(2_000))")
  }

  private func wait(until condition: () throws -> Bool) throws {
    for _ in 0..<10_000 {
      if (try? condition()) == true { return }
      usleep(5_000)
    }
    Issue.record("waited in vain")
  }

  @Test("Where calls cannot be seen it is said so, and the program runs on")
  func refused() throws {
    let still = try TestedProgram(swift: Self.leaking, flags: ["-static-stdlib"])
    let file = still.folder.file("t.pb.gz")
    let run = try still.run(recording: "task", to: file)
    #expect(run.end == 3 && run.output == "done\n")
    #expect(run.errors.contains("has the Swift library linked statically, where its calls cannot be seen"))
    #expect(!FileManager.default.fileExists(atPath: file))

    let sanitized = try TestedProgram(swift: Self.leaking, flags: ["-sanitize=thread"])
    let other = try sanitized.run(recording: "task")
    #expect(other.end == 3 && other.output == "done\n" && other.errors.contains("ThreadSanitizer"))

    let plain = try TestedProgram("threads")
    let alone = try plain.run(recording: "task")
    #expect(alone.end == 0)
    #expect(alone.errors.contains("there is no library of Swift's concurrency whose calls can be seen"))
  }

  @Test("What contradicts itself is refused before the program runs")
  func usage() throws {
    for (options, reason) in [
      (["--profile", "task", "--by", "age"], "no view 'age'; it has: creation, current, dump, dump-without-labels"),
      (["--profile", "cpu", "--by", "current"], "a cpu profile has but one view"),
      (["--profile", "task", "--without-labels"], "--without-labels goes with --dump"),
      (["--profile", "task", "--dump", "--by", "current"], "two ways to show the same"),
    ] {
      let result = try LabCommand.start(["record"] + options + ["--", "/bin/true"]).finish()
      #expect(result.status == 2 && result.errors.contains(reason), "\(result.errors)")
    }
  }
}
