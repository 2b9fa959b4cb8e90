import TestSupport
import Testing

/// What C programs may do with locks comes out as it does without a profiler, whoever waits.
@Suite(.serialized) struct LockBadDayTests {
  @Test(arguments: [
    "recursive", "checking", "robust", "inheriting", "timed", "cancelled", "destroyed", "forked", "signalled",
    "crowded",
  ])
  func locksDoAsWithoutAProfiler(call: String) throws {
    let run = try WaitRun("calls-\(call)")
    #expect(run.run.status == 0, "\(call): \(run.run.complaint)")
    #expect(run.run.fact(call) == 1, "\(call)")
    #expect(run.run.profile != nil)
  }

  /// The inner unlock of a recursive mutex gives nothing back: nobody is blamed for it.
  @Test func anInnerUnlockIsNotBlamed() throws {
    let profile = try #require(try WaitRun("calls-recursive").run.profile)
    #expect(profile.delay(under: "contend") > 0)
    #expect(profile.delay(under: "lock_again") == 0)
  }
}
