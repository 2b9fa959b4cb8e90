import Foundation
import Platform
import Pprof
import TestSupport
import Testing

/// However a program ends, its capture is written, or one line says why not; and it ends as it would have.
@Suite(.serialized) struct EndsTests {
  private static let kinds = ["cpu", "heap", "allocs", "leaks"]
  /// Those that say so instead after a crash.
  private static let trusting: Set = ["heap", "leaks"]

  // MARK: - The table

  private static let ends = [
    "return", "exit", "_exit", "_Exit", "quick_exit", "thread", "bare", "bare-thread", "daemon", "exec", "children",
    "raise int", "raise term", "raise hup", "raise quit", "raise usr1", "raise alrm", "raise pipe", "all-blocked",
    "sleep term", "sleep int", "pause hup", "poll term", "read quit", "burn int", "allocate term", "own-exit",
    "own-again", "own-once", "ignored", "closes", "descriptors",
  ]
  private static let crashes = [
    "segv", "bus", "fpe", "ill", "trap", "abort", "abort-handled", "raise abrt", "raise segv", "raise trap",
  ]

  @Test("Every end and every kind: a right capture, and the same end", arguments: ends)
  func end(_ way: String) throws { try row(way) { _ in true } }

  @Test("Every crash and every kind: a right capture or a line, and the same end", arguments: crashes)
  func crash(_ way: String) throws { try row(way) { !Self.trusting.contains($0) } }

  @Test("With other rights or another root", .enabled(if: getuid() == 0), arguments: ["setuid", "chroot"])
  func withoutRights(_ way: String) throws {
    // Whoever has given up all rights may not write here any more.
    let outside = try TemporaryFolder()
    let command = "\(way) \(outside.path)"
    if way == "chroot" || Self.othersReachTheWriter { return try row(command) { _ in true } }
    // Nor load what writes, if that lies in a folder of root's own: then a line says so, and the end is the same.
    let program = try TestedProgram("leaves \(command)")
    let bare = try program.run()
    for kind in Self.kinds {
      let recorded = try program.run(recording: kind, to: program.folder.file("capture"))
      #expect(recorded.end == bare.end && recorded.output == bare.output, "\(kind): \(recorded.errors)")
      #expect(recorded.errors.contains("libLabProfileWriter.so") && recorded.errors.contains("; nothing is written\n"))
    }
  }

