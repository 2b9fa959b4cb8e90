import CProfiler

/// What the CPU profiler has done since its last start, losses included.
public struct CPUStatistics: Sendable, Hashable {
  /// Stacks taken.
  public var samples: Int
  /// Periods of CPU time that they stand for: a late signal stands for several.
  public var weight: Int
  /// Weight whose stack was lost because the buffer was full.
  public var lost: Int
  /// Weight whose stack was so deep that frames in its middle are left out.
  public var truncated: Int
  /// Weight whose stack reaches neither `main` nor a thread's start nor a task's root.
  public var unresolved: Int
  /// Weight that came after the table of distinct stacks was full.
  public var overflowed: Int
  /// Weight charged to a thread's start function because the thread ended before its signal came.
  public var chargedAtExit: Int
  /// Weight of threads that blocked SIGPROF, whose stacks could not be taken.
  public var blocked: Int
  /// Weight whose stack is, in its lower part, a chain of awaiting functions.
  public var async: Int
  /// Time spent in the signal handler in all, as the clock on the wall has it.
  public var handlerTime: Duration
  /// Time that half of the handlers took less than, to 50 ns.
  public var medianHandlerTime: Duration
  /// Frames walked.
  public var frames: Int
  /// Threads that got a timer.
  public var threads: Int
  /// Threads that the kernel refused a timer.
  public var threadsMissed: Int
  /// Distinct stacks, and the bytes that hold them.
  public var stacks: Int
  /// Bytes of the table of distinct stacks.
  public var stackBytes: Int
  /// Loaded modules that the unwinder knows.
  public var tableModules: Int
  /// Rows of the unwind table.
  public var tableRows: Int
  /// Bytes of the unwind table.
  public var tableBytes: Int
  /// Time the unwind table took to build, last time that anything was loaded.
  public var tableBuildTime: Duration
  /// Async functions that the unwinder can tell.
  public var asyncFunctions: Int
  /// The `errno` of the last timer refused; 0: none.
  var lastError: Int32
  /// How the program took SIGPROF while the profiler ran, which ended the sampling.
  var displaced: lab_cpu_displaced

  /// What was lost, as the profile's comments say it.
  let losses: Losses

  init(_ cpu: CPUCounts, _ unwind: lab_unwind_statistics) {
    losses = cpu.losses
    lost = Int(losses[LAB_LOSS_cpu_buffer_full])
    truncated = Int(losses[LAB_LOSS_cpu_truncated])
    unresolved = Int(losses[LAB_LOSS_cpu_unresolved])
    overflowed = Int(losses[LAB_LOSS_cpu_table_full])
    chargedAtExit = Int(losses[LAB_LOSS_cpu_ended])
    blocked = Int(losses[LAB_LOSS_cpu_blocked])
    threadsMissed = Int(losses[LAB_LOSS_cpu_no_timer])
    let cpu = cpu.sampler
    samples = Int(cpu.samples)
    weight = Int(cpu.weight)
    async = Int(cpu.async)
    handlerTime = .nanoseconds(Int64(cpu.handler_nanoseconds))
    medianHandlerTime = .nanoseconds(Int64(cpu.handler_median))
    frames = Int(cpu.frames)
    threads = Int(cpu.threads)
    stacks = Int(cpu.stacks)
    stackBytes = Int(cpu.bytes)
    tableModules = Int(unwind.modules)
    tableRows = Int(unwind.rows)
    tableBytes = Int(unwind.bytes)
    tableBuildTime = .nanoseconds(Int64(unwind.build_nanoseconds))
    asyncFunctions = Int(unwind.async_functions)
    lastError = cpu.last_error
    displaced = cpu.displaced
  }
}
