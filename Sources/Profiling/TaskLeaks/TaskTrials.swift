import CProfiler

/// Whether the runtime keeps of tasks what is read of them where it is known to be. That is private to it, so it is tried.
enum TaskTrials {
  /// What is to be run when a task is cancelled: a task is run on the spot, and its list of records must get one while it
  /// is inside `withTaskCancellationHandler`, and lose it again.
  static let knowCancellation: Bool = {
    guard isLaidOutAsKnown else { return false }
    let trial = Trial()
    _ = Task(executorPreference: InlineExecutor()) {
      trial.before = handlers()
      await withTaskCancellationHandler {
        trial.within = handlers()
      } onCancel: {
      }
      trial.after = handlers()
    }
    return trial.before == 0 && trial.within == 1 && trial.after == 0
  }()

  /// How many handles there are of a task that is suspended: a strong reference each, beside its own.
  static let knowHandles: Bool = {
    guard isLaidOutAsKnown else { return false }
    let trial = Trial()
    var handles = [
      Task(executorPreference: InlineExecutor()) {
        await withUnsafeContinuation { trial.continuation = $0 }
      }
    ]
    guard let continuation = trial.continuation else { return false }
    let address = unsafeBitCast(handles[0], to: UInt.self)
    let atFirst = more(at: address)
    handles += Array(repeating: handles[0], count: 3)
    let then = more(at: address)
    continuation.resume()
    return handles.count == 4 && atFirst == 1 && then == 4 && withoutHandles == 0
  }()

  /// The same of a task that nobody has a handle of.
  private static var withoutHandles: UInt? {
    let trial = Trial()
    _ = Task(executorPreference: InlineExecutor()) {
      trial.address = withUnsafeCurrentTask { $0.map { unsafeBitCast($0, to: UInt.self) } }
      await withUnsafeContinuation { trial.continuation = $0 }
    }
    defer { trial.continuation?.resume() }
    return trial.address.flatMap(more)
  }

  private static var isLaidOutAsKnown: Bool { lab_runtime_tasks().size == UInt32(LAB_TASK_LOCALS_SIZE) }

  /// Filled in by a task that is not running when it is read.
  private final class Trial: @unchecked Sendable {
    var before: Int?
    var within: Int?
    var after: Int?
    var continuation: UnsafeContinuation<Void, Never>?
    var address: UInt?
  }

  /// How many of the running task's records are cancellation handlers; nil if its list cannot be read.
  private static func handlers() -> Int? {
    withUnsafeCurrentTask { task in
      guard let task else { return nil }
      var record = word(at: unsafeBitCast(task, to: UInt.self) + UInt(LAB_TASK_RECORDS))
      var count = 0
      for _ in 0..<64 {
        guard let found = record else { return nil }
        if found == 0 { return count }
        guard let kind = word(at: found + UInt(LAB_RECORD_KIND)) else { return nil }
        if kind & 0xff == UInt(LAB_RECORD_ON_CANCEL) { count += 1 }
        record = word(at: found + UInt(LAB_RECORD_NEXT))
      }
      return nil
    }
  }

  /// Strong references beside the first, as the counts of a task say that nothing refers to weakly.
  private static func more(at task: UInt) -> UInt? { word(at: task + 8).map { $0 >> 33 & 0x3fff_ffff } }

  private static func word(at address: UInt) -> UInt? {
    withUnsafeTemporaryAllocation(of: UInt.self, capacity: 1) { word in
      lab_read_memory(address, word.baseAddress, 8) ? word[0] : nil
    }
  }
}
