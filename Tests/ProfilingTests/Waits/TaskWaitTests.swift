import Pprof
import TestSupport
import Testing

@testable import Profiling

/// Waits of tasks that were planted, against what the program measured of them by its own clock.
@Suite(.serialized) struct TaskWaitTests {
  /// Each kind of wait: the fact that the program prints, the function it waits in, and the label.
  static let kinds: [(fact: String, function: String, label: String)] = [
    ("continuation", "awaitContinuation", "continuation"), ("stream", "awaitStream", "stream"),
    ("task", "awaitTask", "task"), ("child", "awaitChild", "task"), ("group", "awaitGroup", "group"),
    ("actor", "awaitActor", "actor"), ("MainActor", "awaitMainActor", "MainActor"),
    ("executor", "awaitExecutor", "executor"), ("sleep", "sleepInTask", "sleep"),
    ("yield", "letOthersRun", "yield"),
    ("twice-first", "awaitTwice", "continuation"), ("twice-second", "awaitTwice", "actor"),
  ]

  @Test(arguments: [1, 1_000_000]) func everyWaitIsWhereItWasAndAsLong(rate: Int) throws {
    let misses = try inOneOfThreeRuns {
      let run = try WaitRun("tasks", fraction: rate)
      #expect(run.run.status == 0)
      return Self.kinds.flatMap { kind in
        let measured = run.run.profile?.delay(under: kind.function, waits: kind.label) ?? 0
        return miss(kind.fact, measured, run.truth(kind.fact), within: 0.05)
      }
    }
    #expect(misses.isEmpty, "\(misses)")
  }

  /// What is awaited comes while all threads are busy: until then the task waits, and from then on it could run.
  @Test func waitingAndBeingAbleToRunAreToldApart() throws {
    let misses = try inOneOfThreeRuns {
      let run = try WaitRun("tasks")
      let profile = run.run.profile
      let runnable = profile?.sum(2, under: "awaitPool") ?? 0, delay = profile?.delay(under: "awaitPool") ?? 0
      let sleeping = profile?.sum(2, under: "sleepInTask") ?? 0
      return miss("runnable", runnable, run.truth("pool-runnable"), within: 0.05)
        + miss("waiting", delay - runnable, run.truth("pool-waiting"), within: 0.05)
        + (sleeping < 0.1 * run.truth("sleep") ? [] : ["asleep, but able to run: \(sleeping)"])
    }
    #expect(misses.isEmpty, "\(misses)")
  }

  @Test func theFirstTwoTypesAreGos() throws {
    let profile = try #require(try WaitRun("tasks").run.profile)
    #expect(profile.sampleTypes.map(\.type) == ["contentions", "delay", "runnable"])
    #expect(profile.sampleTypes.map(\.unit) == ["count", "nanoseconds", "nanoseconds"])
    #expect(profile.defaultSampleType == "delay")
  }

  /// Whoever listens comes and goes; children are forked. Afterwards all is recorded as ever.
  @Test(arguments: ["listeners", "forking"]) func nothingIsTheWorseForIt(scenario: String) throws {
    let misses = try inOneOfThreeRuns {
      let run = try WaitRun(scenario)
      #expect(run.run.status == 0)
      if scenario == "forking" { #expect(run.run.fact("good") == 30) }
      let block = run.run.profile?.delay(under: "waitAtLast", waits: "actor") ?? 0
      let mutex = run.byWaiter?.delay(under: "waitAtLast") ?? 0
      return miss("block", block, run.truth("waited"), within: 0.05)
        + miss("mutex", mutex, run.truth("waited"), within: 0.05)
    }
    #expect(misses.isEmpty, "\(misses)")
  }

  @Test func cancelledTasksHaveWaitedUntilThen() throws {
    let misses = try inOneOfThreeRuns {
      let run = try WaitRun("cancelled")
      #expect(run.run.status == 0 && run.run.fact("ended") == 1100)
      let slept = run.run.profile?.delay(under: "sleepUntilCancelled", waits: "sleep") ?? 0
      return miss("slept", slept, run.truth("slept"), within: 0.05)
    }
    #expect(misses.isEmpty, "\(misses)")
  }
}
