import ChildProcesses
import Foundation
import Keeping
import Platform
import ScenarioRunning
import Scenarios

/// A program of a few files that somebody has edited, compiled by itself against what is built: seconds, where the whole
/// package takes a minute. It is compiled and run within a `Confinement`, and lives in a folder of its own.
///
/// ```swift
/// let program = try EditedProgram(of: scenario, edits: ["Sources/Scenarios/MergeSort.swift": text], in: folder)
/// let build = try program.compile()
/// if build.isRunnable { launcher.executable = program.path }
/// ```
struct EditedProgram: Sendable {
  /// What the compiler made of it.
  struct Build: Sendable {
    var diagnostics: [CompilerDiagnostic]
    /// Whether there is a program.
    var isRunnable: Bool
    /// What the compiler and the linker said, if there is none and no diagnostic tells why.
    var messages: String
  }

  /// Where its files lie, and all that comes of it. Whoever made it removes it.
  let folder: String
  /// What keeps the compiler within bounds: see `Confinement`.
  var keeper = ThisProgram.path
  private let names: [String]

  /// The program, once it is compiled.
  var path: String { "\(folder)/edited" }

  /// - Parameters:
  ///   - files: the texts of its files by their names, `main.swift` among them.
  ///   - folder: an absolute path, at which there is nothing yet.
  init(files: [String: String], in folder: String) throws {
    self.folder = folder
    names = files.keys.sorted()
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for (name, text) in files {
      try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
    }
  }

  /// The program that runs one scenario, some of its files edited.
  /// - Parameter edits: texts in the place of files of the scenario, by their paths as seen from the root.
  init(of scenario: Scenario, edits: [String: String], in folder: String) throws {
    let sources = scenario.base.sources
    var files: [String: String] = [:]
    for source in sources {
      files[Self.name(of: source)] =
        try edits[Workspace.relative(source)] ?? SourceRegions.file(Workspace.relative(source))
    }
    for file in edits.keys where !sources.contains(Workspace.path(file)) {
      throw LabError.usage("\(file) is no file of \(scenario.id)")
    }
    // A scenario's file is named for the type that has it.
    let type = Self.name(of: sources[0]).replacing(".swift", with: "")
    files["main.swift"] = "import ScenarioRunning\nawait ScenarioProcess.runIfRequested(among: [\(type).scenario])\n"
    try self.init(files: files, in: folder)
  }

  /// The last part of a path.
  static func name(of path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

  /// Compiles and links it. Blocks its thread.
  /// - Parameter onStart: is told whom SIGTERM ends with all that it started.
  /// - Throws: a `LabError` if there is nothing to compile it with, or it takes longer than it may.
  func compile(onStart: (pid_t) -> Void = { _ in }) throws -> Build {
    let room = try BuiltRoom()
    let modules = Self.modules
    try FileManager.default.createDirectory(atPath: modules, withIntermediateDirectories: true)
    var confinement = Confinement(folders: [folder, modules])
    confinement.seconds = 180
    confinement.keeper = keeper
    // In one module of the scenarios' name, with what inlined code is named by, as the package has it. The files are
    // said to lie where they come from, for the pages that show them; by a map of prefixes each folder would have headers
    // compiled anew.
    let command =
      ["swiftc", "-swift-version", "6", "-O", "-wmo", "-g", "-module-name", "Scenarios", "-o", "edited"]
      + ["-file-compilation-dir", Workspace.path("Sources/Scenarios"), "-module-cache-path", modules]
      + ["-diagnostic-style", "llvm", "-no-color-diagnostics"] + Self.linker + names + room.arguments
    let run = try confinement.run(command, onStart: onStart)
    switch run.ending {
    case .cancelled: throw LabError.failed("cancelled")
    case .over(let bound): throw LabError.failed("the compiler was stopped: \(bound.words(confinement))")
    case .lost: throw LabError.failed("the compiler was lost\n\(run.messages)")
    case .exited, .signalled: break
    }
    let isRunnable = run.ending == .exited(0) && FileManager.default.isExecutableFile(atPath: path)
    let said = String(decoding: run.output, as: UTF8.self) + "\n" + run.messages
    let diagnostics = CompilerDiagnostic.all(in: said)
    let isTold = isRunnable || diagnostics.contains { $0.severity == .error }
    return Build(diagnostics: diagnostics, isRunnable: isRunnable, messages: isTold ? "" : said)
  }

  /// What the compiler keeps of the system's headers: to make it anew takes longer than all else.
  static let modules = "\(Workspace.scratch)/editing-modules"

  /// The linker that comes with the compiler is several times as fast as the usual one.
  static let linker: [String] = {
    guard let path = try? ChildProcess.output(of: ["sh", "-c", "command -v swiftc"]).trimmingCharacters(in: .newlines)
    else { return [] }
    let folder = URL(fileURLWithPath: path).resolvingSymlinksInPath().deletingLastPathComponent().path
    return FileManager.default.isExecutableFile(atPath: "\(folder)/ld.lld") ? ["-use-ld=lld"] : []
  }()
}

extension Scenario {
  /// The scenario whose program this is with another value of a parameter; itself if it is nobody's.
  var base: Scenario { Self.all.first { $0.sources == sources } ?? self }
}

extension Confinement.Bound {
  /// What was met, in words.
  func words(_ confinement: Confinement) -> String {
    func number(_ value: Double) -> String { value == value.rounded() ? String(Int(value)) : String(value) }
    return switch self {
    case .time: "it took longer than \(number(confinement.seconds)) s"
    case .processorTime: "it used more than \(number(confinement.processorSeconds)) s of the processors"
    case .memory: "it had more than \(confinement.resident >> 20) MiB in memory"
    case .processes: "it had more than \(confinement.processes) processes"
    }
  }
}
