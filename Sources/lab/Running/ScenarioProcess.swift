import Analysis
import Foundation
import Pprof
import Profiling
import Scenarios

/// The inside of a scenario's own process: runs rounds with the profiler on and off in turn, and writes the capture.
///
/// Speaks to the launcher in lines on standard output, `progress 0.35`. Standard input is its lifeline: when the
/// launcher is gone, however it went, reading ends and so does this process.
enum ScenarioProcess {
  static func run(_ request: ScenarioRequest) async -> Never {
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

  private static func capture(_ request: ScenarioRequest) async throws {
    guard let scenario = Scenario.named(request.scenario) else { throw LabError.usage("no scenario '\(request.scenario)'") }
    guard let kind = ProfileKind.named(request.kind) else { throw LabError.usage("no profile '\(request.kind)'") }
    let arguments = try Arguments(request.parameters, for: scenario)
    let program = try scenario.program(request.variant, arguments)
    _ = try await program.round()
    let (warmUp, time) = try await RoundTime.measure(program.round)

    try kind.prepare(request.rate)
    var rounds = Rounds(expected: warmUp.output)
    let roundsPerTurn = max(1, Int((turnSeconds / time.cpu).rounded(.up)))
    let pairs = max(5, Int(recordedSeconds / time.cpu) / roundsPerTurn)
    for pair in 0..<pairs {
      let isOnFirst = pair % 2 == 0
      for isOn in [isOnFirst, !isOnFirst] {
        if isOn { kind.resume() }
        let (outcomes, time) = try await RoundTime.measure {
          var outcomes: [Outcome] = []
          for _ in 0..<roundsPerTurn { outcomes.append(try await program.round()) }
          return outcomes
        }
        if isOn { kind.pause() }
        try rounds.add(outcomes, time, isOn: isOn)
      }
      say("progress \(Double(pair + 1) / Double(pairs))")
    }
    let profile = try kind.finish().relativeToRoot()
    try write(profile, rounds: rounds, arguments: arguments, for: request)
  }

  private static func write(
    _ profile: Profile, rounds: Rounds, arguments: Arguments, for request: ScenarioRequest
  ) throws {
    let bytes = try profile.encoded(compressed: true)
    let provenance = Provenance(
      scenario: request.scenario, variant: request.variant.rawValue, kind: request.kind, parameters: arguments.values,
      command: request.command, date: Date().formatted(.iso8601),
      machine: .current(toolchain: request.toolchain), build: buildMode, key: request.key,
      digest: CaptureStore.digest(of: bytes), recording: recording(of: profile, rounds: rounds),
      overhead: Provenance.Overhead(ratios: rounds.overheadRatios),
      cpuSecondsPerRound: rounds.off.map(\.cpu).median / Double(rounds.perTurn),
      wallSecondsPerRound: rounds.off.map(\.wall).median / Double(rounds.perTurn), output: rounds.expected, truth: rounds.facts)
    try CaptureStore.write(bytes, provenance, folder: request.folder)
  }

  private static func recording(of profile: Profile, rounds: Rounds) -> Provenance.Recording {
    let statistics = CPUProfiler.statistics
    return Provenance.Recording(
      samples: Int(profile.samples.reduce(0) { $0 + ($1.values.first ?? 0) }), lost: Int(statistics.lost),
      truncated: Int(statistics.truncated), unresolved: Int(statistics.unresolved),
      cpuSeconds: rounds.on.reduce(0) { $0 + $1.cpu })
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

/// What the rounds took and gave.
private struct Rounds {
  let expected: String
  private(set) var on: [RoundTime] = []
  private(set) var off: [RoundTime] = []
  private(set) var perTurn = 1
  private var truths: [[Truth]] = []

  init(expected: String) { self.expected = expected }

  /// Adds one turn of the profiler, on or off.
  mutating func add(_ outcomes: [Outcome], _ time: RoundTime, isOn: Bool) throws {
    if let wrong = outcomes.first(where: { $0.output != expected }) {
      throw ScenarioError.wrongResult("a round gave \(wrong.output), the first one \(expected)")
    }
    perTurn = outcomes.count
    if isOn {
      on.append(time)
      truths += outcomes.map(\.truth)
    } else {
      off.append(time)
    }
  }

  var overheadRatios: [Double] { zip(on, off).map { $0.cpu / $1.cpu } }

  /// The facts of the profiled rounds, averaged.
  var facts: [Provenance.Fact] {
    guard let first = truths.first else { return [] }
    return first.indices.map { index in
      let values = truths.map { $0[index].value }
      return Provenance.Fact(
        name: first[index].name, value: values.reduce(0, +) / Double(values.count), basis: first[index].basis)
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
