import Foundation
import Platform
import Pprof
import TestSupport
import Testing

/// A capture is written whole or not at all, whatever keeps it from being written; then a line says what.
@Suite(.serialized) struct WholeOrNothingTests {
  private static let files = ["errors", "output", "program"]

  /// The capture, if there is one, is whole, and no other file has come to be. Returns whether it is there.
  @discardableResult private func checkLeftovers(_ program: TestedProgram, _ kind: String, _ comment: String) throws
    -> Bool
  {
    let names = try program.folder.contents().filter { !Self.files.contains($0) }
    #expect(names.isEmpty || names == ["capture"], "\(comment): \(names)")
    guard names == ["capture"] else { return false }
    let file = program.folder.file("capture")
    if kind == "leaks" {
      #expect(try String(contentsOfFile: file, encoding: .utf8).hasPrefix("No leaks"), "\(comment)")
    } else {
      try Profile(contentsOf: file).checkValid()
    }
    try FileManager.default.removeItem(atPath: file)
    return true
  }

  // MARK: - What is lacking

  /// Whose captures here are larger than a kilobyte.
  private static let large = ["cpu", "heap", "allocs"]

  @Test("Where files may not be as large, nothing is left", arguments: large)
  func smallFiles(_ kind: String) throws {
    let program = try TestedProgram("leaves small-files")
    let run = try program.run(recording: kind, to: program.folder.file("capture"))
    #expect(run.end == 23)
    #expect(run.errors.contains("File too large"), "\(run.errors)")
    #expect(try !checkLeftovers(program, kind, kind))
  }

  @Test("Where memory runs out, a line says so and the program ends as it would", arguments: EndsTests.kinds)
  func noMemory(_ kind: String) throws {
    let program = try TestedProgram("leaves no-memory")
    for mebibytes in ["0", "4", "10", "14", "16", "18", "22", "30", "60", "120"] {
      let run = try program.run(recording: kind, to: program.folder.file("capture"), arguments: [mebibytes])
      #expect(run.end == 22, "\(mebibytes) MiB: \(run.errors)")
      let isThere = try checkLeftovers(program, kind, "\(mebibytes) MiB")
      let crashed = run.errors.contains("lab: the profiler itself crashed")
      #expect(run.linesOfProfiler.count == (crashed ? 0 : 1), "\(mebibytes) MiB: \(run.errors)")
      #expect(run.errors.contains("lab: wrote") == isThere, "\(mebibytes) MiB: \(run.errors)")
    }
  }

