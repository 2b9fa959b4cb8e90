import Dispatch
import Foundation
import Platform
import Testing

@testable import Profiling

@Suite struct OwnThreadTests {
  /// As many as nobody's pool has threads wait for each other; each has one of its own, or none would go on.
  @Test func noneWaitsForThePool() async {
    let all = max(64, 4 * ProcessInfo.processInfo.activeProcessorCount)
    let gate = Gate(all)
    let numbers = await withTaskGroup(of: Int.self) { group in
      for number in 0..<all {
        group.addTask {
          await onOwnThread {
            gate.pass()
            return number
          }
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(numbers.sorted() == Array(0..<all))
  }

  @Test func whatIsThrownArrives() async {
    await #expect(throws: ProfilingError.noThread) {
      try await onOwnThread { () throws(ProfilingError) -> Int in throw .noThread }
    }
  }

  @Test func theLeakDetectorSaysThatItIsNotArmed() async {
    await #expect(throws: ProfilingError.notArmed) { try await LeakDetector.report() }
  }
}

/// Lets threads pass when as many as it wants have come.
private final class Gate: @unchecked Sendable {
  private var missing: Int
  private let condition = (lock: DispatchSemaphore(value: 1), open: DispatchSemaphore(value: 0))

  init(_ count: Int) { missing = count }

  func pass() {
    condition.lock.wait()
    missing -= 1
    let isLast = missing == 0
    condition.lock.signal()
    if isLast { condition.open.signal() }
    condition.open.wait()
    condition.open.signal()
  }
}