  /// Whether a user without rights finds the library that writes.
  private static var othersReachTheWriter: Bool {
    var folder = URL(fileURLWithPath: TestedProgram.preloaded).deletingLastPathComponent().resolvingSymlinksInPath()
    while folder.path != "/" {
      var status = stat()
      guard stat(folder.path, &status) == 0, status.st_mode & S_IXOTH != 0 else { return false }
      folder.deleteLastPathComponent()
    }
    return true
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
        try checkCapture(kind, file)
        try FileManager.default.removeItem(atPath: file)
      } else {
        #expect(recorded.errors.contains("nothing is written when the program crashed (SIG"))
      }
      #expect(try program.folder.contents() == ["errors", "output", "program"], "\(way), \(kind)")
    }
  }

  /// The program burns a tenth of a second and keeps a hundred blocks.
  private func checkCapture(_ kind: String, _ file: String) throws {
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
    try checkCapture(kind, file)
  }

  @Test("A second signal ends it at once, and says so")
  func secondSignal() throws {
    // The first one finds a writer that cannot write: nobody reads the pipe.
    let program = try TestedProgram("leaves stays"), pipe = program.folder.file("pipe")
    #expect(mkfifo(pipe, 0o600) == 0)
    let run = try program.run(recording: "heap", to: pipe) { id in
      try wait(for: "stays", in: program)
      kill(id, SIGTERM)
      try wait(for: "lab: writing \(pipe): storing it, 1 s so far", in: program)
      kill(id, SIGINT)
    }
    #expect(run.end == -SIGINT)
    #expect(run.errors.contains("lab: a second signal came before the profile was written; nothing is written"))
  }

  @Test("After a time it is written, and the program runs on", arguments: kinds)
  func duration(_ kind: String) throws {
    let program = try TestedProgram("leaves stays"), file = program.folder.file("capture")
    let run = try program.run(recording: kind, to: file, options: ["--duration", "300ms"]) { id in
      try wait(for: "after 0.3 s; the program runs on", in: program)
      try wait(for: "stays", in: program)
      kill(id, SIGTERM)
    }
    #expect(run.end == -SIGTERM)
    #expect(run.linesOfProfiler.count == 1, "\(run.errors)")
    if kind != "leaks" { try Profile(contentsOf: file).checkValid() }
  }

  @Test("A signal asks for a file with the next number, as often as it comes", arguments: kinds)
  func snapshots(_ kind: String) throws {
    let program = try TestedProgram("leaves looked-at"), file = program.folder.file("capture-%n")
    let options = ["--snapshot-signal", "SIGUSR1"] + (kind == "heap" || kind == "allocs" ? ["--rate", "1"] : [])
    let run = try program.run(recording: kind, to: file, options: options) { id in
      for number in 1...3 {
        try wait(for: number == 1 ? "looked-at" : "capture-\(number - 1) (", in: program)
        kill(id, SIGUSR1)
      }
      try wait(for: "capture-3 (", in: program)
      kill(id, SIGTERM)
    }
    #expect(run.end == -SIGTERM)
    // It sleeps on, though a handler has ended its call.
    #expect(run.output == "looked-at \n")
    for number in 1...4 { try checkCapture(kind, program.folder.file("capture-\(number)")) }
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
    try wait(for: "daemon works", in: program)
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

  @Test("Without it the programs that it starts know nothing of the profiler")
  func noChildren() throws {
    let program = try TestedProgram("starts all"), file = program.folder.file("capture")
    let bare = try program.run()
    let run = try program.run(recording: "cpu", to: file)
    #expect(run.end == bare.end && run.output == bare.output)
    #expect(run.linesOfProfiler.count == 1, "\(run.errors)")
  }

  // MARK: - SIGKILL

  @Test("Whoever is killed at any moment leaves no half file")
  func killed() throws {
    let program = try TestedProgram("leaves return"), file = program.folder.file("capture")
    var random = SeededGenerator(seed: 9)
    let times = ProcessInfo.processInfo.environment["LAB_KILLS"].flatMap { Int($0) } ?? 24
    var written = 0
    for time in 0..<times {
      let kind = Self.kinds[time % 4]
      _ = try program.run(recording: kind, to: file) { id in
        usleep(UInt32.random(in: 1_000...700_000, using: &random))
        kill(id, SIGKILL)
      }
      let names = try program.folder.contents().filter { !["errors", "output", "program"].contains($0) }
      #expect(names.isEmpty || names == ["capture"], "\(names)")
      guard names == ["capture"] else { continue }
      written += 1
      if kind == "leaks" {
        #expect(try String(contentsOfFile: file, encoding: .utf8).hasPrefix("No leaks"))
      } else {
        try Profile(contentsOf: file).checkValid()
      }
      try FileManager.default.removeItem(atPath: file)
    }
    print("\(times) times killed, \(written) captures, all whole")
  }

  /// Until the program, or the profiler in it, has said so.
  private func wait(for text: String, in program: TestedProgram) throws {
    let deadline = Date(timeIntervalSinceNow: 30)
    while Date() < deadline {
      for name in ["output", "errors"] {
        let said = try? String(contentsOfFile: program.folder.file(name), encoding: .utf8)
        if said?.contains(text) == true { return }
      }
      usleep(10_000)
    }
    Issue.record("nobody said '\(text)'")
  }
}

extension Profile {
  /// The sum of a value over the samples that a function is in.
  fileprivate func sum(_ value: Int, of function: String) -> Int64 {
    samples.reduce(0) { sum, sample in
      let isIn = sample.locations.contains { location in
        locations[location].lines.contains { functions[$0.function].name == function }
      }
      return isIn ? sum + sample.values[value] : sum
    }
  }
}
