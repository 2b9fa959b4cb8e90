import Foundation
import TestSupport
import Testing

/// What traces say of a program of which the truth is known: it records itself and compares.
@Suite struct TraceTests {
  private func facts(_ scenario: String, files: String? = nil) throws -> [String: [String]] {
    let run = try ProfiledRun(scenario, program: ProfiledRun.tracedProgram, profile: files)
    #expect(run.status == 0)
    return run.facts
  }

  /// The program reads the clock before an event and after it. Whatever thread has to wait for a processor meanwhile, the
  /// event lies between the two; that all of 600 agree on one difference of the clocks holds them to 20 µs.
  @Test func everyEventLiesBetweenTheProgramsOwnReadings() throws {
    let facts = try facts("clock")
    #expect(facts["events"] == ["600"])
    let contradiction = try #require(facts["contradiction-ns"]?.first.flatMap(Int.init))
    #expect(contradiction <= 20_000)
    #expect(facts["intervals"] == ["300"])
  }

  @Test func tasksByLotAddUp() throws {
    let facts = try facts("graphs")
    let four = { (value: String) in [String](repeating: value, count: 4) }
    #expect(facts["strangers"] == four("0") && facts["disorder"] == four("0"))
    #expect(facts["adds-up"] == four("true") && facts["made-all"] == four("true") && facts["lost"] == four("0"))
  }

  /// What a task ran by the trace is what its thread used by the kernel's count, and what it waited for a processor.
  @Test func whatRanHadTheProcessorOrWaitedForIt() throws {
    let facts = try facts("processor")
    let off = try #require(facts["off-percent"]?.first.flatMap(Double.init))
    #expect(off <= 3)
  }

  private let sound = ["strangers": ["0"], "disorder": ["0"], "adds-up": ["true"]]

  @Test func aRecordingThatBeginsLateKnowsWhoBeginsIt() throws {
    let late = ["met": ["true"], "has-task": ["true"], "runs-before-region": ["true"]]
    #expect(try facts("late") == late.merging(sound) { $1 })
  }

  @Test func whatWasFollowedBeforeIsThereFromTheStart() throws {
    #expect(try facts("followed") == ["asleep": ["50"], "since-before": ["50"]].merging(sound) { $1 })
  }

  @Test func aWindowHasWhatLivesInIt() throws {
    let both = sound.mapValues { $0 + $0 }
    let expected = [
      "is-window": ["true"], "is-window-still": ["true"], "asleep": ["50", "50"], "since-before": ["50", "50"],
    ]
    #expect(try facts("window") == expected.merging(both) { $1 })
  }

  @Test func whatLastsTooLongWritesTheWindowOnce() throws {
    let folder = try TemporaryFolder()
    #expect(
      try facts("trigger", files: folder.file("t")) == [
        "has-region": ["true"], "second": ["false"], "own-file": ["true"], "refused": ["true"],
      ])
  }

  @Test func whatFindsNoRoomIsCounted() throws {
    #expect(
      try facts("lost") == [
        "sum": ["44999850000"], "some-lost": ["true"], "none-uncounted": ["true"], "told": ["true"],
      ])
  }

  @Test func messagesAreOfTheWindow() throws {
    #expect(
      try facts("messages") == [
        "is-window": ["true"], "last-are-whole": ["true"], "long": ["1029,1028,7"], "ends": ["€x"],
        "texts-of-window": ["true"],
      ])
  }

  @Test func executorsAreNamedAsTheRuntimeDoes() throws {
    let facts = try facts("executors")
    let kinds = ["defaultActor-Plain", "global", "main", "serial-QueueExecutor", "taskExecutor-Preferred"]
    #expect(facts["on"]?.sorted() == kinds)
    #expect(facts["left-as-often-as-taken"] == ["true"])
    #expect(facts["strangers"] == ["0"] && facts["disorder"] == ["0"])
  }

  @Test func jobsThatAreNoTasksHaveNames() throws {
    #expect(try facts("jobs") == ["balanced": ["true"], "of-yields": ["10"], "deinits": ["12"]])
  }

  @Test func labelsAreOfTheirTasks() throws {
    #expect(
      try facts("labels") == ["child": ["client=reports"], "labelled": ["client=reports"], "bare": ["none"]])
  }

  @Test func whatIsAskedForIsThereToo() throws {
    #expect(
      try facts("extras") == [
        "sampled": ["true"], "suspended-there": ["true"], "counters": ["RSS,live-tasks,runnable-tasks,threads"],
      ])
  }

  @Test func aThreadThatIsBlockedSaysWhatIn() throws {
    #expect(try facts("blocked") == ["sleep-long-enough": ["true"], "queue-long-enough": ["true"]])
  }
}

extension ProfiledRun {
  static var tracedProgram: String {
    URL(fileURLWithPath: Self.program).deletingLastPathComponent().appendingPathComponent("TracedProgram").path
  }
}
