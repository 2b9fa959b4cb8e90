import CProfiler
import Platform
import Pprof

/// Finds tasks that nothing can ever resume.
///
///     try TaskLeakDetector.arm()              // as the first thing in the program
///     …
///     print(try TaskLeakDetector.report())    // 296 tasks are lost: suspended, and nothing can resume them
///
/// A suspended task goes on when somebody resumes its continuation, when the task or the group that it awaits has ended,
/// or when it is cancelled and has a handler for that. Whoever does so has its address. A report stops the other threads
/// for some milliseconds and looks, as a garbage collector would, for words that lead to each suspended task: from
/// variables, from stacks, from objects, and from tasks that can go on themselves. A `Task` that is kept somewhere is a
/// word that leads to it, too, but can only cancel it. A task without any other is lost, and so are those that await
/// it. Two scans one after the other must say so.
///
/// What is reported is lost; but a task may be lost and not reported, where words look like its address. The technique is
/// that of Go 1.27's `goroutineleak`: G.-V. Saioc and others, Dynamic Partial Deadlock Detection and Recovery via Garbage
/// Collection, ASPLOS 2025.
public enum TaskLeakDetector {
  /// Whether it is made for this platform. Where it is not, `arm` and `report` throw.
  public static var isSupported: Bool { CHalf.isPresent }

  /// Begins to track every allocation and to follow every task; older tasks are never reported.
  ///
  /// What others record already of allocations and tasks is shared with them.
  /// - Throws: `ProfilingError`; then nothing has changed. The program has armed it already, a heap profiler runs that
  ///   does not record every block, or the system refuses.
  public static func arm() throws(ProfilingError) {
    try HeapEngine.sessions.begin(.taskDetector, .everyBlock)
    do {
      try TaskEngine.sessions.begin(.taskDetector, .all)
    } catch {
      try? HeapEngine.sessions.end(.taskDetector) { _ in }
      throw error
    }
  }

  /// Tracks and follows no more, unless somebody else needs it. Does nothing if the program has not armed it.
  public static func disarm() {
    try? TaskEngine.sessions.end(.taskDetector) { _ in }
    try? HeapEngine.sessions.end(.taskDetector) { _ in }
  }

  /// Whether the program has armed it.
  public static var isArmed: Bool {
    HeapEngine.sessions.with(.taskDetector, \.isArmed) ?? false
      && TaskEngine.sessions.with(.taskDetector) { _ in true } ?? false
  }

  /// Scans now, twice.
  ///
  /// - Parameter patience: How long a thread may take to stand still before a scan is given up.
  /// - Complexity: Each pause is about 0.2 µs a live block.
  public static func report(patience: Duration = .milliseconds(500)) throws(ProfilingError) -> TaskLeakReport {
    guard CHalf.isPresent else { throw .unsupportedPlatform }
    guard isArmed else { throw .notArmed }
    return TaskLeakReport(try find(patience: patience))
  }

  /// Scans now, from a thread of its own, so that the pool's are free for the program's tasks when they go on.
  public static func report(patience: Duration = .milliseconds(500)) async throws(ProfilingError) -> TaskLeakReport {
    try await onOwnThread { () throws(ProfilingError) in try report(patience: patience) }
  }

  /// The lost tasks, where everything is tracked and followed.
  static func find(patience: Duration = .milliseconds(500)) throws(ProfilingError) -> LostTasks {
    guard lab_tasks_are_followed() else { throw .tasksNotFollowed }
    lab_heap_ignore_begin()
    defer { lab_heap_ignore_end() }
    guard TaskTrials.knowCancellation else { throw .unknownTaskLayout }
    var lost = try look(patience)
    guard !lost.ids.isEmpty else { return lost }
    // Time enough for whatever was on its way.
    usleep(20_000)
    lost.confirm(try look(patience, lost.ids))
    return lost
  }

  private static func look(_ patience: Duration, _ ids: Set<UInt64>? = nil) throws(ProfilingError) -> LostTasks {
    lab_leaks_clear_stack()
    // Naming leaves addresses of tasks on the stack, which would keep them.
    defer { lab_leaks_clear_stack() }
    return try scan(patience, ids)
  }

  /// Apart, so that its frame lies where the stack was cleared.
  @inline(never)
  private static func scan(_ patience: Duration, _ ids: Set<UInt64>?) throws(ProfilingError) -> LostTasks {
    LostTasks(try TaskLeakScan(patience: patience, among: ids))
  }
}
