import Foundation
import Profiling

/// The inside of a scenario's own process: runs rounds with the profiler on and off in turn, and writes the capture.
///
/// A program that is to run scenarios, the lab's command or one that links a single edited scenario, says so first:
/// ```swift
/// await ScenarioProcess.runIfRequested(among: [KafkaDecode.scenario])
/// ```
/// It speaks to whoever started it in lines on standard output, `progress 0.35`. Standard input is its lifeline: when the
/// other is gone, however it went, reading ends and so does this process.
public enum ScenarioProcess {
  /// Whether this process was started to run a scenario.
  public static var isRequested: Bool { ScenarioRequest(fromArguments: CommandLine.arguments) != nil }

  /// Does what this process was started for with the arguments of a `ScenarioRequest`, and ends it; comes back at once
  /// if there are no such arguments.
  public static func runIfRequested(among scenarios: [Scenario]) async {
    guard let request = ScenarioRequest(fromArguments: CommandLine.arguments) else { return }
    if let kind = ProfileKind.named(request.kind), kind.regime == .sinceProcessStart { armOrExit(kind) }
    Thread.detachNewThread {
      while !FileHandle.standardInput.availableData.isEmpty {}
      _exit(1)
    }
    do {
      try await capture(request, among: scenarios)
      exit(0)
    } catch {
      complain("\(error)")
      exit(1)
    }
  }

  private static func armOrExit(_ kind: ProfileKind) {
    do { try kind.resume() } catch {
      complain("\(error)")
      exit(1)
    }
  }

  static func complain(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }

  private static func capture(_ request: ScenarioRequest, among scenarios: [Scenario]) async throws {
    guard var scenario = scenarios.first(where: { $0.id == request.scenario }) else {
      throw ScenarioError.unknownScenario(request.scenario)
    }
    guard let kind = ProfileKind.named(request.kind) else { throw ScenarioError.unknownProfile(request.kind) }
    scenario.heapRounds = request.heapRounds ?? scenario.heapRounds
    let session = CaptureSession(
      request: request, scenario: scenario, kind: kind, arguments: try Arguments(request.parameters, for: scenario))
    if scenario.comesToRest, request.variant == .faulty { return try await session.captureAtRest() }
    if scenario.isAskedWhileItRuns, kind.name == ProfileKind.cpu.name { return try await session.captureAtEndpoint() }
    switch kind.regime {
    case .pausable: try await session.captureInTurns()
    case .continuous: try await session.captureAtAStretch()
    case .sinceProcessStart: try await session.captureOnce()
    }
  }
}
