import Foundation
import Keeping
import Platform

/// Runs the compiler on files of a challenge, within bounds.
struct ChallengeCompiler: Sendable {
  /// What a run of it came to.
  struct Compilation {
    var diagnostics: [CompilerDiagnostic]
    var isRunnable: Bool
    /// All that was printed.
    var said: String
  }

  let challenge: Challenge
  /// Where the files lie that it is given, and all that comes of them.
  let folder: String
  /// What keeps the compiler within bounds: see `Confinement`.
  let keeper: String
  /// Told whom SIGTERM ends with all that it started.
  var onStart: @Sendable (pid_t) -> Void = { _ in }

  func write(_ text: String, _ name: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
  }

  /// Makes a module, and its object file, of the file of its name.
  func compileModule(_ name: String, _ arguments: [String] = []) throws -> Compilation {
    try run(
      ["-parse-as-library", "-module-name", name, "-emit-module", "-emit-object", "-o", "\(name).o"] + arguments
        + ["\(name).swift"])
  }

  /// Runs it with these arguments after those that it always gets. Blocks its thread.
  func run(_ arguments: [String]) throws -> Compilation {
    // Kept: to make anew what others' headers say takes longer than all else.
    let modules = EditedProgram.modules
    try FileManager.default.createDirectory(atPath: modules, withIntermediateDirectories: true)
    var confinement = Confinement(folders: [folder, modules])
    confinement.seconds = 90
    confinement.keeper = keeper
    let run = try confinement.run(
      ["swiftc", "-swift-version", "6", "-O", "-wmo", "-g", "-module-cache-path", modules]
        + ["-file-compilation-dir", Workspace.path("Challenges/\(challenge.id)")]
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
