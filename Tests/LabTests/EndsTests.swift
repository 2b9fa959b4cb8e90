import Foundation
import Platform
import Pprof
import TestSupport
import Testing

/// However a program ends, its capture is written, or one line says why not; and it ends as it would have.
@Suite(.serialized) struct EndsTests {
  static let kinds = ["cpu", "heap", "allocs", "leaks"]
  /// Those that say so instead after a crash.
  private static let trusting: Set = ["heap", "leaks"]

  // MARK: - The table

  private static let ends = [
    "return", "exit", "_exit", "_Exit", "quick_exit", "thread", "bare", "bare-thread", "daemon", "exec", "children",
    "raise int", "raise term", "raise hup", "raise quit", "raise usr1", "raise alrm", "raise pipe", "raise xfsz",
    "raise io", "raise pwr", "raise rtmin", "raise rtmax", "all-blocked",
    "sleep term", "sleep int", "pause hup", "poll term", "read quit", "burn int", "allocate term", "own-exit",
    "own-again", "own-once", "ignored", "closes", "descriptors", "no-descriptors", "filtered",
  ]
  private static let crashes = [
    "segv", "bus", "fpe", "ill", "trap", "abort", "abort-handled", "raise abrt", "raise segv", "raise trap",
    "raise sys", "overflows", "thread-overflows",
  ]

  @Test("Every end and every kind: a right capture, and the same end", arguments: ends)
  func end(_ way: String) throws { try row(way) { _ in true } }

  @Test("Every crash and every kind: a right capture or a line, and the same end", arguments: crashes)
  func crash(_ way: String) throws { try row(way) { !Self.trusting.contains($0) } }

  @Test("With other rights or another root", .enabled(if: getuid() == 0), arguments: ["setuid", "chroot"])
  func withoutRights(_ way: String) throws {
    // Whoever has given up all rights may not write here any more, and perhaps not load what writes.
    let outside = try TemporaryFolder()
    try row("\(way) \(outside.path)") { _ in true }
  }

  private func row(_ way: String, isWritten: (String) -> Bool) throws {
    let program = try TestedProgram("leaves \(way)")
    let bare = try program.run()
    for kind in Self.kinds {
      let file = program.folder.file("capture")
      let rate = kind == "heap" || kind == "allocs" ? ["--rate", "1"] : []
      let recorded = try program.run(recording: kind, to: file, options: rate)
      #expect(recorded.end == bare.end, "\(way), \(kind): \(recorded.errors)")
      #expect(recorded.output == bare.output, "\(way), \(kind)")
      #expect(recorded.errorsOfProgram == bare.errorsOfProgram, "\(way), \(kind)")
      #expect(recorded.linesOfProfiler.count == 1, "\(way), \(kind): \(recorded.errors)")
      if isWritten(kind) {
        #expect(recorded.errors.contains("lab: wrote \(file) ("))
        try Self.checkCapture(kind, file)
        try FileManager.default.removeItem(atPath: file)
      } else {
        #expect(recorded.errors.contains("nothing is written when the program crashed (SIG"))
      }
      #expect(try program.folder.contents() == ["errors", "output", "program"], "\(way), \(kind)")
    }
  }

  /// The program burns a tenth of a second and keeps a hundred blocks.
  static func checkCapture(_ kind: String, _ file: String) throws {
    guard kind != "leaks" else {
      let text = try String(contentsOfFile: file, encoding: .utf8)
      #expect(text.hasPrefix("No leaks"), "\(text)")
      return
    }
    let profile = try Profile(contentsOf: file)
    try profile.checkValid()
    switch kind {
    case "cpu": #expect(profile.sum(1, of: "burn") > 0)
    case "heap": #expect(profile.sum(2, of: "keep") == 100 && profile.sum(3, of: "keep") == 7_000_100)
    default: #expect(profile.sum(0, of: "keep") == 100 && profile.sum(1, of: "keep") == 7_000_100)
    }
  }

  // MARK: - Ends that do not come

  @Test("An exec that fails leaves the recording running", arguments: kinds)
  func failingExec(_ kind: String) throws {
    let program = try TestedProgram("leaves exec-fails")
    let bare = try program.run(), file = program.folder.file("capture")
    let recorded = try program.run(
      recording: kind, to: file, options: kind == "heap" || kind == "allocs" ? ["--rate", "1"] : [])
    #expect(recorded.end == bare.end && recorded.output == bare.output)
    // What cannot be run at all is not even tried.
    #expect(recorded.errors.components(separatedBy: "before it became another program").count == 2)
    #expect(recorded.errors.contains("lab: it became none, and is profiled on"))
    try Self.checkCapture(kind, file)
  }

  @Test("A second signal ends it at once, and says so")
  func secondSignal() throws {
    // The first one finds a writer that cannot write: nobody reads the pipe.
    let program = try TestedProgram("leaves stays"), pipe = program.folder.file("pipe")
    #expect(mkfifo(pipe, 0o600) == 0)
    let run = try program.run(recording: "heap", to: pipe) { id in
      try program.wait(for: "stays")
      kill(id, SIGTERM)
      try program.wait(for: "lab: writing \(pipe): storing it, 1 s so far")
      kill(id, SIGINT)
    }
    #expect(run.end == -SIGINT)
    #expect(run.errors.contains("lab: a second signal came before the profile was written; nothing is written"))
  }

