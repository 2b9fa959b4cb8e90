import Platform
import Synchronization

typealias Continuation = UnsafeContinuation<Void, Never>
typealias Handle = Task<Void, Never>

/// How many tasks there are of each name.
nonisolated(unsafe) var planted: [String: Int] = [:]
/// The name of those without one: the children of `async let`, of which all are lost.
let unnamed = "unnamed"

/// Waits for what nobody can resume.
@inline(never) func park() async { await withUnsafeContinuation { (_: Continuation) in } }

/// Waits for what nobody can resume, but to be cancelled.
@inline(never) func parkUntilCancelled() async {
  let box = ContinuationBox()
  await withTaskCancellationHandler {
    await withUnsafeContinuation { box.continuation = $0 }
  } onCancel: {
    box.continuation?.resume()
  }
}

/// The same, where the handler does nothing.
@inline(never) func parkUntilTold() async {
  await withTaskCancellationHandler(operation: park) { told.add(1, ordering: .relaxed) }
}
let told = Atomic<Int>(0)

final class ContinuationBox: @unchecked Sendable { var continuation: Continuation? }

/// Makes tasks of one name on a thread that ends: on the pool's and on the main thread's stack nothing is left of them.
@inline(never) func plant(_ name: String, _ count: Int = 3, _ make: @escaping @Sendable (String) -> Void) {
  planted[name, default: 0] += count
  onThreadThatEnds { for _ in 0..<count { make(name) } }
}

@inline(never) func onThreadThatEnds(_ body: @escaping @Sendable () -> Void) {
  let job = Unmanaged.passRetained(Job(body))
  var thread = pthread_t()
  pthread_create(
    &thread, nil,
    { argument in
      let argument: UnsafeMutableRawPointer? = argument
      if let argument { Unmanaged<Job>.fromOpaque(argument).takeRetainedValue().run() }
      return nil
    }, job.toOpaque())
  pthread_join(thread, nil)
}

/// Runs a task where it is made, until it is suspended for the first time.
final class ExecutorOnTheSpot: TaskExecutor {
  func enqueue(_ job: consuming ExecutorJob) { job.runSynchronously(on: asUnownedTaskExecutor()) }
}

private final class Job: Sendable {
  let run: @Sendable () -> Void
  init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}

func plantAll() {
  // First: a value in an existential leaves words of the stack behind it, and so what was there before in a variable.
  plantPlaces()
  plantContinuationsBesideHandles()
  plantForgotten()
  plantHandles()
  plantFamilies()
  plantStreams()
  plantKeptContinuations()
  plantLiving()
}
