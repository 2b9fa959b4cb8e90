import CProfiler
import Leaks
import Platform

/// Finds retain cycles and lost memory in the running program.
///
///     try LeakDetector.arm()              // as the first thing in the program
///     …
///     print(try LeakDetector.report())    // Session.onClose → closure capturing Session → Session
///
/// Once armed, every allocation is tracked with its stack. A report stops the other threads for some milliseconds and
/// scans memory as a garbage collector would: a block that no root leads to is leaked. The program is as it was before,
/// and the leaked blocks stay. Whoever slept sleeps on; but a `usleep` begins anew, and a `poll` or `epoll_wait` with a
/// limit of time ends early (`EINTR`).
///
/// The scan is conservative: a number that looks like an address counts as a reference, so a leaked block may be missed
/// now and then, but what is reported is leaked.
public enum LeakDetector {
  /// Whether it is made for this platform. Where it is not, `arm` and `report` throw.
  public static var isSupported: Bool { CHalf.isPresent }

  /// Begins to track every allocation; blocks from before count as roots, for they are not tracked.
  ///
  /// Where a heap profiler records every block already, its tracking is shared.
  /// - Throws: `ProfilingError`; then nothing has changed. The program has armed it already, a heap profiler runs that does not
  ///   record every block, or the system refuses.
  public static func arm() throws(ProfilingError) { try HeapEngine.sessions.begin(.detector, .everyBlock) }

  /// Tracks no more and forgets what was tracked, unless somebody else needs it. Does nothing if the program has not
  /// armed it.
  public static func disarm() { try? HeapEngine.sessions.end(.detector) { _ in } }

  /// Whether the program has armed it. A heap profiler that records every block does not arm it.
  public static var isArmed: Bool { HeapEngine.sessions.with(.detector, \.isArmed) ?? false }

  /// Scans now.
  ///
  /// - Parameters:
  ///   - patience: How long a thread may take to stand still before the scan is given up.
  ///   - age: Which blocks are left out for being young, if any.
  /// - Complexity: The pause is about 0.1 µs a live block; naming takes about 0.5 µs a reference between leaked blocks.
  public static func report(
    patience: Duration = .milliseconds(500), leavingOut age: LeakAge? = nil
  ) throws(ProfilingError) -> LeakReport {
    guard CHalf.isPresent else { throw .unsupportedPlatform }
    guard isArmed else { throw .notArmed }
    return try reportOfSession(patience: patience, leavingOut: age)
  }

  /// Scans now, from a thread of its own, so that the pool's are free for the program's tasks when they go on.
  /// - Throws: `ProfilingError` if it is not armed or the threads cannot be stopped.
  public static func report(
    patience: Duration = .milliseconds(500), leavingOut age: LeakAge? = nil
  ) async throws(ProfilingError) -> LeakReport {
    guard CHalf.isPresent else { throw .unsupportedPlatform }
    guard isArmed else { throw .notArmed }
    return try await onOwnThread { () throws(ProfilingError) in
      try reportOfSession(patience: patience, leavingOut: age)
    }
  }

  /// The same for whoever has armed it.
  static func reportOfSession(
    patience: Duration = .milliseconds(500), leavingOut age: LeakAge? = .ofEnvironment
  ) throws(ProfilingError) -> LeakReport {
    HeapProfiler.withoutRecording {
      var program = ProgramRuntime()
      program?.describeToScan()
    }
    lab_leaks_clear_stack()
    // Naming leaves addresses of leaked blocks on the stack, too: for the next scan they would be the caller's.
    defer { lab_leaks_clear_stack() }
    return try scanAndReport(patience, age)
  }

  /// Apart, so that its frame lies where the stack was cleared.
  @inline(never)
  private static func scanAndReport(_ patience: Duration, _ age: LeakAge?) throws(ProfilingError) -> LeakReport {
    let start = ContinuousClock.now
    let scan = try LeakScan(patience: patience, age: age)
    let graph = LeakGraph(scan)
    var builder = LeakReportBuilder(graph)
    let (cycles, lost) = builder.findings()
    let facts = scan.facts
    let (seconds, attoseconds) = (ContinuousClock.now - start).components
    var report = LeakReport(
      program: CommandLine.arguments.first ?? "", cycles: cycles, lost: lost,
      scan: LeakScanFacts(
        liveBlocks: Int(facts.live_blocks), liveBytes: Int(facts.live_bytes), leakedBlocks: facts.block_count,
        leakedBytes: scan.blocks.reduce(0) { $0 + Int($1.size) }, rootBytes: Int(facts.root_bytes),
        threads: Int(facts.threads), pauseNanoseconds: Int(facts.pause_nanoseconds),
        totalNanoseconds: Int(seconds) * 1_000_000_000 + Int(attoseconds / 1_000_000_000)),
      notes: LeakNotes.sentences(facts, graph) + lateness)
    report.scan.lostTasks = graph.lostTasks
    return report
  }

  private static var lateness: [String] {
    guard HeapEngine.sessions.with(.detector, \.followsOlder) == true else { return [] }
    return [
      "A heap profiler recorded every block before the detector was armed; addresses left over in blocks from that time "
        + "may hide leaks."
    ]
  }
}
