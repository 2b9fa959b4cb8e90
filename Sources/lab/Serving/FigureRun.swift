import Analysis
import Foundation
import Platform
import Profiling
import ScenarioRunning
import Scenarios
import SiteGenerator
import Synchronization

/// One run that a reader asks for from a page: the captures that a figure is drawn from, made with their values of the
/// scenario's parameters, into a scratch folder of its own.
final class FigureRun: Sendable {
  /// What the page is told meanwhile.
  struct Step: Encodable {
    /// What is run, as in `merge-sort/faulty/trace`.
    var run: String
    /// How much of it is done, from 0 to 1.
    var share: Double
  }

  let address: FigureAddress
  let name: CaptureName
  let scenario: Scenario
  let parameters: [String: Int]
  private let folder = "\(Workspace.scratch)/served/\(UUID().uuidString)"
  /// The process that runs; −1: none may begin any more.
  private let process = Mutex<pid_t>(0)

  /// - Throws: a `LabError` that says in words what of it is wrong.
  init(figure: String, parameters: [String: Int]) throws {
    try LabError.checkPlatform()
    address = FigureAddress(figure)
    guard let name = CaptureName(address.capture)?.ofKindsOwnName, let scenario = Scenario.named(name.scenario) else {
      throw LabError.usage("'\(address.capture)' is no capture of a scenario")
    }
    (self.name, self.scenario) = (name, scenario)
    do { _ = try Arguments(parameters, for: scenario) } catch { throw LabError.usage("\(error)") }
    self.parameters = parameters
    _ = try address.options()
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// The captures that the figure needs: of a comparison both.
  private func names() throws -> [CaptureName] {
    let compared = try address.options().compare.map { name.compared(to: $0) }
    return [name] + (compared.map { $0.variant == name.variant ? [] : [$0] } ?? [])
  }

  /// Runs what is needed, one after the other. Blocks its thread. `onStep` is called on it.
  ///
  /// - Throws: a `LabError`; of a run that was cancelled, one that says so.
  func run(timeLimit: Double = 120, onStep: @escaping (Step) -> Void) throws -> RunAnswer {
    let began = ContinuousClock.now
    for name in try names() {
      guard let variant = Scenario.Variant(rawValue: name.variant), let kind = ProfileKind.named(name.profileKind)
      else { throw LabError.usage("'\(name)' is no capture of a scenario") }
      let watcher = ScenarioLauncher.Watcher(
        onStart: { started in
          let isCancelled = self.process.withLock { current in
            defer { if current >= 0 { current = started } }
            return current < 0
          }
          if isCancelled { kill(-started, SIGKILL) }
        }, onProgress: { onStep(Step(run: "\(name)", share: $0)) })
      onStep(Step(run: "\(name)", share: 0))
      if isCancelled { throw LabError.failed("cancelled") }
      do {
        _ = try ScenarioLauncher(timeLimit: timeLimit, watcher: watcher).capture(
          scenario, variant, kind: kind, parameters: parameters
        ) { captured in CaptureFiles(name.with(kind: captured), in: self.folder) }
      } catch {
        throw isCancelled ? LabError.failed("cancelled") : error
      }
      process.withLock { if $0 > 0 { $0 = 0 } }
    }
    return try RunAnswer(self, folder: folder, seconds: (ContinuousClock.now - began) / .seconds(1))
  }

  private var isCancelled: Bool { process.withLock { $0 < 0 } }

  /// Ends it with all that it has started. From any thread.
  func cancel() {
    process.withLock { current in
      // It leads a group of its own.
      if current > 0 { kill(-current, SIGKILL) }
      current = -1
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
    let with = changed.sorted { $0.key < $1.key }.map { "\($0.key) = \($0.value)" }.joined(separator: ", ")
    verdict = with.isEmpty ? reproduction.verdict : "With \(with): \(reproduction.verdict)"
    claims = reproduction.rows.map {
      Row(
        outcome: Reproduction.mark($0.outcome), published: $0.published, here: $0.here, bound: $0.bound,
        question: $0.question)
    }
  }
}
