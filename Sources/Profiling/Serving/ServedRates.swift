/// What is recorded of a program for whoever may ask for it while it runs.
public struct ServedRates: Sendable, Hashable {
  /// One sample of the heap every so many bytes; nil: none are taken.
  public var heap: ByteCount? = HeapProfiler.defaultRate
  /// Waits that last as long are all recorded, shorter ones the less often; nil: none are.
  public var block: Duration?
  /// Of so many contentions one is recorded; nil: none is.
  public var mutex: Int?
  /// Whether tasks are followed.
  public var tasks = true
  /// Whether threads are counted by who makes them.
  public var threadCreation = true
  /// Whether every allocation is tracked, so that retain cycles can be found; the heap's rate is then one byte.
  public var leaks = false
  /// The same, so that tasks can be found that nothing can resume.
  public var taskLeaks = false

  /// What costs little: the heap at its usual rate, tasks and threads.
  public init() {}
}
