import Dispatch
import Synchronization

/// Makes `count` results on all cores, in order. Each worker takes the next index when it is free.
func inParallel<Result: Sendable>(_ count: Int, _ make: @Sendable (Int) -> Result) -> [Result] {
  let workers = min(count, max(1, ProcessorCount.online))
  guard workers > 1 else { return (0..<max(0, count)).map(make) }
  let next = Atomic(0)
  let results = Mutex<[Result?]>(Array(repeating: nil, count: count))
  DispatchQueue.concurrentPerform(iterations: workers) { _ in
    while true {
      let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
      guard index < count else { return }
      let result = make(index)
      results.withLock { $0[index] = result }
    }
  }
  return results.withLock { $0.compactMap { $0 } }
}
