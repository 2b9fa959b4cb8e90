import Dispatch
import Foundation
import Synchronization

// lesson: begin executor
/// Threads for calls that block. A task that prefers them runs here, and the pool's threads are free for the others.
final class BlockingThreads: TaskExecutor {
  private let line = Line()
  private let count: Int

  init(_ count: Int, name: String) {
    self.count = count
    for _ in 0..<count {
      Thread { [line] in
        Thread.current.name = name
        line.work()
      }.start()
    }
  }

  deinit { line.close(count) }

  func enqueue(_ job: consuming ExecutorJob) {
    line.add(UnownedJob(job), asUnownedTaskExecutor())
  }
}
// lesson: end executor

/// Jobs in the order in which they came, for whichever thread is free.
private final class Line: Sendable {
  private struct Job: Sendable {
    var job: UnownedJob
    var executor: UnownedTaskExecutor
  }

  private let jobs = Mutex<[Job]>([])
  private let some = DispatchSemaphore(value: 0)

  func add(_ job: UnownedJob, _ executor: UnownedTaskExecutor) {
    jobs.withLock { $0.append(Job(job: job, executor: executor)) }
    some.signal()
  }

  /// Ends so many threads, once there is nothing left to do.
  func close(_ threads: Int) {
    for _ in 0..<threads { some.signal() }
  }

  func work() {
    while true {
      some.wait()
      guard let next = jobs.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) else { return }
      next.job.runSynchronously(on: next.executor)
    }
  }
}
