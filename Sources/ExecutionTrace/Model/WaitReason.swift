/// Why a task is suspended, or a thread blocked.
///
/// The numbers are those of the file format.
public enum WaitReason: UInt8, Sendable, CaseIterable {
  /// The task could go on at once, or the thread waits for nothing.
  case nothing
  /// For another task's value.
  case task
  /// For whoever has the continuation to resume it.
  case continuation
  /// For the next child of a group, or for all of them.
  case group
  /// For an actor.
  case actor
  /// For another executor that runs one job at a time.
  case executor
  /// For a time.
  case sleep
  /// For the next element of a stream.
  case stream
  /// For a lock.
  case lock
  /// For a semaphore.
  case semaphore
  /// For a condition.
  case condition
  /// For a turn on a queue, or for a group of blocks.
  case queue
  /// For something to read.
  case read
  /// For room to write.
  case write
  /// For a connection.
  case network
  /// For one of several descriptors.
  case poll
  /// For the end of a thread or a process.
  case join
  /// For nothing but its next turn: it let others run.
  case yield
  /// For something else.
  case other
}
