import Analysis
import Foundation
import Keeping
import Platform
import Profiling
import ScenarioRunning
import Scenarios
import SiteGenerator
import Synchronization

/// One run that a reader asks for from a page: the captures that a figure is drawn from, made with their values of the
/// scenario's parameters, of the scenario as it is or as they have edited it, into a scratch folder of its own.
final class FigureRun: ServedRun {
  /// What the page is told meanwhile.
  struct Step: Encodable {
    /// What is done: `compile`, `record` or `draw`.
    var stage: String
    /// What is run, as in `merge-sort/faulty/trace`, or the file that is compiled.
    var run: String
    /// How much of it is done, from 0 to 1; nil where nobody can tell.
    var share: Double?
  }

  let address: FigureAddress
  let name: CaptureName
  let scenario: Scenario
  let parameters: [String: Int]
  /// What the reader has made of a region of the scenario; nil if they have edited nothing.
  let edit: EditedRegion?
  private let folder = "\(Workspace.scratch)/served/\(UUID().uuidString)"
  /// The process that runs; −1: none may begin any more.
  private let process = Mutex<pid_t>(0)

  /// - Throws: a `LabError` that says in words what of it is wrong.
  init(figure: String, parameters: [String: Int], edit: EditedRegion? = nil) throws {
    try LabError.checkPlatform()
    address = FigureAddress(figure)
    guard let name = CaptureName(address.capture)?.ofKindsOwnName, let scenario = Scenario.named(name.scenario) else {
      throw LabError.usage("'\(address.capture)' is no capture of a scenario")
    }
    (self.name, self.scenario) = (name, scenario)
    do { _ = try Arguments(parameters, for: scenario) } catch { throw LabError.usage("\(error)") }
    self.parameters = parameters
    if let edit, !scenario.sources.contains(Workspace.path(edit.file)) {
      throw LabError.usage("\(edit.file) is no file of \(scenario.id)")
    }
    self.edit = edit
    _ = try address.options()
  }

  /// The captures that the figure needs: of a comparison both.
  private func names() throws -> [CaptureName] {
    let compared = try address.options().compare.map { name.compared(to: $0) }
    return [name] + (compared.map { $0.variant == name.variant ? [] : [$0] } ?? [])
  }

  /// What came of a run.
  enum Result: Sendable {
    /// The new figure, and how it compares; with what the compiler warned of.
    case drawn(RunAnswer, [EditedLine])
    /// What was edited does not compile; nothing was run.
    case refused([EditedLine])
  }

  /// Compiles what was edited and runs what is needed, one after the other. Blocks its thread. `onStep` is called on it.
  ///
  /// - Throws: a `LabError`; of a run that was cancelled, one that says so.
  func run(timeLimit: Double = 120, onStep: @escaping (Step) -> Void) throws -> Result {
    let began = ContinuousClock.now
    defer { try? FileManager.default.removeItem(atPath: folder) }
    do {
      var launcher = ScenarioLauncher(confinement: Confinement(folders: ["/"]))
      launcher.confinement?.seconds = timeLimit
      var lines: [EditedLine] = []
      if let edit {
        onStep(Step(stage: "compile", run: EditedProgram.name(of: edit.file)))
        let program = try EditedProgram(of: scenario, edits: [edit.file: edit.text], in: "\(folder)/program")
        let build = try program.compile(onStart: take)
        lines = build.diagnostics.map { EditedLine($0, edit) }
        guard build.isRunnable else {
          if build.messages.isEmpty { return .refused(lines) }
          throw LabError.failed(build.messages)
        }
        launcher.executable = program.path
      }
      for name in try names() { try record(name, by: launcher, onStep) }
      onStep(Step(stage: "draw", run: address.capture))
      return .drawn(
        try RunAnswer(self, folder: folder, seconds: (ContinuousClock.now - began) / .seconds(1)), lines)
    } catch { throw isCancelled ? LabError.failed("cancelled") : error }
  }

  private func record(_ name: CaptureName, by launcher: ScenarioLauncher, _ onStep: @escaping (Step) -> Void) throws {
    guard let variant = Scenario.Variant(rawValue: name.variant), let kind = ProfileKind.named(name.profileKind)
    else { throw LabError.usage("'\(name)' is no capture of a scenario") }
    var launcher = launcher
    launcher.watcher = ScenarioLauncher.Watcher(
      onStart: take, onProgress: { onStep(Step(stage: "record", run: "\(name)", share: $0)) })
    onStep(Step(stage: "record", run: "\(name)", share: 0))
    if isCancelled { throw LabError.failed("cancelled") }
    // An edited file knows its scenario, and not those that are the same with another value of a parameter.
    let isEdited = edit != nil
    var values = parameters
    if isEdited {
      for parameter in scenario.parameters where values[parameter.name] == nil {
        values[parameter.name] = parameter.standard
      }
    }
    _ = try launcher.capture(isEdited ? scenario.base : scenario, variant, kind: kind, parameters: values) { captured in
      CaptureFiles(name.with(kind: captured), in: self.folder)
    }
    process.withLock { if $0 > 0 { $0 = 0 } }
  }

