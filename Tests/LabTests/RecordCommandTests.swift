import Foundation
import Platform
import Pprof
import TestSupport
import Testing

/// Programs that were not built for the profiler: they run as they would without it.
@Suite(
  .serialized,
  .enabled(
    if: Oracles.areRequired
      || FileManager.default.fileExists(
        atPath: URL(fileURLWithPath: LabCommand.path).deletingLastPathComponent()
          .appendingPathComponent("libLabProfiler.so").path),
    "the library to preload is not built"))
struct RecordCommandTests {
  private static let compiler = Tool("clang") ?? Tool("gcc")
  private let folder = try? TemporaryFolder()

  private func file(_ name: String) throws -> String { try #require(folder).file(name) }

  private func program(_ source: String, _ flags: [String] = []) throws -> String {
    let text = try file("program.c")
    try source.write(toFile: text, atomically: true, encoding: .utf8)
    try #require(Self.compiler, "this test needs a C compiler").run(["-O0", "-o", try file("program"), text] + flags)
    return try file("program")
  }

  @Test("The program keeps its output and its exit code; a script is called one")
  func script() throws {
    let script = try file("script")
    try "#!/bin/bash\necho out; exit 4\n".write(toFile: script, atomically: true, encoding: .utf8)
    #expect(chmod(script, 0o755) == 0)
    let result = try LabCommand.run("record", "--profile", "heap", "-o", try file("h"), "--", script)
    #expect(result.status == 4)
    #expect(result.output == "out\n")
    #expect(result.errors.contains("script is a script: its interpreter is profiled"))
    #expect(FileManager.default.fileExists(atPath: try file("h")))
  }

  /// The profiler's variables that `env` printed, but for those that are set for the tests.
  private static func added(to environment: String) -> [Substring] {
    environment.split(separator: "\n").filter { line in
      line.hasPrefix("LAB_") && ProcessInfo.processInfo.environment[String(line.prefix { $0 != "=" })] == nil
    }
  }

  @Test("What a shell starts, which has an environment of its own, knows nothing of the profiler")
  func shell() throws {
    let command = "/usr/bin/env; yes | head -n 1; exit 3"
    let result = try LabCommand.run(
      "record", "--profile", "heap", "-o", try file("h"), "--", "/bin/bash", "-c", command)
    #expect(result.status == 3)
    #expect(result.output.contains("PATH=") && result.output.hasSuffix("\ny\n"))
    #expect(Self.added(to: result.output) == [] && !result.output.contains("libLabProfiler"), "\(result.output)")
    #expect(result.errors.components(separatedBy: "lab: wrote").count == 2, "\(result.errors)")
  }

  @Test("A pipe or a device is written to and stays what it is")
  func pipe() throws {
    let pipe = try file("pipe")
    #expect(mkfifo(pipe, 0o600) == 0)
    let reader = open(pipe, O_RDWR | O_NONBLOCK)
    defer { close(reader) }
    let result = try LabCommand.run("record", "--profile", "leaks", "-o", pipe, "--", "/bin/bash", "-c", "exit 6")
    #expect(result.status == 6, "\(result.errors)")
    var status = stat()
    #expect(lstat(pipe, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO)
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = read(reader, &bytes, bytes.count)
    #expect(String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self).contains("live block"))
  }

  @Test("What is young is left out by those kinds that can, and the program does not see who asked")
  func age() throws {
    for (kind, age) in [("leaks", "soon"), ("cpu", "2s")] {
      let result = try LabCommand.run("record", "--profile", kind, "--older-than", age, "--", "/bin/true")
      #expect(result.status == 2)
      #expect(result.errors.contains("a \(kind) profile takes no age of '\(age)'"), "\(result.errors)")
    }
    let leaks = try file("leaks.txt")
    let result = try LabCommand.run(
      "record", "--profile", "leaks", "--older-than", "10%", "-o", leaks, "--", "/usr/bin/env")
    #expect(result.status == 0)
    #expect(Self.added(to: result.output) == [])
    #expect(try String(contentsOfFile: leaks, encoding: .utf8).contains("live block"))
  }

  @Test("A program at a fixed address that takes malloc's address does not bring a malloc of its own")
  func fixedAddress() throws {
    let program = try program(
      """
      #include <stdlib.h>
      void *(*volatile allocate)(size_t) = malloc;
      int main(void) { for (int i = 0; i < 10; i++) *(char *)allocate(79001) = 1; return 0; }
      """, ["-no-pie", "-fno-pie"])
    let result = try LabCommand.run("record", "--profile", "heap", "--rate", "1", "-o", try file("h"), "--", program)
    #expect(result.status == 0)
    #expect(!result.errors.contains("malloc"))
    let profile = try Profile(contentsOf: try file("h"))
    let blocks = profile.samples.filter { $0.numericLabels["bytes"]?.first?.value == 79_001 }
    #expect(blocks.reduce(0) { $0 + $1.values[0] } == 10)
  }

  @Test("A program that brings a malloc of its own is told so and runs on")
  func ownAllocator() throws {
    let program = try program(
      """
      #include <stddef.h>
      static char pool[1 << 24];
      static size_t used;
      void *malloc(size_t n) { void *block = pool + used; used += (n + 31) & ~15ul; return block; }
      void *calloc(size_t n, size_t m) { return malloc(n * m); }
      void *realloc(void *old, size_t n) {
        char *block = malloc(n);
        for (size_t i = 0; old && i < n; i++) block[i] = ((char *)old)[i];
        return block;
      }
      void free(void *block) {}
      int main(void) { return malloc(100) ? 3 : 1; }
      """)
    let result = try LabCommand.run("record", "--profile", "leaks", "-o", try file("l"), "--", program)
    #expect(result.status == 3)
    #expect(result.errors.contains("brings its own malloc"))
  }

  @Test("A program with the Swift library in it names its own types, or those it can if it is stripped")
  func staticSwift() throws {
    let source = try file("static.swift")
    try """
    import Glibc
    final class Held { var reference: Unmanaged<Held>?; var next: (Held?, Int)?; var numbers: Set<Int> = [] }
    @inline(never) func leak() { let held = Held(); held.reference = .passUnretained(held); held.next = (held, 1) }
    for _ in 0..<3 { leak() }
    final class Waiting: @unchecked Sendable {
      var continuation: CheckedContinuation<Void, Never>?
      func wait() { Task { await withCheckedContinuation { self.continuation = $0 } } }
    }
    for _ in 0..<3 { Waiting().wait() }
    usleep(100_000)
    """.write(toFile: source, atomically: true, encoding: .utf8)
    let compiler = try #require(Tool("swiftc"), "this test needs swiftc")
    for flags in [[], ["-Xlinker", "-s"]] {
      try compiler.run(["-static-stdlib", "-Onone", "-o", try file("static"), source] + flags)
      let report = try file("report.txt")
      let result = try LabCommand.run("record", "--profile", "leaks", "-o", report, "--", try file("static"))
      #expect(result.status == 0)
      #expect(result.errors.contains("some types are not known") == !flags.isEmpty)
      #expect(result.errors.contains("what its tasks leak may be missed") == !flags.isEmpty)
      let text = try String(contentsOfFile: report, encoding: .utf8)
      #expect(text.contains(flags.isEmpty ? "Held.next.0 → Held" : "Held.next → Held"), "\(text)")
      if flags.isEmpty { #expect(text.contains("Waiting.continuation → "), "\(text)") }
    }
  }
}
