// A little of everything that is recorded, each in a function that its profile has to name. Not built for the profiler.
import Glibc

final class Parent {
  var child: Child?
  let room = [UInt64](repeating: 7, count: 64)
}
final class Child { var parent: Parent? }

@inline(never) func leaksCycles() {
  for _ in 0..<50 {
    let parent = Parent(), child = Child()
    (parent.child, child.parent) = (child, parent)
  }
}

@inline(never) func burnsTime(_ seconds: Double) -> UInt64 {
  var sum: UInt64 = 1
  let end = clock() + Int(seconds * Double(CLOCKS_PER_SEC))
  while clock() < end { for i in 0..<2_000 { sum = sum &* 31 &+ UInt64(i) } }
  return sum
}

@inline(never) func keepsBlocks() -> [UnsafeMutableRawPointer?] { (0..<1_000).map { _ in malloc(4_096) } }

nonisolated(unsafe) var mutex = pthread_mutex_t()
nonisolated(unsafe) var isHeld = sem_t()

@inline(never) func holdsMutex() {
  pthread_mutex_lock(&mutex)
  sem_post(&isHeld)
  usleep(100_000)
  pthread_mutex_unlock(&mutex)
}

@inline(never) func makesThread() -> pthread_t {
  var thread = pthread_t()
  pthread_create(&thread, nil, { _ in holdsMutex(); return nil }, nil)
  return thread
}

@inline(never) func waitsForMutex() {
  pthread_mutex_init(&mutex, nil)
  sem_init(&isHeld, 0, 0)
  let thread = makesThread()
  sem_wait(&isHeld)
  pthread_mutex_lock(&mutex)
  pthread_mutex_unlock(&mutex)
  pthread_join(thread, nil)
}

actor Gate {
  private var waiting: [CheckedContinuation<Void, Never>] = []
  var count: Int { waiting.count }
  func pass() async { await withCheckedContinuation { waiting.append($0) } }
}

@inline(never) func makesWaiting(_ gate: Gate) { for _ in 0..<3 { Task { await gate.pass() } } }

@main struct Kinds {
  /// Whatever is said stays alive until it is over. With an argument it then stays for that many seconds.
  static func main() async throws {
    let gate = Gate(), kept = keepsBlocks()
    leaksCycles()
    waitsForMutex()
    makesWaiting(gate)
    while await gate.count < 3 { try await Task.sleep(nanoseconds: 1_000_000) }
    let sum = await withTaskGroup(of: UInt64.self) { group in
      for _ in 0..<4 { group.addTask { burnsTime(0.1) } }
      return await group.reduce(0, &+)
    }
    print("ready", kept.count, sum != 0)
    fflush(stdout)
    if CommandLine.arguments.count > 1 { try await Task.sleep(nanoseconds: 1_000_000_000 * (UInt64(CommandLine.arguments[1]) ?? 1)) }
    withExtendedLifetime((gate, kept)) {}
  }
}
