import Foundation
import Platform
import Pprof
import TestSupport
import Testing

/// A program with its arguments, which is run with and without the profiler: one of the C programs beside these tests, or a
/// text in Swift.
struct TestedProgram {
  /// How a run ended.
  struct Run {
    /// The exit code, or minus the signal.
    var end: Int32
    var output: String
    var errors: String

    /// The profiler's lines among the errors, without those that only a busy machine makes it say.
    var linesOfProfiler: [Substring] {
      errors.split(separator: "\n").filter { Self.isOfProfiler($0) && !$0.hasSuffix("so far") }
    }
    /// All others.
    var errorsOfProgram: String {
      errors.split(separator: "\n").filter { !Self.isOfProfiler($0) }.joined(separator: "\n")
    }

    private static func isOfProfiler(_ line: Substring) -> Bool {
      ["lab: w", "lab: finding: ", "LAB_"].contains { line.hasPrefix($0) }
    }
  }

  /// What `lab record` preloads.
  static let preloaded = URL(fileURLWithPath: LabCommand.path).deletingLastPathComponent()
    .appendingPathComponent("libLabProfiler.so").path

  /// The source of one of the C programs.
  static func source(of name: String) -> String { sources.appendingPathComponent("\(name).c").path }
  /// The source of one of those in Swift.
  static func swiftSource(of name: String) -> String { sources.appendingPathComponent("\(name).swift").path }

  private static let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Programs")

  /// Where the program and what is written lie.
  let folder: TemporaryFolder
  let command: [String]

  /// One of the C programs, with its arguments; `flags` are for the linker as well.
  init(_ command: String, flags: [String] = []) throws {
    folder = try TemporaryFolder()
    let words = command.split(separator: " ").map(String.init)
    let compiler = try #require(Tool("clang"), "this test needs clang")
    let program = folder.file("program")
    try compiler.run(
      [
        "-O1", "-g", "-D_GNU_SOURCE", "-Wno-deprecated-declarations", "-o", program, Self.source(of: words[0]),
        "-lpthread",
      ] + flags)
    self.command = [program] + words.dropFirst()
  }

  /// One of the programs that are built with the tests, with its arguments.
  init(built command: String) throws {
    folder = try TemporaryFolder()
    let words = command.split(separator: " ").map(String.init)
    self.command = ["\(LabCommand.folder)/\(words[0])"] + words.dropFirst()
  }

  init(swift text: String, flags: [String] = []) throws {
    folder = try TemporaryFolder()
    let source = folder.file("main.swift"), program = folder.file("program")
    try text.write(toFile: source, atomically: true, encoding: .utf8)
    try #require(Tool("swiftc"), "this test needs swiftc").run(
      ["-O", "-g", "-o", program, source] + flags)
    command = [program]
  }

  /// Runs it to its end, with every signal at its default and none blocked. Not for ever: then it is ended by SIGKILL.
  /// - Parameters:
  ///   - options: of `lab record`.
  ///   - lab: the command.
  ///   - arguments: more of them.
  ///   - other: a program, with arguments, that runs the rest.
  ///   - meanwhile: is given the id of the process when it has been started.
  func run(
    recording kind: String? = nil, to file: String? = nil, options: [String] = [], lab: String = LabCommand.path,
    arguments: [String] = [], by other: [String] = [], environment: [String: String] = [:],
    meanwhile: (pid_t) throws -> Void = { _ in }
  ) throws -> Run {
    let record = kind.map {
      [lab, "record", "--profile", $0, "-o", file ?? folder.file("profile")] + options + ["--"]
    }
    let output = folder.file("output"), errors = folder.file("errors")
    let words = other + (record ?? []) + command + arguments
    let id = try start(words, environment: environment, output: output, errors: errors)
    try meanwhile(id)
    var status: Int32 = 0
    let deadline = Date(timeIntervalSinceNow: 60)
    while waitpid(id, &status, WNOHANG) == 0 {
      guard Date() < deadline else {
        kill(id, SIGKILL)
        waitpid(id, &status, 0)
        break
      }
      usleep(5_000)
    }
    let signal = status & 0x7f
    return Run(
      end: signal == 0 ? status >> 8 & 0xff : -signal, output: try String(contentsOfFile: output, encoding: .utf8),
      errors: try String(contentsOfFile: errors, encoding: .utf8))
  }

  private func start(
    _ words: [String], environment: [String: String], output: String, errors: String
  ) throws -> pid_t {
    var actions = posix_spawn_file_actions_t(), attributes = posix_spawnattr_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    var none = sigset_t(), all = sigset_t()
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    let inherited = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("LAB_") }
    var arguments = words.map { strdup($0) } + [nil]
    var variables = inherited.merging(environment) { $1 }.map { strdup("\($0)=\($1)") } + [nil]
    defer { for text in arguments + variables { free(text) } }
    var id: pid_t = 0
    let error = posix_spawn(&id, words[0], &actions, &attributes, &arguments, &variables)
    try #require(error == 0, "\(words[0]): \(String(cString: strerror(error)))")
    return id
  }

  /// Waits until the program that runs, or the profiler in it, has said so.
  func wait(for text: String) throws {
    let deadline = Date(timeIntervalSinceNow: 30)
    while Date() < deadline {
      for name in ["output", "errors"] {
        let said = try? String(contentsOfFile: folder.file(name), encoding: .utf8)
        if said?.contains(text) == true { return }
      }
      usleep(10_000)
    }
    Issue.record("nobody said '\(text)'")
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