  @Test("A crash of the profiler's own, while it writes, is not the program's")
  func crashWhileWriting() throws {
    // From when it leaves, the program's malloc gives so many more blocks: enough to load the libraries, whose loader ends
    // the process where there are too few.
    let program = try TestedProgram("own_malloc")
    for blocks in ["300", "1000", "5000"] {
      let run = try program.run(recording: "cpu", to: program.folder.file("capture"), arguments: [blocks])
      #expect(run.end == 7, "\(blocks) blocks: \(run.errors)")
      #expect(
        run.errors.contains("lab: the profiler itself crashed while it wrote; nothing is written"), "\(run.errors)")
      #expect(try !checkLeftovers(program, "cpu", "\(blocks) blocks"))
    }
  }

  @Test("What writes is the library of the start, though another has taken its place")
  func otherLibrary() throws {
    let program = try TestedProgram("leaves stays"), file = program.folder.file("capture")
    let bin = try TemporaryFolder(), folder = URL(fileURLWithPath: LabCommand.path).deletingLastPathComponent()
    for name in ["lab", "libLabProfiler.so", "libLabProfileWriter.so"] {
      let original = folder.appendingPathComponent(name).path
      try FileManager.default.copyItem(atPath: original, toPath: bin.file(name))
    }
    let run = try program.run(recording: "heap", to: file, lab: bin.file("lab")) { id in
      try program.wait(for: "stays")
      let writer = bin.file("libLabProfileWriter.so")
      #expect(unlink(writer) == 0)
      try "another".write(toFile: writer, atomically: true, encoding: .utf8)
      kill(id, SIGTERM)
    }
    #expect(run.end == -SIGTERM)
    #expect(try checkLeftovers(program, "heap", run.errors))
  }

  @Test("Who gives up the right to write leaves what there was, whole", .enabled(if: getuid() == 0))
  func rightsGivenUp() throws {
    let outside = try TemporaryFolder()
    for (way, end) in [("setuid-killed", -SIGKILL), ("setuid-small-files", 16)] {
      for kind in Self.large {
        let program = try TestedProgram("leaves \(way) \(outside.path)")
        let run = try program.run(recording: kind, to: program.folder.file("capture"))
        #expect(run.end == end, "\(way), \(kind): \(run.errors)")
        #expect(run.errors.contains("File too large; it holds what was written before") == (end > 0), "\(run.errors)")
        #expect(try checkLeftovers(program, kind, "\(way), \(kind)"), "\(run.errors)")
      }
    }
  }

  @Test("The file that a link leads to is replaced, or is gone if nothing is written")
  func link() throws {
    let program = try TestedProgram("leaves abort"), other = try TemporaryFolder(), file = other.file("file")
    try "earlier".write(toFile: file, atomically: true, encoding: .utf8)
    let link = other.file("link")
    #expect(symlink(file, link) == 0)
    _ = try program.run(recording: "heap", to: link)
    #expect(try other.contents() == ["link"])
    try "earlier".write(toFile: file, atomically: true, encoding: .utf8)
    _ = try program.run(recording: "cpu", to: link)
    try Profile(contentsOf: file).checkValid()
    var status = stat()
    #expect(lstat(link, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
  }

  // MARK: - SIGKILL

  /// How many are killed in each of the two tests.
  private static let kills = ProcessInfo.processInfo.environment["LAB_KILLS"].flatMap { Int($0) } ?? 24

  @Test("Whoever is killed at any moment of its life leaves no half file")
  func killed() throws {
    let program = try TestedProgram("leaves return"), file = program.folder.file("capture")
    var random = SeededGenerator(seed: 9), written = 0
    for time in 0..<Self.kills {
      let kind = EndsTests.kinds[time % 4]
      _ = try program.run(recording: kind, to: file) { id in
        usleep(UInt32.random(in: 1_000...700_000, using: &random))
        kill(id, SIGKILL)
      }
      written += try checkLeftovers(program, kind, kind) ? 1 : 0
    }
    print("\(Self.kills) killed at any moment, \(written) captures, all whole")
  }

  @Test(
    "Whoever is killed before any system call by which it is written leaves no half file", arguments: EndsTests.kinds)
  func killedWhileWriting(_ kind: String) throws {
    let program = try TestedProgram("leaves return"), file = program.folder.file("capture")
    let killer = try TestedProgram("killed")
    func kill(before call: String) throws -> (output: String, isWritten: Bool) {
      let run = try program.run(recording: kind, to: file, by: killer.command + [call])
      return (run.output, try checkLeftovers(program, kind, "\(kind), before \(call)"))
    }
    let whole = try kill(before: "0")
    let calls = try #require(whole.output.matches(of: #/(\d+) calls/#).last.flatMap { Int($0.1) }, "nothing is traced")
    #expect(whole.isWritten && calls > 50)
    // The bytes, their way to the disk, the name, and the name's way to the disk.
    for (call, isWritten) in [("write", false), ("fsync", false), ("linkat", false), ("second-fsync", true)] {
      let killed = try kill(before: call)
      #expect(killed.output.contains("killed before") && killed.isWritten == isWritten, "\(call): \(killed)")
    }
    // There are fewer calls in one run than in another, for some wait and look again: then nobody is killed.
    var random = SeededGenerator(seed: 10), hit = 0, tries = 0
    let wanted = Self.kills / 4
    while hit < wanted, tries < 8 * wanted {
      let killed = try kill(before: String(Int.random(in: 1...calls, using: &random)))
      hit += killed.output.contains("killed before") ? 1 : 0
      tries += 1
    }
    #expect(hit == wanted)
    print("\(kind): \(hit + 4) of \(tries + 4) killed while writing, in \(calls) calls, no half file")
  }
}
