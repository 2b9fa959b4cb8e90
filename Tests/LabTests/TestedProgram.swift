import Foundation
import Pprof
import TestSupport
import Testing

/// One of the C programs beside these tests with its arguments, which is run with and without the profiler.
struct TestedProgram {
  /// How a run ended.
  struct Run {
    /// The exit code, or minus the signal.
    var end: Int32
    var output: String
    var errors: String
  }

  /// What `lab record` preloads.
  static let preloaded = URL(fileURLWithPath: LabCommand.path).deletingLastPathComponent()
    .appendingPathComponent("libLabProfiler.so").path

  private static let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Programs")

  private let folder: TemporaryFolder
  private let command: [String]

  init(_ command: String) throws {
    folder = try TemporaryFolder()
    let words = command.split(separator: " ").map(String.init)
    let compiler = try #require(Tool("clang") ?? Tool("gcc"), "this test needs a C compiler")
    let program = folder.file("program")
    try compiler.run([
      "-O1", "-g", "-D_GNU_SOURCE", "-Wno-deprecated-declarations", "-o", program,
      Self.sources.appendingPathComponent("\(words[0]).c").path, "-lpthread",
    ])
    self.command = [program] + words.dropFirst()
  }

  /// Runs it to its end, but not for ever: then the run counts as ended by SIGKILL.
  func run(recording kind: String? = nil, to file: String? = nil) throws -> Run {
    let process = Process()
    let record = kind.map { [LabCommand.path, "record", "--profile", $0, "-o", file ?? folder.file("profile"), "--"] }
    let words = (record ?? []) + command
    process.executableURL = URL(fileURLWithPath: words[0])
    process.arguments = Array(words.dropFirst())
    process.environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("LAB_") }
    process.standardInput = FileHandle.nullDevice
    let output = folder.file("output"), errors = folder.file("errors")
    for path in [output, errors] { try Data().write(to: URL(fileURLWithPath: path)) }
    process.standardOutput = FileHandle(forWritingAtPath: output)
    process.standardError = FileHandle(forWritingAtPath: errors)
    try process.run()
    let deadline = Date(timeIntervalSinceNow: 60)
    while process.isRunning && Date() < deadline { usleep(10_000) }
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
    return Run(
      end: process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus,
      output: try String(contentsOfFile: output, encoding: .utf8),
      errors: try String(contentsOfFile: errors, encoding: .utf8))
  }

  /// The profile that a recorded run leaves.
  func profile(_ kind: String = "cpu") throws -> Profile {
    let file = folder.file("\(kind).pb.gz")
    let run = try run(recording: kind, to: file)
    let profile = try Profile(contentsOf: file)
    try profile.checkValid()
    #expect(run.errors.contains("lab: wrote"))
    return profile
  }
}