  /// Takes note of a process, which is ended at once if the run was cancelled before it began.
  private func take(_ started: pid_t) {
    let isCancelled = process.withLock { current in
      defer { if current >= 0 { current = started } }
      return current < 0
    }
    if isCancelled { kill(started, SIGTERM) }
  }

  private var isCancelled: Bool { process.withLock { $0 < 0 } }

  /// Ends it with all that it has started. From any thread.
  func cancel() {
    process.withLock { current in
      // Its keeper, which kills all that it keeps.
      if current > 0 { kill(current, SIGTERM) }
      current = -1
    }
  }
}

/// What the compiler says of a line, where the reader can find it.
struct EditedLine: Encodable, Sendable {
  /// The line of the region, and the column in it, counted from 1; nil if it is somewhere else.
  var line: Int?
  var column: Int?
  /// Where it is else, as in `MergeSort.swift:57`.
  var elsewhere: String?
  var severity: CompilerDiagnostic.Severity
  var message: String

  init(_ diagnostic: CompilerDiagnostic, _ edit: EditedRegion) {
    (severity, message) = (diagnostic.severity, diagnostic.message)
    let isEdited = diagnostic.file == EditedProgram.name(of: edit.file)
    if isEdited, let place = edit.place(line: diagnostic.line, column: diagnostic.column) {
      (line, column) = place
    } else {
      elsewhere = "\(diagnostic.file):\(diagnostic.line)"
    }
  }
}

/// What the page is given of a run: the new figure, and how it compares.
struct RunAnswer: Encodable {
  struct Row: Encodable { var outcome, published, here, bound, question: String }
  struct Fact: Encodable { var name, value: String }
  /// The figure's markup.
  var figure: String
  var alt: String
  var verdict: String
  var seconds: Double
  /// The claims of the content about the captures that were made.
  var claims: [Row]
  var facts: [Fact]

  init(_ run: FigureRun, folder: String, seconds: Double) throws {
    let library = CaptureLibrary(usesLocal: true, folder: folder)
    let drawn = try LabEvidence(library: library).evidence.figure(
      FigureReference(
        capture: run.address.capture, parameters: run.address.items, caption: "", title: "", id: "run"))
    (figure, alt, self.seconds) = (drawn.body, drawn.alt, (seconds * 10).rounded() / 10)
    facts = drawn.provenance.map { Fact(name: $0.name, value: $0.value) }
    let here = LocalCaptures(library: library)
    var evidence = try PageEvidence(ofScenario: run.scenario.id)
    evidence.claims.removeAll { claim in
      CaptureName(claim.capture).flatMap { try? here.named($0.ofKindsOwnName) } == nil
    }
    var reproduction = try Reproduction(evidence, published: CaptureLibrary(usesLocal: false), here: here)
    // Such as compare with what was not run now.
    reproduction.rows.removeAll { if case .missing = $0.outcome { true } else { false } }
    let changed = run.parameters.filter { value in
      run.scenario.parameters.contains { $0.name == value.key && $0.standard != value.value }
    }
    let with =
      (run.edit == nil ? [] : ["your code"])
      + changed.sorted { $0.key < $1.key }.map { "\($0.key) = \($0.value)" }
    verdict = with.isEmpty ? reproduction.verdict : "With \(with.joined(separator: ", ")): \(reproduction.verdict)"
    if run.edit != nil, changed.isEmpty, let words = try Self.otherOutput(run, library) { verdict += " " + words }
    claims = reproduction.rows.map {
      Row(
        outcome: Reproduction.mark($0.outcome), published: $0.published, here: $0.here, bound: $0.bound,
        question: $0.question)
    }
  }

  /// Says that what was edited computes something else than the published program, if it does.
  private static func otherOutput(_ run: FigureRun, _ library: CaptureLibrary) throws -> String? {
    let (published, local) = try library.both(run.name)
    guard let there = published?.provenance.output, let here = local?.provenance.output, there != here else {
      return nil
    }
    return "Its output is another one than the published program's: it no longer does the same."
  }
}
