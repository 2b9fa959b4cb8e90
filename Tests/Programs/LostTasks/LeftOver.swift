import LeftOverWords
import Platform
import Synchronization

// What is left over where nobody uses it: on the stacks of the pool's threads that wait for work, in what libdispatch keeps
// for later, and in malloc's lists of what is free.

// MARK: - On stacks of the pool

/// Something that is leaked, and owned by nobody.
final class LostBox {
  private let value = 7
}

/// Leaves the addresses of lost tasks, or of leaked boxes, on the stacks of as many threads of the pool. Returns on how many
/// they lie while these wait for work.
func plantOnIdleStacks(tasks: Bool) -> Int {
  let count = 4
  if tasks {
    plant("lost on an idle stack", count) { name in parkNoted(name) }
  } else {
    onThreadThatEnds {
      for _ in 0..<count { note(UInt(bitPattern: Unmanaged.passRetained(LostBox()).toOpaque())) }
    }
  }
  while addresses.withLock({ $0.count }) < count { usleep(1000) }
  onThreadThatEnds {
    let changed = addresses.withLock { $0 }
    // The first call of a function by which a thread goes to sleep has the linker find it, which keeps the processor's state
    // on the stack: on some as much as there was left.
    for _ in 0..<50 where found.load(ordering: .relaxed) < count {
      leave_on_idle_stacks(changed, Int32(changed.count))
      for _ in 0..<20 where found.load(ordering: .relaxed) < count {
        usleep(5000)
        found.store(Int(count_on_idle_stacks(changed, Int32(changed.count))), ordering: .relaxed)
      }
    }
  }
  return found.load(ordering: .relaxed)
}

// MARK: - In unused continuations of libdispatch

/// Has threads of the pool keep continuations of libdispatch, from before anything is tracked.
func warmUp() async {
  for _ in 0..<3 {
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<200 { group.addTask { await Task.yield() } }
    }
  }
}

/// Tasks that went through them: made on a thread that has kept some.
func plantAfterOthers() {
  let count = 100
  planted["lost after others", default: 0] += count
  Task { for _ in 0..<count { Task(name: "lost after others") { await park() } } }
}

// MARK: - Before free chunks of memory

/// Tasks whose stacks are followed by what is free: the address of such a chunk is that of a block's last word. Returns how
/// many there are.
func plantBeforeFreeChunks() -> Int {
  let count = 500
  // On the spot, for a thread of the pool is told by a block, which would lie behind the task's.
  let executor = ExecutorOnTheSpot()
  plant("lost before a free chunk", count) { name in
    parkNoted(name, executor)
    _ = new_filler()
  }
  while addresses.withLock({ $0.count }) < count { usleep(1000) }
  onThreadThatEnds {
    let changed = addresses.withLock { $0 }
    found.store(Int(free_fillers_behind(changed, Int32(changed.count))), ordering: .relaxed)
  }
  return found.load(ordering: .relaxed)
}

// MARK: - Addresses

/// Changed, so that nothing takes them for such.
private let addresses = Mutex<[UInt]>([])
private let found = Atomic<Int>(0)

@inline(never) private func note(_ address: UInt) { addresses.withLock { $0.append(address ^ UInt(WORD_CHANGE)) } }

/// Makes a lost task, and notes its address: that is what a continuation is.
@inline(never) private func parkNoted(_ name: String, _ executor: ExecutorOnTheSpot? = nil) {
  Task(name: name, executorPreference: executor) {
    await withUnsafeContinuation { (continuation: Continuation) in note(unsafeBitCast(continuation, to: UInt.self)) }
  }
}
