import CProfiler
import Foundation
import Synchronization

/// Waits until the program has come to rest: for half a second none of its threads has done anything to speak of, or would
/// have if it had got a processor.
///
/// Without a thread no task can change its state, so that tasks are at rest, too, whatever is recorded of them. What only
/// sleeps looks the same; a scenario that says that it comes to rest does not.
final class RestWatch: Sendable {
  private let isOver = Atomic(false)

  /// From now on waits on a thread of the profiler's own; once the program is at rest calls `body` there, and ends the
  /// process. Nobody else could: there may be no thread left on which tasks run.
  ///
  /// - Parameter body: Is given what the program took until then. If it throws, the process ends with 1 and says so.
  func start(_ body: @escaping @Sendable (RoundTime) throws -> Void) throws(ScenarioError) {
    let job = Unmanaged.passRetained(Job { self.end(body) })
    let error = lab_thread_detach_own(
      { argument in
        if let argument { Unmanaged<Job>.fromOpaque(argument).takeRetainedValue().run() }
        return nil
      }, job.toOpaque())
    guard error == 0 else {
      job.release()
      throw .cannotWatch("there is no thread to do it (errno \(error))")
    }
  }

  /// The program has come to an end instead.
  func stop() { isOver.store(true, ordering: .releasing) }

  /// Microseconds from one look to the next.
  private static let interval: UInt32 = 50_000
  /// How many looks have to agree. They are counted, not timed: a machine that stood still has not come to rest.
  private static let looks = 10
  /// Nanoseconds of CPU time that count as nothing in that time: the thread on which Dispatch looks after its pool wakes once a
  /// second.
  private static let nothing: UInt64 = 1_000_000

  private func end(_ body: (RoundTime) throws -> Void) {
    do {
      guard let time = try waitForRest() else { return }
      try body(time)
      exit(0)
    } catch {
      ScenarioProcess.complain("\(error)")
      exit(1)
    }
  }

  /// What the program took until it came to rest; nil if it came to an end.
  private func waitForRest() throws -> RoundTime? {
    let start = RoundTime.now()
    var (since, time, agreed) = (try Self.look(), start, 0)
    while agreed < Self.looks {
      usleep(Self.interval)
      if isOver.load(ordering: .acquiring) { return nil }
      let now = try Self.look()
      let isQuiet =
        !now.is_runnable && now.count == since.count && now.cpu_nanoseconds < since.cpu_nanoseconds + Self.nothing
      (since, time, agreed) = isQuiet ? (since, time, agreed + 1) : (now, RoundTime.now(), 0)
    }
    return time - start
  }

  private static func look() throws(ScenarioError) -> lab_threads_sight {
    var sight = lab_threads_sight()
    let error = lab_threads_look(&sight)
    guard error == 0 else { throw .cannotWatch("its threads cannot be looked at (errno \(-error))") }
    return sight
  }
}

/// What a thread is to do, as an object that a C function can be given.
private final class Job: Sendable {
  let run: @Sendable () -> Void
  init(run: @escaping @Sendable () -> Void) { self.run = run }
}
