import Findings

/// What a trace shows of the habits that findings are of. Their bounds are those of `Finding.Bounds`.
struct TraceFindings {
  typealias Bounds = Finding.Bounds

  var families: [TraceSummary.TaskFamily]
  var calls: [TraceSummary.BlockingCalls]
  var utilisation: Utilisation
  /// How often a task waited for a thread of the pool.
  var readyWaits: Int
  /// By family, the waits for a thread of the pool that were as long as no task should keep one.
  var longReady: [(family: String, times: Distribution)]
  /// How long tasks waited for a thread while one of a family kept one for long, all together.
  var keepers: [(family: String, whileReady: Int64)]
  var actorKeepers: [(family: String, actor: String, keeping: SummaryBuilder.ActorKeeping)]

  /// The gravest first.
  var all: [Finding] {
    (families.flatMap { [neverSuspends($0), tooSmall($0), selfWakes($0), hopsBack($0)].compactMap { $0 } }
      + calls.compactMap(blocksThePool) + actorKeepers.compactMap(keepsActor)
      + [poolStarved, idleWhileReady].compactMap { $0 }).sorted()
  }

  private func neverSuspends(_ family: TraceSummary.TaskFamily) -> Finding? {
    guard family.longRuns > 0 else { return nil }
    return Finding(
      .neverSuspends, subject: family.function, count: family.longRuns,
      measured: [.longest: Int(family.runs.greatest)])
  }

  private func tooSmall(_ family: TraceSummary.TaskFamily) -> Finding? {
    guard CreationSites.isDivision(family.function) else { return nil }
    guard family.ended >= Bounds.tasks, family.small * 3 > family.ended else { return nil }
    return Finding(
      .tooSmall, subject: family.function, count: family.small, measured: [.outOf: family.ended])
  }

  private func selfWakes(_ family: TraceSummary.TaskFamily) -> Finding? {
    guard family.wakeups >= Bounds.wakes, family.selfWakeups * 2 > family.wakeups else { return nil }
    let mean = Int(family.runs.sum) / max(family.runs.count, 1)
    guard mean < Bounds.look else { return nil }
    return Finding(
      .selfWakes, subject: family.function, count: family.selfWakeups,
      measured: [.outOf: family.wakeups, .mean: mean])
  }

  private func hopsBack(_ family: TraceSummary.TaskFamily) -> Finding? {
    let (all, back) = (family.visits, family.visitsBack)
    guard all.count >= Bounds.visits, back.count * 2 >= all.count else { return nil }
    return Finding(
      .hopsBack, subject: family.function, count: back.count,
      measured: [.outOf: all.count, .mean: Int(back.sum) / back.count])
  }

  private func blocksThePool(_ call: TraceSummary.BlockingCalls) -> Finding? {
    guard call.whileReady >= Bounds.blocked, call.longestWhileReady >= Bounds.blocks else { return nil }
    return Finding(
      .blocksThePool, subject: call.function, count: call.times.count,
      measured: [.sum: Int(call.whileReady), .longest: Int(call.longestWhileReady)], on: "\(call.reason)")
  }

  /// Who kept threads the longest from tasks that are not its own, or from any while its own were blocked: more tasks of one
  /// kind than there are processors are no fault.
  private var poolStarved: Finding? {
    let ranked = keepers.sorted { ($1.whileReady, $0.family) < ($0.whileReady, $1.family) }
    for keeper in ranked {
      let blocks = families.contains { $0.function == keeper.family && $0.blocked.greatest >= Bounds.blocks }
      var others = Distribution()
      for waits in longReady where blocks || waits.family != keeper.family { others.add(waits.times) }
      guard others.greatest >= Bounds.starved else { continue }
      return Finding(
        .poolStarved, subject: keeper.family, count: others.count,
        measured: [.longest: Int(others.greatest), .sum: Int(others.sum)])
    }
    return nil
  }

  private var idleWhileReady: Finding? {
    guard utilisation.idleWhileReady >= Bounds.idle, utilisation.idleShare >= Bounds.idleShare else { return nil }
    return Finding(
      .idleWhileReady, subject: families.max { $0.runs.count < $1.runs.count }?.function ?? "", count: readyWaits,
      measured: [.sum: Int(utilisation.idleWhileReady), .whole: Int(utilisation.available)])
  }

  private func keepsActor(
    _ family: String, _ actor: String, _ keeping: SummaryBuilder.ActorKeeping
  ) -> Finding? {
    guard keeping.queued >= Bounds.queued else { return nil }
    return Finding(
      .keepsActor, subject: family, count: keeping.count,
      measured: [.longest: Int(keeping.longest), .sum: Int(keeping.queued)], on: actor)
  }
}
