// Addresses in the stacks of suspended tasks that lie on the stacks of threads. A thread of the pool has such words of the
// tasks it has run, in frames that have not been filled since; here threads have them for good.
import Dispatch
import Platform
import Synchronization

/// A thread that has an address on its stack and sleeps for ever.
private enum AddressHolder {
  private final class Errand: Sendable {
    /// Or it would be an address wherever the errand lies.
    let disguised: UInt
    let isDone = Atomic<Bool>(false)
    init(_ address: UInt) { disguised = address << 1 }
  }

  /// Comes back when the thread has the address.
  static func keep(_ address: UInt) {
    let errand = Errand(address)
    var thread = pthread_t()
    pthread_create(
      &thread, nil,
      { argument -> UnsafeMutableRawPointer? in
        if let argument { AddressHolder.stand(Unmanaged<Errand>.fromOpaque(argument).takeRetainedValue()) }
        return nil
      }, Unmanaged.passRetained(errand).toOpaque())
    while !errand.isDone.load(ordering: .acquiring) { sched_yield() }
  }

  private static func stand(_ errand: Errand) {
    withUnsafeTemporaryAllocation(of: UInt.self, capacity: 8) { words in
      words.initialize(repeating: errand.disguised >> 1)
      _ = escaping(UnsafeMutableRawPointer(words.baseAddress))
      errand.isDone.store(true, ordering: .releasing)
      while true { pause() }
    }
  }
}

/// Its task has variables for which the first piece of a task's stack has no room.
final class Dreamer: @unchecked Sendable {
  var task: Task<Void, Never>?
  var continuation: CheckedContinuation<Void, Never>?

  func fallAsleep() {
    tasksOnTheWay.add(1, ordering: .relaxed)
    task = Task { await self.dream() }
  }

  private func dream() async {
    var scene = InlineArray<160, UInt>(repeating: 0)
    withUnsafeMutableBytes(of: &scene) { AddressHolder.keep(UInt(bitPattern: $0.baseAddress)) }
    await withCheckedContinuation {
      continuation = $0
      tasksOnTheWay.subtract(1, ordering: .relaxed)
    }
    withUnsafeMutableBytes(of: &scene) { lastSeen.store(UInt($0[0]), ordering: .relaxed) }
  }
}

let bystanderShapes = [
  Shape("task with a thread that has an address in its stack", ["Dreamer": 1], path: nil) { Dreamer().fallAsleep() }
]

let bystanderControls = [
  Control("task in its maker's stack, with a continuation that a thread's stack has") {
    tasksOnTheWay.add(1, ordering: .relaxed)
    Task {
      let box = KeptBox()
      async let answer: Void = keepContinuationOnStack()
      await answer
      withExtendedLifetime(box.object) {}
    }
  },
  Control("libdispatch's spent continuations") {
    let group = DispatchGroup()
    for _ in 0..<200 { DispatchQueue.global().async(group: group) { [box = KeptBox()] in _ = box.object.text } }
    group.wait()
  },
]

private func keepContinuationOnStack() async {
  let box = KeptBox()
  await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
    AddressHolder.keep(unsafeBitCast(continuation, to: UInt.self))
    tasksOnTheWay.subtract(1, ordering: .relaxed)
  }
  withExtendedLifetime(box.object) {}
}
