import Analysis
import ExecutionTrace
import Foundation
import Profiling

/// One capture in the making: the rounds, with the profiler on and off, and what is written of them.
struct CaptureSession {
  let request: ScenarioRequest
  let scenario: Scenario
  let kind: ProfileKind
  let arguments: Arguments

  /// How much of the program a capture covers, about: CPU time, or time by the clock of one that waits more than it works.
  private let recorded = RoundTime(cpu: 2.5, wall: 5)
  /// How much one turn of the profiler, on or off, takes at least: many sampling periods.
  private let turn = RoundTime(cpu: 0.1, wall: 0.5)
  /// How much of that is enough; with `LAB_HASTY=1` one turn, for tests of the commands, whatever they measure.
  private var effort: Double {
    ProcessInfo.processInfo.environment["LAB_HASTY"] == "1" ? 0 : request.effort ?? 1
  }
  var isHasty: Bool { effort == 0 }
  /// Whether what rounds leave for afterwards is theirs: of programs that are judged.
  private var waitsForRest: Bool { request.effort != nil }

  /// The profiler on and off in turns; what was recorded while it was on is the capture.
  func captureInTurns() async throws {
    let rounds = try await turns(of: scenario.program(request.variant, arguments))
    try write(kind.take(), rounds, as: kind.name)
  }

  /// Turns on and off for the overhead alone; then, from the start, so many rounds with the profiler on all the time.
  func captureAtAStretch() async throws {
    var rounds = try await turns(of: scenario.program(request.variant, arguments), part: 0.5)
    rounds.forgetTruth()
    let program = try scenario.program(request.variant, arguments)
    try kind.resume()
    for name in scenario.captureKinds(of: kind) {
      let (outcome, time) = try await RoundTime.measure(toRest: waitsForRest, program.round)
      try rounds.add([outcome], time, isOn: true)
      try HeapProfiler.withoutRecording { try write(kind.take(), rounds, as: name) }
    }
    withExtendedLifetime(program) {}
  }

  /// One round, with the profiler on since the process began.
  func captureOnce() async throws {
    let program = try scenario.program(request.variant, arguments)
    let (outcome, time) = try await RoundTime.measure(toRest: waitsForRest, program.round)
    var rounds = Rounds(expected: outcome.output)
    try rounds.add([outcome], time, isOn: true)
    try write(kind.take(), rounds, as: kind.name)
    withExtendedLifetime(program) {}
  }

  /// One round that never ends, with the profiler on, up to when the program has come to rest; then the process ends.
  /// - Throws: if the round ends.
  func captureAtRest() async throws {
    let program = try scenario.program(request.variant, arguments)
    if kind.regime != .sinceProcessStart {
      try kind.prepare(request.rate)
      try kind.resume()
    }
    let watch = RestWatch()
    try watch.start { time in
      // What is not paused tells of what is there; there is no more to come of it, either way.
      if kind.regime == .pausable { kind.pause() }
      var rounds = Rounds(expected: "none")
      try rounds.add([Outcome(output: "none", truth: program.atRest())], time, isOn: true)
      try write(kind.take(), rounds, as: kind.name, cameToRest: true)
    }
    _ = try await program.round()
    watch.stop()
    throw ScenarioError.cameToAnEnd(scenario.id)
  }

  /// Pairs of turns, one with the profiler on and one with it off, in alternating order.
  /// - Parameter part: How much of what a capture covers, about.
  func turns(of program: Program, part: Double = 1) async throws -> Rounds {
    if !isHasty { _ = try await program.round() }
    let (warmUp, time) = try await RoundTime.measure(toRest: waitsForRest, program.round)
    try kind.prepare(request.rate)
    var rounds = Rounds(expected: warmUp.output)
    let roundsPerTurn = isHasty ? 1 : max(1, Int(time.rounds(in: turn).rounded(.up)))
    let pairs = isHasty ? 1 : max(effort < 1 ? 1 : 5, Int(effort * part * time.rounds(in: recorded)) / roundsPerTurn)
    for pair in 0..<pairs {
      let isOnFirst = pair % 2 == 0
      for isOn in [isOnFirst, !isOnFirst] {
        if isOn { try kind.resume() }
        let (outcomes, time) = try await RoundTime.measure(toRest: waitsForRest) {
          var outcomes: [Outcome] = []
          for _ in 0..<roundsPerTurn { outcomes.append(try await program.round()) }
          return outcomes
        }
        if isOn { kind.pause() }
        try rounds.add(outcomes, time, isOn: isOn)
      }
      Self.say("progress \(Double(pair + 1) / Double(pairs))")
    }
    return rounds
  }

  /// Writes what was recorded of these rounds.
  /// - Parameters:
  ///   - asked: The address that gave it, and the CPU time in seconds that it covers; nil: it was taken at the rounds' end.
  func write(
    _ recording: ProfileRecording, _ rounds: Rounds, as name: String, cameToRest: Bool = false,
    asked: (address: String, cpuSeconds: Double)? = nil
  ) throws {
    let captured = CaptureName(scenario: request.scenario, variant: request.variant.rawValue, kind: name)
    let files = CaptureFiles(captured, view: request.view, in: request.folder)
    // Named from the root, so that a capture is good on any machine.
    var contents = recording.contents.renamingFiles { path in
      path.hasPrefix(request.root + "/") ? String(path.dropFirst(request.root.count + 1)) : path
    }
    // The arguments of a scenario's process are the request, with folders of this machine.
    if let trace = contents as? RecordedTrace { contents = trace.namingProgramAlone() }
    let bytes = try contents.bytes(forFile: files.contents)
    let provenance = Provenance(
      scenario: request.scenario, variant: request.variant.rawValue, kind: name, view: request.view,
      parameters: arguments.values, command: request.command, date: Date().formatted(.iso8601),
      machine: .current(toolchain: request.toolchain), build: Self.buildMode, key: request.key,
      digest: CaptureStore.digest(of: bytes),
      recording: Provenance.Recording(
        samples: recording.samples, lost: recording.lost, truncated: recording.truncated,
        unresolved: recording.unresolved,
        cpuSeconds: asked?.cpuSeconds ?? rounds.on.reduce(0) { $0 + $1.cpu },
        rounds: rounds.on.count),
      overhead: Provenance.Overhead(ratios: rounds.overheadRatios),
      cpuSecondsPerRound: rounds.typical.map(\.cpu).median,
      wallSecondsPerRound: rounds.typical.map(\.wall).median, cameToRest: cameToRest ? true : nil,
      asked: asked?.address, output: rounds.expected, truth: rounds.facts)
    try CaptureStore.write(bytes, provenance, to: files)
  }

  private static var buildMode: String {
    #if DEBUG
      "debug"
    #else
      "release"
    #endif
  }

  private static func say(_ line: String) {
    FileHandle.standardOutput.write(Data((line + "\n").utf8))
  }
}