  @Test("After a time it is written, and the program runs on", arguments: kinds)
  func duration(_ kind: String) throws {
    let program = try TestedProgram("leaves stays"), file = program.folder.file("capture")
    let run = try program.run(recording: kind, to: file, options: ["--duration", "300ms"]) { id in
      try program.wait(for: "after 0.3 s; the program runs on")
      try program.wait(for: "stays")
      kill(id, SIGTERM)
    }
    #expect(run.end == -SIGTERM)
    #expect(run.linesOfProfiler.count == 1, "\(run.errors)")
    if kind != "leaks" { try Profile(contentsOf: file).checkValid() }
  }

  @Test("A signal that comes while it is written after a time ends the program as soon as that is done")
  func signalDuringDuration() throws {
    let program = try TestedProgram("leaves stays"), pipe = program.folder.file("pipe")
    #expect(mkfifo(pipe, 0o600) == 0)
    let run = try program.run(recording: "heap", to: pipe, options: ["--duration", "100ms"]) { id in
      try program.wait(for: "stays")
      try program.wait(for: "lab: writing \(pipe): storing it, 1 s so far")
      kill(id, SIGTERM)
      // Nobody has read the pipe until now.
      let reader = open(pipe, O_RDONLY)
      var bytes = [UInt8](repeating: 0, count: 1 << 16)
      while read(reader, &bytes, bytes.count) > 0 {}
      close(reader)
    }
    #expect(run.end == -SIGTERM)
    #expect(run.errors.contains("after 0.1 s; the program runs on"), "\(run.errors)")
  }

  @Test("One that comes while nothing gets on ends it all the same")
  func signalDuringHaltedDuration() throws {
    let program = try TestedProgram("leaves stays"), pipe = program.folder.file("pipe")
    #expect(mkfifo(pipe, 0o600) == 0)
    let run = try program.run(recording: "heap", to: pipe, options: ["--duration", "100ms"]) { id in
      try program.wait(for: "stays")
      try program.wait(for: "lab: writing \(pipe): storing it, 1 s so far")
      kill(id, SIGTERM)
    }
    #expect(run.end == -SIGTERM)
    #expect(run.errors.contains("lab: the profile was not written in time; nothing is written"), "\(run.errors)")
  }

  @Test("A signal asks for a file with the next number, as often as it comes", arguments: kinds)
  func snapshots(_ kind: String) throws {
    let program = try TestedProgram("leaves looked-at"), file = program.folder.file("capture-%n")
    let options = ["--snapshot-signal", "SIGUSR1"] + (kind == "heap" || kind == "allocs" ? ["--rate", "1"] : [])
    let run = try program.run(recording: kind, to: file, options: options) { id in
      for number in 1...3 {
        try program.wait(for: number == 1 ? "looked-at" : "capture-\(number - 1) (")
        kill(id, SIGUSR1)
      }
      try program.wait(for: "capture-3 (")
      kill(id, SIGTERM)
    }
    #expect(run.end == -SIGTERM)
    // It sleeps on, though a handler has ended its call.
    #expect(run.output == "looked-at \n")
    for number in 1...4 { try Self.checkCapture(kind, program.folder.file("capture-\(number)")) }
  }

