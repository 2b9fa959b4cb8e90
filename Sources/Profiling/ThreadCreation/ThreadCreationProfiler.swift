import CProfiler
import Pprof

/// Counts every thread that is made, by the stack that made it.
///
///     try ThreadCreationProfiler.start()
///     …
///     let profile = ThreadCreationProfiler.snapshot()
///
/// Threads that have ended count like those that run: a profile tells who makes threads, not how many there are. It is
/// exact. Threads that the C library makes for itself, and those of a bare `clone`, are not seen; nor are the profiler's
/// own.
///
/// A pool such as libdispatch's makes the first thread where work is handed over; most others are made by its threads, which
/// find more work than they can do. The stack that made such a thread goes on, beyond `start_thread`, with that of whoever
/// made the pool's first.
///
/// While it runs, making a thread takes some microseconds more. Several may count at once: the environment, by
/// `LAB_THREADCREATEPROFILE`, from before `main`, and the program.
public enum ThreadCreationProfiler {
  /// Whether it is made for this platform. Where it is not, `start` throws, and the rest does nothing.
  public static var isSupported: Bool { CHalf.isPresent }

  /// Begins to count.
  /// - Throws: `ProfilingError` if the program has begun already, or if it is built with a sanitizer.
  public static func start() throws(ProfilingError) { try ThreadCreationEngine.sessions.begin(.program, ()) }

  /// Counts no more, and forgets what was counted. Does nothing if the program has not started it.
  public static func stop() { try? ThreadCreationEngine.sessions.end(.program) { _ in } }

  /// Whether the program has started it.
  public static var isRunning: Bool { ThreadCreationEngine.sessions.with(.program) { _ in true } ?? false }

  /// The threads made since the start; goes on. In the child of a fork: those that the child has made. Empty when not
  /// running.
  public static func snapshot() -> Profile {
    HeapProfiler.withoutRecording { (try? look(.program))?.profile ?? Profile() }
  }

  /// The same, made on a thread of its own, so that the pool's are free for the program's tasks.
  public static func snapshot() async -> Profile {
    // What is in it is what there is here and now. Nothing here throws.
    let made = HeapProfiler.withoutRecording { try? look(.program) }
    return await onOwnThread { HeapProfiler.withoutRecording { made?.profile ?? Profile() } }
  }

  /// What was made in a session that goes on.
  static func look(_ owner: SessionOwner) throws(ProfilingError) -> ThreadsMade {
    try ThreadCreationEngine.sessions.look(owner, \.made)
  }
}

extension ThreadsMade {
  /// In pprof's words.
  var profile: Profile {
    let type = ValueType(type: "threadcreate", unit: "count")
    var builder = ProfileBuilder(sampleTypes: [type])
    for (stack, count) in stacks.sorted(by: { $0.key < $1.key }) { builder.add(stack: stack, values: [Int64(count)]) }
    var profile = builder.finish()
    let now = nanosecondsSinceEpoch()
    profile.periodType = type
    profile.period = 1
    profile.timeNanoseconds = now
    profile.durationNanoseconds = now - beganAt
    profile.comments = ["\(count) threads were made, whether they still run or not"]
    if refused > 0 { profile.comments.append("refused by the system: \(refused) more") }
    profile.comments += losses.comments(of: "threadcreate")
    if let complaint = LabelReader.complaint { profile.comments.append(complaint) }
    return profile
  }
}
