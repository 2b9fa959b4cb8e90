import Pprof
import TestSupport
import Testing

@testable import Profiling

/// Actors that were held, against what the program measured of it by its own clock.
@Suite(.serialized) struct ActorTests {
  /// By where the turn ends, and for how many tasks.
  static let turnings = ["after", "inside", "ending"]

  /// In a convoy the one who held it long is to blame, though others hand it on: within five points.
  @Test(arguments: turnings, [2, 16, 64]) func blameInAConvoyIsTrue(turning: String, tasks: Int) throws {
    let long = ["after": "holdLong", "inside": "Desk.holdLongInside", "ending": "endLong"][turning] ?? ""
    let misses = try inOneOfThreeRuns {
      let run = try WaitRun("actors-\(turning)-\(tasks)")
      #expect(run.run.status == 0)
      let total = run.truth("long") + run.truth("short"), measured = run.delay()
      let share = run.delay(under: long) / measured, truth = run.truth("long") / total
      let byWaiter = run.byWaiter?.delay() ?? 0
      let isNear = abs(share - truth) <= 0.05
      return miss("all", measured, total, within: 0.05) + miss("by waiter", byWaiter, total, within: 0.05)
        + (isNear ? [] : ["share of long: \(share), truly \(truth)"])
    }
    #expect(misses.isEmpty, "\(turning), \(tasks) tasks: \(misses)")
  }

  @Test func turnsThatNobodyWaitsForAreCountedAndMeasured() throws {
    let misses = try inOneOfThreeRuns {
      let run = try WaitRun("lonely")
      #expect(run.run.profile?.sum(2, under: "lonelyTurns") == run.truth("holds"))
      #expect(run.delay() == 0)
      return miss("held", run.run.profile?.sum(3, under: "lonelyTurns") ?? 0, run.truth("held"), within: 0.05)
    }
    #expect(misses.isEmpty, "\(misses)")
  }

  /// What a block on the main queue makes tasks wait for their main actor is not charged to the next one that has it.
  @Test func whatIsNoTaskIsToldApart() throws {
    let misses = try inOneOfThreeRuns {
      let run = try WaitRun("behind")
      let wrong = run.delay(under: "touchMainWhenBusy")
      return miss("block", run.delay(under: "[no task had it]"), run.truth("block"), within: 0.05)
        + (wrong < 0.05 * run.truth("block") ? [] : ["charged to who came next: \(wrong)"])
    }
    #expect(misses.isEmpty, "\(misses)")
  }

  /// Five wait when the first one leaves, then four, and so on.
  @Test func whoWaitsIsCounted() throws {
    var profile = Profile()
    let misses = try inOneOfThreeRuns {
      profile = try WaitRun("queued").run.profile ?? profile
      return miss("first", profile.sum(4, under: "holdLong"), 5, within: 0)
        + miss("others", profile.sum(4, under: "holdShort"), 4 + 3 + 2 + 1, within: 0)
    }
    #expect(misses.isEmpty, "\(misses)")
    #expect(profile.sampleTypes.map(\.type) == ["contentions", "delay", "holds", "held", "queued"])
    #expect(Set(profile.samples.flatMap { $0.labels["lock"] ?? [] }) == ["actor"])
  }
}
