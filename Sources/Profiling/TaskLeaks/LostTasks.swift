import CProfiler

/// The lost tasks of one scan, or of two, and what could not be told.
struct LostTasks: Sendable {
  private(set) var ids: Set<UInt64>
  /// How many tasks were suspended.
  private(set) var suspended: Int
  /// How many of these are taken for alive for words on stacks alone.
  private(set) var unproven: Int
  /// How many of the lost ones a handle leads to, by its place: `Service.tasks[…]`.
  private(set) var handles: [String: Int]
  /// Suspended tasks that are older than the tracking.
  private(set) var untracked: Int
  /// How long the threads stood still, each time.
  private(set) var pauses: [Duration]
  /// Of memory that is shared by way of files, what was not looked at.
  private(set) var unreadBytes: Int
  /// Sleeping threads whose registers are not known.
  private(set) var unreadableThreads: Int

  init(_ scan: TaskLeakScan) {
    let reachability = TaskReachability(scan)
    ids = Set(reachability.lost.map { scan.tasks[$0].id })
    suspended = scan.tasks.count { $0.is_suspended } + scan.untracked
    unproven = reachability.unproven
    handles = reachability.handles
    untracked = scan.untracked
    unreadBytes = Int(scan.facts.unread_bytes)
    unreadableThreads = Int(scan.facts.unreadable_threads)
    pauses = [.nanoseconds(Int64(clamping: scan.facts.pause_nanoseconds))]
  }

  /// Keeps what another scan says as well, that had only these in question.
  mutating func confirm(_ second: LostTasks) {
    ids.formIntersection(second.ids)
    handles = second.handles
    pauses += second.pauses
    unreadBytes = max(unreadBytes, second.unreadBytes)
    unreadableThreads = max(unreadableThreads, second.unreadableThreads)
  }
}
