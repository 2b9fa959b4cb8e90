import Dispatch
import Foundation

// What a capture is to find: a function with three quarters of the processor's time and one with the rest, 4 MiB that
// are held, 25 cycles, two tasks that nobody resumes, one lock that is fought for, and, if asked, a pool without a free
// thread.

@inline(never) func turn(_ count: Int, _ seed: Double) -> Double {
  var sum = seed
  for step in 0..<count { sum = (sum * 1.000001 + Double(step)).truncatingRemainder(dividingBy: 1e9) }
  return sum
}
@inline(never) func often(_ seed: Double) -> Double { turn(3_000_000, seed) + 1 }
@inline(never) func seldom(_ seed: Double) -> Double { turn(1_000_000, seed) - 1 }

final class Parent { var child: Child? }
final class Child { var parent: Parent? }
@inline(never) func leakCycles() {
  for _ in 0..<25 {
    let (parent, child) = (Parent(), Child())
    (parent.child, child.parent) = (child, parent)
  }
}

nonisolated(unsafe) var held: [UInt8] = []
@inline(never) func hold() { held = [UInt8](repeating: 1, count: 4 << 20) }

@inline(never) func waitForNobody() async {
  await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in }
}

let lock = NSLock()
@inline(never) func fight() {
  while true {
    lock.lock()
    usleep(500)
    lock.unlock()
    usleep(10)
  }
}

@main struct Program {
  static func main() async {
    hold()
    leakCycles()
    for _ in 0..<2 { Task { await waitForNobody() } }
    for _ in 0..<2 { Thread.detachNewThread { fight() } }
    if CommandLine.arguments.contains("blocked") {
      let never = DispatchSemaphore(value: 0)
      for _ in 0..<2 * ProcessInfo.processInfo.activeProcessorCount {
        Task {
          blockThread(never)
        }
      }
    }
    print("ready")
    fflush(stdout)
    Thread.detachNewThread {
      var sum = 0.0
      while sum.isFinite { sum = seldom(often(sum)) }
    }
    try? await Task.sleep(for: .seconds(600))
  }
}

@inline(never) func blockThread(_ never: DispatchSemaphore) { never.wait() }
