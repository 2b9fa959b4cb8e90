import ChildProcesses
import Foundation
import Keeping
import Platform
import ScenarioRunning

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
    try write(text, "Attempt.swift")
    let given = challenge.file("Given.swift")
    if let given { try write(given, "Given.swift") }
    let own = try given.map { _ in try compileModule("Given", testable: false) }
    if let own, !own.isRunnable { throw LabError.failed("\(challenge.id)/Given.swift does not compile\n\(own.said)") }
    let attempt = try compileModule("Attempt", testable: true)
    guard attempt.isRunnable else {
      return .broken(attempt.diagnostics, attempt.diagnostics.isEmpty ? attempt.said : "")
    }
    if let fault = try AllowedCode.fault(inObject: "\(folder)/Attempt.o") { return .refused(fault) }

    guard let harness = challenge.file("Harness.swift") else {
      throw LabError.failed("\(challenge.id) has no Harness.swift")
    }
    try write(harness, "Harness.swift")
    try write("import ScenarioRunning\nawait ScenarioProcess.runIfRequested(among: [Harness.scenario])\n", "main.swift")
    let objects = (given == nil ? [] : ["Given.o"]) + ["Attempt.o"]
    let whole = try run(
      ["-module-name", "Challenge", "-o", "challenge", "-I", "."] + EditedProgram.linker + [
        "Harness.swift", "main.swift",
      ] + objects
        + room.arguments)
    if whole.isRunnable { return .program("\(folder)/challenge") }
    let fault = whole.diagnostics.first { $0.severity == .error }?.message ?? whole.said
    return .broken([], "it does not fit what runs it, which is as it was: \(fault)")
  }

  private func write(_ text: String, _ name: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
  }

  private struct Compilation {
    var diagnostics: [CompilerDiagnostic]
    var isRunnable: Bool
    var said: String
  }

  private func compileModule(_ name: String, testable: Bool) throws -> Compilation {
    try run(
      ["-parse-as-library", "-module-name", name, "-emit-module", "-emit-object", "-o", "\(name).o"]
        + (testable ? ["-enable-testing"] : []) + ["-I", ".", "\(name).swift"])
  }

  private func run(_ arguments: [String]) throws -> Compilation {
    // Kept: to make anew what others' headers say takes longer than all else.
    let modules = EditedProgram.modules
    try FileManager.default.createDirectory(atPath: modules, withIntermediateDirectories: true)
    var confinement = Confinement(folders: [folder, modules])
    confinement.seconds = 90
    confinement.keeper = keeper
    let run = try confinement.run(
      ["swiftc", "-swift-version", "6", "-O", "-wmo", "-g", "-module-cache-path", modules]
        + ["-file-prefix-map", "\(folder)=\(Workspace.path("Challenges/\(challenge.id)"))"]
        + ["-diagnostic-style", "llvm", "-no-color-diagnostics"] + arguments, onStart: onStart)
    switch run.ending {
    case .cancelled: throw LabError.failed("cancelled")
    case .over(let bound): throw LabError.failed("the compiler was stopped: \(bound.words(confinement))")
    case .lost: throw LabError.failed("the compiler was lost\n\(run.messages)")
    case .exited, .signalled: break
    }
    let said = (String(decoding: run.output, as: UTF8.self) + "\n" + run.messages)
      .trimmingCharacters(in: .whitespacesAndNewlines)
    return Compilation(
      diagnostics: CompilerDiagnostic.all(in: said), isRunnable: run.ending == .exited(0), said: said)
  }
}