  @Test("What is loaded after a snapshot is unwound like the rest")
  func loadedAfterSnapshot() throws {
    let program = try TestedProgram("loads"), capture = program.folder.file("capture")
    let source = TestedProgram.source(of: "loads"), library = program.folder.file("late.so")
    try #require(Tool("clang"), "this test needs clang").run(
      ["-O1", "-g", "-D_GNU_SOURCE", "-DIS_LIBRARY", "-shared", "-fPIC", "-o", library, source])
    let run = try program.run(
      recording: "cpu", to: "\(capture)-%n", options: ["--snapshot-signal", "SIGUSR1"], arguments: [library, capture])
    #expect(run.end == 0, "\(run.errors)")
    let profile = try Profile(contentsOf: "\(capture)-2")
    #expect(profile.sum(1, of: "late") > 0)
    #expect(profile.sum(1, of: "late") == profile.sum(1, of: "late", calledBy: "main"))
  }

  @Test("A program that handles the signal for snapshots is left alone, and a line says so")
  func handledSnapshotSignal() throws {
    let program = try TestedProgram("leaves own-usr1")
    let bare = try program.run()
    let run = try program.run(
      recording: "cpu", to: program.folder.file("capture-%n"), options: ["--snapshot-signal", "USR1"])
    #expect(run.end == bare.end && run.output == bare.output)
    #expect(run.errors.contains("lab: the program handles SIGUSR1 itself"))
  }

  // MARK: - The peak

  @Test("The heap at its peak is exact")
  func peak() throws {
    let program = try TestedProgram("peaks"), file = program.folder.file("capture")
    let run = try program.run(recording: "heap", to: file, options: ["--rate", "1", "--heap-at", "peak"])
    let profile = try Profile(contentsOf: file)
    let rows = run.output.split(separator: "\n").map { $0.split(separator: " ") }
    #expect(rows.count == 16)
    for row in rows { #expect(profile.sum(3, of: String(row[0])) == Int64(row[1]), "\(row)") }
    #expect(profile.comments.contains { $0.contains("in use is what was when most was") })
  }

  @Test("At the end of a program that lets all go there is nothing; at its peak there was")
  func peakOfGraceful() throws {
    let program = try TestedProgram("leaves peak"), file = program.folder.file("capture")
    for (moment, blocks) in [("end", 10), ("peak", 100)] as [(String, Int64)] {
      let run = try program.run(recording: "heap", to: file, options: ["--rate", "1", "--heap-at", moment])
      #expect(run.end == 8)
      #expect(try Profile(contentsOf: file).sum(2, of: "keep") == blocks, "\(moment)")
    }
  }

  // MARK: - Children

  @Test("With --children each process writes a file of its own")
  func children() throws {
    let program = try TestedProgram("starts all"), file = program.folder.file("capture-%p")
    let bare = try program.run()
    let run = try program.run(recording: "cpu", to: file, options: ["--children"])
    #expect(run.end == bare.end && run.output == bare.output, "\(run.output)")
    // The program, its fork, and those it started by exec, vfork, posix_spawn, posix_spawnp, system, popen; twice what
    // became another one.
    let names = try program.folder.contents().filter { $0.hasPrefix("capture-") }
    #expect(names.count == 9, "\(names)\n\(run.errors)")
    for name in names { #expect(try Profile(contentsOf: program.folder.file(name)).sum(1, of: "burn") > 0, "\(name)") }
    #expect(run.errors.components(separatedBy: "lab: wrote").count == 10)
  }

  @Test("With --children a daemon writes a file, and so does what it came from")
  func daemon() throws {
    let program = try TestedProgram("starts daemon"), file = program.folder.file("capture-%p")
    _ = try program.run(recording: "cpu", to: file, options: ["--children"])
    try program.wait(for: "daemon works")
    // The daemon is nobody's child any more.
    let deadline = Date(timeIntervalSinceNow: 30)
    func captures() throws -> [String] { try program.folder.contents().filter { $0.hasPrefix("capture-") } }
    while try captures().count < 2, Date() < deadline { usleep(10_000) }
    #expect(try captures().count == 2)
    for name in try captures() {
      #expect(try Profile(contentsOf: program.folder.file(name)).sum(1, of: "burn") > 0, "\(name)")
    }
  }

  @Test("A child that is linked statically is told of")
  func staticChild() throws {
    let program = try TestedProgram("starts static"), none = program.folder.file("static")
    let source = program.folder.file("static.c")
    try "int main(void) { return 6; }".write(toFile: source, atomically: true, encoding: .utf8)
    let compiler = try #require(Tool("clang") ?? Tool("gcc"), "this test needs a C compiler")
    try compiler.run(["-static", "-o", none, source])
    let run = try program.run(recording: "cpu", to: program.folder.file("capture-%p"), options: ["--children"])
    #expect(run.output.contains("static: 600"))
    #expect(run.errors.contains("lab: static is linked statically, so nothing can be preloaded"))
  }

  @Test(
    "So are one that the shell starts, and the interpreter of a script",
    arguments: ["static-shell", "static-script"])
  func indirectStaticChild(_ way: String) throws {
    let program = try TestedProgram("starts \(way)"), none = program.folder.file("static")
    let source = program.folder.file("static.c")
    try "int main(void) { return 6; }".write(toFile: source, atomically: true, encoding: .utf8)
    let compiler = try #require(Tool("clang") ?? Tool("gcc"), "this test needs a C compiler")
    try compiler.run(["-static", "-o", none, source])
    let script = program.folder.file("script")
    try "#! \(none) x\n".write(toFile: script, atomically: true, encoding: .utf8)
    #expect(chmod(script, 0o755) == 0)
    let run = try program.run(recording: "cpu", to: program.folder.file("capture-%p"), options: ["--children"])
    #expect(run.output.contains("\(way): 600"), "\(run.output)")
    #expect(run.errors.components(separatedBy: "lab: static is linked statically, so nothing").count == 2)
  }

  @Test("Without it the programs that it starts know nothing of the profiler")
  func noChildren() throws {
    let program = try TestedProgram("starts all"), file = program.folder.file("capture")
    let bare = try program.run()
    let run = try program.run(recording: "cpu", to: file)
    #expect(run.end == bare.end && run.output == bare.output)
    #expect(run.linesOfProfiler.count == 1, "\(run.errors)")
  }
}

extension Profile {
  /// The sum of a value over the samples that a function is in, and perhaps another one as well.
  fileprivate func sum(_ value: Int, of function: String, calledBy other: String? = nil) -> Int64 {
    samples.reduce(0) { sum, sample in
      let names = Set(sample.locations.flatMap { locations[$0].lines.map { functions[$0.function].name } })
      return names.contains(function) && other.map(names.contains) != false ? sum + sample.values[value] : sum
    }
  }
}
