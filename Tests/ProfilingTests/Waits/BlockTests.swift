import Foundation
import Pprof
import TestSupport
import Testing

@testable import Profiling

/// Waits that were planted, against what the program measured of them by its own clock.
@Suite(.serialized) struct BlockTests {
  /// Each kind of wait: the fact that the program prints, the function it waits in, and the label.
  static let kinds: [(fact: String, function: String, label: String)] = [
    ("semaphore", "waitForSemaphore", "semaphore"), ("condition", "waitForCondition", "condition"),
    ("group", "waitForGroup", "futex"), ("queue", "waitForQueue", "DispatchQueue"), ("lock", "waitForLock", "Mutex"),
    ("sleep", "sleepOn", "sleep"), ("join", "waitForThread", "thread"), ("poll", "pollPipe", "poll"),
    ("read", "readPipe", "read"), ("write", "writePipe", "write"),
  ]

  @Test(arguments: [1, 1_000_000]) func everyWaitIsWhereItWasAndAsLong(rate: Int) throws {
    let misses = try inOneOfThreeRuns {
      let run = try WaitRun("blocks", fraction: rate)
      #expect(run.run.status == 0)
      return Self.kinds.flatMap { kind in
        let measured = run.run.profile?.delay(under: kind.function, waits: kind.label) ?? 0
        return miss(kind.fact, measured, run.truth(kind.fact), within: 0.05)
      }
    }
    #expect(misses.isEmpty, "\(misses)")
  }

  /// A wait is told once, as what it is.
  @Test func aTurnOfAQueueIsNoFutexAsWell() throws {
    let profile = try #require(try WaitRun("blocks").run.profile)
    #expect(profile.delay(under: "waitForQueue", waits: "futex") == 0)
  }

  /// A read of 128 MiB takes tens of milliseconds, and waits for nothing.
  @Test func whatTakesLongWithoutWaitingIsNone() throws {
    let run = try WaitRun("blocks")
    #expect(run.truth("ready") > 1_000_000)
    #expect(run.delay(under: "readWhatIsThere") < 0.5 * run.truth("ready"))
  }

  @Test func loopsThatHaveNothingToDoAreOneFrame() throws {
    let profile = try #require(try WaitRun("idle").run.profile)
    #expect(profile.delay(under: "[idle]") > 0)
    #expect(profile.delay(under: "sleepOn") > 300_000_000)
    #expect(profile.comments.contains { $0.hasPrefix("[idle]: ") })
    let leaves = profile.samples.compactMap { profile.names(of: $0).first }
    #expect(leaves.allSatisfy { !$0.hasPrefix("_dispatch_worker_thread") && !$0.contains("CFRunLoop") }, "\(leaves)")
  }

  /// What lies between a loop's function and the kernel is of the loop; what it runs is not.
  @Test(arguments: [
    (
      "start_thread;SelectableEventLoop.run();Selector.whenReady0(strategy:onLoopBegin:_:);syscall(blocking:where:_:)",
      true
    ),
    ("start_thread;_dispatch_worker_thread;_dispatch_sema4_timedwait", true),
    ("main;CFRunLoopRunSpecific;__CFRunLoopServiceFileDescriptors", true),
    ("start_thread;_dispatch_worker_thread;work();_dispatch_semaphore_wait_slow;_dispatch_sema4_wait", false),
    ("start_thread;Selector.whenReady0(strategy:onLoopBegin:_:);handle()", false), ("main;work()", false),
  ])
  func aLoopsOwnWaitsAreIdle(stack: String, isIdle: Bool) throws {
    var builder = TestSupport.ProfileBuilder("contentions/count", "delay/nanoseconds")
    builder.add(stack, 2, 300)
    var profile = builder.profile
    #expect(profile.takeIdleWaits() == (isIdle ? 300 : 0))
    #expect(profile.samples.map(\.values) == [[2, 300]])
    #expect(profile.names(of: profile.samples[0]).first == "[idle]" || !isIdle)
    try profile.checkValid()
  }

  @Test func aWholeRunIsRecordedByTheEnvironment() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("whole.pb.gz")
    let run = try WaitRun("blocks", fraction: 0, environment: ["LAB_BLOCKPROFILE": path])
    #expect(run.run.status == 0 && run.run.complaint.isEmpty, "\(run.run.complaint)")
    let profile = try Profile(contentsOf: path)
    try profile.checkValid()
    #expect(profile.delay(under: "sleepOn", waits: "sleep") > 0.5 * run.truth("sleep"))
    #expect(profile.sampleTypes.map(\.type) == ["contentions", "delay", "runnable"])
  }
}

extension Profile {
  /// Delay under a function, of waits with that label.
  func delay(under function: String, waits label: String) -> Double {
    var some = self
    some.samples.removeAll { $0.labels["waits"] != [label] }
    return some.delay(under: function)
  }
}
