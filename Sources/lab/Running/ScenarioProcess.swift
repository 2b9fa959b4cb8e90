import Analysis
import Foundation
import Leaks
import Pprof
import Profiling
import Scenarios

/// The inside of a scenario's own process: runs rounds with the profiler on and off in turn, and writes the capture.
///
/// Speaks to the launcher in lines on standard output, `progress 0.35`. Standard input is its lifeline: when the
/// launcher is gone, however it went, reading ends and so does this process.
enum ScenarioProcess {
  static func run(_ request: ScenarioRequest) async -> Never {
    if let kind = ProfileKind.named(request.kind), kind.regime == .sinceProcessStart { armOrExit(kind) }
    Thread.detachNewThread {
      while !FileHandle.standardInput.availableData.isEmpty {}
      _exit(1)
    }
    do {
      try await capture(request)
      exit(0)
    } catch {
      complain("\(error)")
      exit(1)
    }
  }

  /// How much CPU time of the program a capture covers, about.
  private static let recordedSeconds = 2.5
  /// How much CPU time one turn of the profiler, on or off, takes at least: many sampling periods.
  private static let turnSeconds = 0.1

  private static func armOrExit(_ kind: ProfileKind) {
    do { try kind.resume() } catch {
      complain("\(error)")
      exit(1)
    }
  }

  private static func capture(_ request: ScenarioRequest) async throws {
    guard let scenario = Scenario.named(request.scenario) else {
      throw LabError.usage("no scenario '\(request.scenario)'")
    }
    guard let kind = ProfileKind.named(request.kind) else { throw LabError.usage("no profile '\(request.kind)'") }
    let session = CaptureSession(
      request: request, scenario: scenario, kind: kind, arguments: try Arguments(request.parameters, for: scenario))
    switch kind.regime {
    case .pausable: try await session.captureInTurns()
    case .continuous: try await session.captureAtAStretch()
    case .sinceProcessStart: try await session.captureOnce()
    }
  }
}

/// One capture in the making: the rounds, with the profiler on and off, and what is written of them.
private struct CaptureSession {
  let request: ScenarioRequest
  let scenario: Scenario
  let kind: ProfileKind
  let arguments: Arguments

  /// How much CPU time of the program a capture covers, about.
  private let recordedSeconds = 2.5
  /// How much CPU time one turn of the profiler, on or off, takes at least: many sampling periods.
  private let turnSeconds = 0.1
  /// Whether each turn is taken but once, `LAB_HASTY=1`: for tests of the commands, whatever they measure.
  private let isHasty = ProcessInfo.processInfo.environment["LAB_HASTY"] == "1"

  /// The profiler on and off in turns; what was recorded while it was on is the capture.
  func captureInTurns() async throws {
    let rounds = try await turns(of: scenario.program(request.variant, arguments), recordedSeconds: recordedSeconds)
    try write(kind.take(), rounds, as: kind.name)
  }

  /// Turns on and off for the overhead alone; then, from the start, so many rounds with the profiler on all the time.
  func captureAtAStretch() async throws {
    var rounds = try await turns(of: scenario.program(request.variant, arguments), recordedSeconds: recordedSeconds / 2)
    rounds.forgetTruth()
    let program = try scenario.program(request.variant, arguments)
    try kind.resume()
    for name in scenario.captureKinds(of: kind) {
      let (outcome, time) = try await RoundTime.measure(program.round)
      try rounds.add([outcome], time, isOn: true)
      try HeapProfiler.withoutRecording { try write(kind.take(), rounds, as: name) }
    }
    withExtendedLifetime(program) {}
  }

  /// One round, with the profiler on since the process began.
  func captureOnce() async throws {
    let program = try scenario.program(request.variant, arguments)
    let (outcome, time) = try await RoundTime.measure(program.round)
    var rounds = Rounds(expected: outcome.output)
    try rounds.add([outcome], time, isOn: true)
    try write(kind.take(), rounds, as: kind.name)
    withExtendedLifetime(program) {}
  }

  /// Pairs of turns, one with the profiler on and one with it off, in alternating order.
  private func turns(of program: Program, recordedSeconds: Double) async throws -> Rounds {
    if !isHasty { _ = try await program.round() }
    let (warmUp, time) = try await RoundTime.measure(program.round)
    try kind.prepare(request.rate)
    var rounds = Rounds(expected: warmUp.output)
    let roundsPerTurn = isHasty ? 1 : max(1, Int((turnSeconds / time.cpu).rounded(.up)))
    let pairs = isHasty ? 1 : max(5, Int(recordedSeconds / time.cpu) / roundsPerTurn)
    for pair in 0..<pairs {
      let isOnFirst = pair % 2 == 0
      for isOn in [isOnFirst, !isOnFirst] {
        if isOn { try kind.resume() }
        let (outcomes, time) = try await RoundTime.measure {
          var outcomes: [Outcome] = []
          for _ in 0..<roundsPerTurn { outcomes.append(try await program.round()) }
          return outcomes
        }
        if isOn { kind.pause() }
        try rounds.add(outcomes, time, isOn: isOn)
      }
      ScenarioProcess.say("progress \(Double(pair + 1) / Double(pairs))")
    }
    return rounds
  }

