import Foundation
import Pprof
import TestSupport
import Testing

@testable import Profiling

/// Contention that was planted, against what the program measured of it by its own clock.
@Suite(.serialized) struct ContentionTests {
  static let primitives = ["mutex", "nslock", "nsrecursive", "pthread", "rwlock", "queue"]

  /// The delay of each kind of lock, and whom it is charged to, for two threads.
  @Test(arguments: primitives) func plantedDelayIsChargedToWhoHeldTheLock(primitive: String) throws {
    let misses = try inOneOfThreeRuns {
      let run = try WaitRun("convoy-\(primitive)-2")
      #expect(run.run.status == 0)
      return miss("long", run.delay(under: "holdLong"), run.truth("long"), within: 0.05)
        + miss("all", run.delay(), run.truth("long"), within: 0.05)
        + miss("by waiter", run.byWaiter?.delay(under: "holdShort") ?? 0, run.truth("long"), within: 0.05)
    }
    #expect(misses.isEmpty, "\(primitive): \(misses)")
  }

  /// In a convoy the one who held it long is to blame, though others wake those who wait: within five points.
  @Test(arguments: primitives, [4, 16, 64]) func blameInAConvoyIsTrue(primitive: String, threads: Int) throws {
    let misses = try inOneOfThreeRuns {
      let run = try WaitRun("convoy-\(primitive)-\(threads)")
      let total = run.truth("long") + run.truth("short"), measured = run.delay()
      let share = run.delay(under: "holdLong") / measured, truth = run.truth("long") / total
      let isNear = abs(share - truth) <= 0.05
      return miss("all", measured, total, within: 0.05) + (isNear ? [] : ["share of long: \(share), truly \(truth)"])
    }
    #expect(misses.isEmpty, "\(primitive), \(threads) threads: \(misses)")
  }

  @Test func bothViewsHaveTheSameDelay() throws {
    let run = try WaitRun("convoy-pthread-16")
    let byWaiter = try #require(run.byWaiter)
    #expect(byWaiter.contentions(under: "holdShort") == 15)
    #expect(byWaiter.delay(under: "holdLong") == 0)
    #expect(abs(byWaiter.delay() - run.delay()) <= 0.001 * run.delay())
    #expect(run.run.profile?.sampleTypes.map(\.type) == ["contentions", "delay", "holds", "held", "queued"])
    #expect(run.run.profile?.sampleTypes.map(\.unit) == ["count", "nanoseconds", "count", "nanoseconds", "count"])
    #expect(run.run.profile?.defaultSampleType == "delay")
    #expect(Set(byWaiter.samples.flatMap { $0.labels["lock"] ?? [] }) == ["pthread_mutex_t"])
  }

  @Test func readersShareWhatAWriterWaits() throws {
    let misses = try inOneOfThreeRuns {
      let run = try WaitRun("readers")
      return miss("long", run.delay(under: "readLong"), run.truth("long"), within: 0.05)
        + miss("brief", run.delay(under: "readBriefly"), run.truth("brief"), within: 0.05)
    }
    #expect(misses.isEmpty, "\(misses)")
  }

  /// Who is woken waits for the mutex that the waker keeps.
  @Test func comingBackFromAConditionIsAWaitForItsMutex() throws {
    let misses = try inOneOfThreeRuns {
      let run = try WaitRun("condition")
      return miss("waker", run.delay(under: "wakeAll"), run.truth("held") * run.truth("waiters"), within: 0.05)
    }
    #expect(misses.isEmpty, "\(misses)")
  }

  @Test func whatAQueueDidWithoutBeingWaitedForIsToldApart() throws {
    let misses = try inOneOfThreeRuns {
      let run = try WaitRun("async")
      return miss("async", run.delay(under: "[work submitted with async]"), run.truth("waited"), within: 0.05)
    }
    #expect(misses.isEmpty, "\(misses)")
  }

  @Test func whatNobodyWaitsForIsNotRecorded() throws {
    let run = try WaitRun("alone")
    #expect(run.run.status == 0)
    #expect(run.run.profile?.samples.isEmpty == true)
  }

  /// One of four is recorded and stands for four. Of 400 contentions 100 are, give or take four times nine.
  @Test func aFractionStandsForTheWhole() throws {
    let misses = try inOneOfThreeRuns {
      let run = try WaitRun("turns", fraction: 4)
      return miss("short", run.delay(under: "holdShort"), run.truth("short"), within: 0.4)
    }
    #expect(misses.isEmpty, "\(misses)")
  }

  @Test func onlyWhatIsInASessionCounts() throws {
    let misses = try inOneOfThreeRuns {
      let run = try WaitRun("sessions")
      return miss("session", run.delay(), run.truth("in-session"), within: 0.05)
    }
    #expect(misses.isEmpty, "\(misses)")
  }

  // MARK: - The environment

  @Test(arguments: ["", "waiter"]) func aWholeRunIsRecordedByTheEnvironment(view: String) throws {
    let folder = try TemporaryFolder()
    let path = folder.file("whole.pb.gz")
    let run = try WaitRun(
      "convoy-mutex-4", fraction: 0, environment: ["LAB_MUTEXPROFILE": path, "LAB_MUTEX_VIEW": view])
    #expect(run.run.status == 0 && run.run.complaint.isEmpty, "\(run.run.complaint)")
    let profile = try Profile(contentsOf: path)
    try profile.checkValid()
    let function = view.isEmpty ? "holdLong" : "holdShort"
    #expect(profile.delay(under: function) > 0.5 * run.truth("long"))
    let what = view.isEmpty ? "contentions by who gave the lock back" : "contentions by who waited"
    #expect(profile.comments.contains { $0.contains(what) })
  }
}
