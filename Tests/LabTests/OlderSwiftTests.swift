import Foundation
import TestSupport
import Testing

/// A program whose Swift library is older than what the profiler knows: 6.0's does not say how it lays out tasks.
@Suite(.enabled(if: FileManager.default.fileExists(atPath: TestedProgram.preloaded))) struct OlderSwiftTests {
  @Test("Its tasks are refused by name, and its calls of that library come to what they would")
  func calls() throws {
    let library = try TemporaryFolder()
    try #require(Tool("clang")).run([
      "-O1", "-shared", "-fPIC", "-DAS_LIBRARY", "-o", library.file("libolder.so"),
      TestedProgram.source(of: "older_swift"),
    ])
    let linked = ["-L\(library.path)", "-lolder", "-Wl,-rpath,\(library.path)"]
    let program = try TestedProgram("older_swift", flags: linked)
    let plain = try program.run()
    #expect(plain.end == 7 && plain.output == "3 6 e b g\n")
    for kind in ["task", "threadcreate", "heap"] {
      let run = try program.run(recording: kind)
      #expect(run.end == 7 && run.output == plain.output && run.errorsOfProgram == "", "\(kind): \(run.errors)")
      #expect(run.errors.contains("lays out its tasks in a way the profiler does not know") == (kind == "task"))
    }
  }
}