  private func write(_ recording: Recording, _ rounds: Rounds, as name: String) throws {
    let bytes =
      switch recording.contents {
      case .profile(let profile): try profile.relativeToRoot().encoded(compressed: true)
      case .leaks(let report): report.relativeToRoot().json
      }
    let provenance = Provenance(
      scenario: request.scenario, variant: request.variant.rawValue, kind: name, parameters: arguments.values,
      command: request.command, date: Date().formatted(.iso8601),
      machine: .current(toolchain: request.toolchain), build: ScenarioProcess.buildMode, key: request.key,
      digest: CaptureStore.digest(of: bytes),
      recording: Provenance.Recording(
        samples: recording.samples, lost: recording.lost, truncated: recording.truncated,
        unresolved: recording.unresolved, cpuSeconds: rounds.on.reduce(0) { $0 + $1.cpu }),
      overhead: Provenance.Overhead(ratios: rounds.overheadRatios),
      cpuSecondsPerRound: rounds.typical.map(\.cpu).median,
      wallSecondsPerRound: rounds.typical.map(\.wall).median, output: rounds.expected, truth: rounds.facts)
    let captured = CaptureName(scenario: request.scenario, variant: request.variant.rawValue, kind: name)
    try CaptureStore.write(bytes, provenance, to: CaptureFiles(captured, in: request.folder))
  }
}

extension ScenarioProcess {
  fileprivate static var buildMode: String {
    #if DEBUG
      "debug"
    #else
      "release"
    #endif
  }

  fileprivate static func say(_ line: String) {
    FileHandle.standardOutput.write(Data((line + "\n").utf8))
  }
}

/// What the rounds took and gave.
private struct Rounds {
  let expected: String
  /// Times of single rounds with the profiler on.
  private(set) var on: [RoundTime] = []
  /// Times of single rounds with it off.
  private(set) var off: [RoundTime] = []
  private(set) var overheadRatios: [Double] = []
  private var truths: [[Truth]] = []
  private var unpaired: (isOn: Bool, cpu: Double)?

  init(expected: String) { self.expected = expected }

  /// Adds one turn of some rounds; two turns in a row, one on and one off, make a pair.
  mutating func add(_ outcomes: [Outcome], _ time: RoundTime, isOn: Bool) throws {
    if let wrong = outcomes.first(where: { $0.output != expected }) {
      throw ScenarioError.wrongResult("a round gave \(wrong.output), the first one \(expected)")
    }
    let count = Double(outcomes.count)
    let single = RoundTime(cpu: time.cpu / count, wall: time.wall / count)
    for _ in outcomes { if isOn { on.append(single) } else { off.append(single) } }
    if isOn { truths += outcomes.map(\.truth) }
    if let first = unpaired, first.isOn != isOn {
      overheadRatios.append(isOn ? time.cpu / first.cpu : first.cpu / time.cpu)
      unpaired = nil
    } else {
      unpaired = (isOn, time.cpu)
    }
  }

  /// Drops the facts of rounds that the capture will not cover.
  mutating func forgetTruth() {
    truths = []
    on = []
    unpaired = nil
  }

  /// Rounds with the profiler off, or on where there are no others.
  var typical: [RoundTime] { off.isEmpty ? on : off }

  /// The facts of the profiled rounds: shares averaged, counts added up.
  var facts: [Provenance.Fact] {
    guard let first = truths.first else { return [] }
    return first.indices.map { index in
      let values = truths.map { $0[index].value }
      let sum = values.reduce(0, +)
      return Provenance.Fact(
        name: first[index].name, value: first[index].isTotal ? sum : sum / Double(values.count),
        basis: first[index].basis)
    }
  }
}

extension Profile {
  /// The same profile with files below the package's root named from there, so that a capture is good on any machine.
  fileprivate func relativeToRoot() -> Profile {
    var profile = self
    for index in profile.functions.indices {
      profile.functions[index].filename = Workspace.relative(profile.functions[index].filename)
    }
    for index in profile.mappings.indices {
      profile.mappings[index].file = Workspace.relative(profile.mappings[index].file)
    }
    return profile
  }
}

extension LeakReport {
  /// The same report with files named from the package's root.
  fileprivate func relativeToRoot() -> LeakReport {
    var report = self
    report.program = Workspace.relative(report.program)
    func relative(_ node: inout HeapNode) {
      for index in node.allocation.indices {
        node.allocation[index].file = Workspace.relative(node.allocation[index].file)
      }
    }
    for cycle in report.cycles.indices {
      for node in report.cycles[cycle].nodes.indices { relative(&report.cycles[cycle].nodes[node]) }
    }
    for index in report.lost.indices { relative(&report.lost[index].node) }
    return report
  }
}
