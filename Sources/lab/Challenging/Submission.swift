import Foundation
import Platform

/// A challenge's program, compiled of somebody's file and what is not theirs: seconds, where the package takes a minute.
///
/// The file is a module of its own, `Attempt`, which cannot see the profiler: `Given` is all that it finds beside the
/// system's modules. What runs it, `Harness`, is compiled against it afterwards.
struct Submission: Sendable {
  /// What came of the file.
  enum Built: Sendable {
    /// A program that runs the harness's scenario.
    case program(String)
    /// It uses what it may not, in a sentence.
    case refused(String)
    /// It does not compile, or does not fit its harness: then a sentence says so.
    case broken([CompilerDiagnostic], String)
  }

  let challenge: Challenge
  /// The reader's file.
  let text: String
  /// An empty folder for all that comes of it. Whoever made it removes it.
  let folder: String
  /// What keeps the compiler within bounds: see `Confinement`.
  var keeper = ThisProgram.path
  /// Told whom SIGTERM ends with all that it started.
  var onStart: @Sendable (pid_t) -> Void = { _ in }

  /// Compiles it all. Blocks its thread.
  /// - Throws: a `LabError` if there is nothing to compile it with, or the challenge itself does not compile.
  func build() throws -> Built {
    if let fault = AllowedCode.fault(inSource: text) { return .refused(fault) }
    let room = try BuiltRoom()
    let given = try GivenModule(challenge: challenge, keeper: keeper).folder()
    let imports = given.map { ["-I", $0] } ?? []
    let compiler = ChallengeCompiler(challenge: challenge, folder: folder, keeper: keeper, onStart: onStart)
    try compiler.write(text, "Attempt.swift")
    let attempt = try compiler.compileModule("Attempt", ["-enable-testing"] + imports)
    guard attempt.isRunnable else {
      return .broken(attempt.diagnostics, attempt.diagnostics.isEmpty ? attempt.said : "")
    }
    if let fault = try AllowedCode.fault(inObject: "\(folder)/Attempt.o") { return .refused(fault) }

    guard let harness = challenge.file("Harness.swift") else {
      throw LabError.failed("\(challenge.id) has no Harness.swift")
    }
    try compiler.write(harness, "Harness.swift")
    try compiler.write(
      "import ScenarioRunning\nawait ScenarioProcess.runIfRequested(among: [Harness.scenario])\n", "main.swift")
    var arguments = ["-module-name", "Challenge", "-o", "challenge", "-I", "."] + imports + EditedProgram.linker
    arguments += ["Harness.swift", "main.swift", "Attempt.o"]
    if let given { arguments.append("\(given)/Given.o") }
    let whole = try compiler.run(arguments + room.arguments)
    if whole.isRunnable { return .program("\(folder)/challenge") }
    let fault = whole.diagnostics.first { $0.severity == .error }?.message ?? whole.said
    return .broken([], "it does not fit what runs it, which is as it was: \(fault)")
  }
}
