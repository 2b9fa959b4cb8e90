import Analysis
import Foundation
import Pprof
import Profiling

/// What must not have come in the fault's stead, whichever the challenge: what is lost, kept, or waited for for ever, threads
/// without number, asking without end, memory that grows round after round, work without need. What the solution has itself
/// is nobody's fault.
struct GeneralFaults {
  let runs: MeasuredPrograms

  /// One line: of the first that is found, or that there is none.
  func lines() throws -> [Verdict.Line] {
    do {
      for look in [leaks, taskLeaks, threads, polling, memory, growth, work] {
        if let fault = try look() { return [fault] }
      }
    } catch let error as MeasuredPrograms.Ended {
      return [.init(group: .new, mark: .failed, text: "it does not come to its end: \(error.words)")]
    }
    return [
      .init(group: .new, mark: .passed, text: "nothing lost, no task left, no threads, memory or work beyond measure")
    ]
  }

  private func leaks() throws -> Verdict.Line? {
    try counted(.leaks, allowed: 0, "blocks are lost for good, which nothing refers to any more") { capture in
      capture.leakReport.map { Double($0.scan.leakedBlocks) } ?? 0
    }
  }

  private func taskLeaks() throws -> Verdict.Line? {
    try counted(.taskleak, allowed: 0, "tasks are left that nobody can resume") {
      $0.profile.total(of: $0.profile.sampleTypes.first?.type ?? "")
    }
  }

  private func threads() throws -> Verdict.Line? {
    try counted(.threadcreate, allowed: 16, "threads are made in a round") {
      $0.profile.total(of: $0.profile.sampleTypes.first?.type ?? "")
    }
  }

  /// Tasks that sleep and look, or give up their thread only to look: somebody should have woken them.
  private func polling() throws -> Verdict.Line? {
    try counted(
      .trace, allowed: 64, "times a task sleeps, or gives up its thread only to have it again, and nobody wakes it"
    ) { capture in
      guard let trace = capture.trace, let window = try? TraceWindow(of: trace) else { return 0 }
      let summary = TraceSummary(trace, in: window)
      let spins = summary.findings.filter { $0.kind == .selfWakes }.reduce(0) { $0 + $1.count }
      let sleeps = summary.all.waiting[.sleep]?.count ?? 0
      let naps = summary.calls.filter { $0.reason == .sleep }.reduce(0) { $0 + $1.times.count }
      return Double(spins + sleeps + naps)
    }
  }

  private func memory() throws -> Verdict.Line? {
    let mebibyte = 1_048_576.0
    return try counted(.heap, allowed: 8 * mebibyte, unit: mebibyte, "MiB are in use when the round is over") {
      $0.profile.total(of: "inuse_space")
    }
  }

  /// What each round leaves behind and something still refers to, so that it is no leak: seen twice, for a library may fill
  /// something of its own while the program runs.
  private func growth() throws -> Verdict.Line? {
    var found: GrowthReport.Suspect?
    for _ in 0..<2 {
      found = try Self.growing(try runs.everyAllocation(rounds: Self.rounds))
      if found == nil { return nil }
    }
    guard let found, let grown = found.grown else { return nil }
    let solution = try Self.growing(try runs.everyAllocationOfSolution(rounds: Self.rounds))
    guard grown > 2 * (solution?.grown ?? 0) else { return nil }
    return .init(
      group: .new, mark: .failed,
      text: String(format: "after %d rounds %.1f KiB more are in use", Self.rounds, grown / 1_024)
        + " of what is allocated by \(found.function), and something still refers to it (heap)")
  }

  /// What has its elements in one block, as a dictionary, gets one of twice the length now and then: in so many rounds twice
  /// at least after the first.
  private static let rounds = 8

  /// What grows most of what the harness does not allocate itself; nil if nothing does. Memory that comes and goes falls in
  /// one of the rounds.
  private static func growing(_ series: CaptureSeries) throws -> GrowthReport.Suspect? {
    let leastPerRound = 16_384.0
    let harness = Set(
      series.all.flatMap(\.profile.functions).filter { $0.filename.hasSuffix("/Harness.swift") }.map(\.name))
    return try GrowthReport(snapshots: series.all.map(\.profile)).suspects
      .filter { $0.isOfProgram && !harness.contains($0.function) }
      .filter { ($0.grown ?? 0) >= leastPerRound * Double(rounds - 2) }
      .max { ($0.grown ?? 0) < ($1.grown ?? 0) }
  }

  /// The solution's times three, and some milliseconds: CPU time that a mended program does not need.
  private func work() throws -> Verdict.Line? {
    func ratio() throws -> (own: Double, solution: Double) {
      (
        try runs.ownAnew(.heap).provenance.cpuSecondsPerRound,
        try runs.anew(.solution, .heap).last.provenance.cpuSecondsPerRound
      )
    }
    // Runs that there are already tell enough of most: they have the first round, with all that is done but once.
    let first = try (runs.own(.threadcreate).provenance, runs.solution(.threadcreate).last.provenance)
    if first.0.cpuSecondsPerRound <= 3 * first.1.cpuSecondsPerRound + Self.spare { return nil }
    var pairs: [(own: Double, solution: Double)] = []
    for _ in 0..<3 {
      let pair = try ratio()
      if pair.own <= 3 * pair.solution + Self.spare { return nil }
      pairs.append(pair)
    }
    let last = pairs[pairs.count - 1]
    return .init(
      group: .new, mark: .failed,
      text: String(
        format: "a round takes %.0f ms of the processors, where the solution takes %.0f: %.1f times as much work",
        last.own * 1_000, last.solution * 1_000, last.own / max(last.solution, 1e-6)))
  }

  /// CPU time in seconds by which programs may differ in any case.
  private static let spare = 0.02

  /// A count of which there may be so many, or twice as many as the solution has.
  private func counted(
    _ kind: ProfileKind, allowed: Double, unit: Double = 1, _ what: String, _ count: (Capture) -> Double
  ) throws -> Verdict.Line? {
    let own = count(try runs.own(kind))
    if own <= allowed { return nil }
    let solution = count(try runs.solution(kind).last)
    if own <= 2 * solution { return nil }
    return .init(
      group: .new, mark: .failed,
      text: "\(Int((own / unit).rounded())) \(what) (\(kind.name); the solution: \(Int((solution / unit).rounded())))")
  }
}

extension Profile {
  /// The sum of a sample type; 0 if it has none of the name.
  fileprivate func total(of type: String) -> Double {
    guard let index = sampleTypes.firstIndex(where: { $0.type == type }) else { return 0 }
    return samples.reduce(0) { $0 + Double($1.values[index]) }
  }
}

extension GrowthReport.Suspect {
  /// How much more there is at the end than after the first round; nil if it fell once, or rose but once.
  fileprivate var grown: Double? {
    let settled = values.dropFirst()
    let steps = zip(settled, settled.dropFirst()).map { $1 - $0 }
    guard steps.allSatisfy({ $0 >= 0 }), steps.count(where: { $0 > 0 }) >= 2 else { return nil }
    return Double(steps.reduce(0, +))
  }
}
