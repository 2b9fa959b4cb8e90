import Foundation
import Pprof
import Profiling
import TestSupport
import Testing

/// What the task profiler says of tasks of which the truth is known: a program makes them and looks at itself.
@Suite(.heapProfiler) struct TaskTests {
  /// What a scenario prints, beside that its counts add up and that it never waited in vain.
  private func facts(_ scenario: String, environment: [String: String] = [:]) throws -> [String: [String]] {
    let run = try ProfiledRun.tasks(scenario, environment: environment)
    #expect(run.status == 0)
    #expect(run.complaint == "")
    #expect(run.facts["never"] == nil)
    #expect(run.facts["adds-up"] ?? ["true"] == ["true"])
    return run.facts.filter { $0.key != "adds-up" && $0.key != "never" }
  }

  @Test func everyWayToMakeATask() throws {
    #expect(
      try facts("kinds") == [
        "makeUnstructured": ["7"], "makeDetached": ["7"], "makeOnMainActor": ["7"], "makeStructured": ["7"],
        "makeAsyncLets": ["7"], "makeDiscarding": ["7"], "makeImmediateChildren": ["7"], "makeImmediate(": ["7"],
        "all": ["56"],
      ])
  }

  @Test func immediateTasksAreNeverEnqueued() throws {
    #expect(try facts("immediate") == ["ran": ["1000"], "made": ["1000"], "ended": ["1000"], "waiting": ["100"]])
  }

  @Test func aTaskThatRunsWithinAnotherHasItsTurn() throws {
    #expect(
      try facts("nesting") == [
        "before": ["running"], "outer-meanwhile": ["nesting"], "inner-meanwhile": ["running"],
        "innermost": ["running"], "inner-again": ["running"], "outer-again": ["running"], "value": ["1"],
      ])
  }

  @Test func isolatedDeinits() throws {
    #expect(try facts("deinit") == ["on-the-actor": ["100"], "deinits": ["300"], "made": ["100"]])
  }

  @Test func executorsOfTheProgram() throws {
    let facts = try facts("executors")
    #expect(facts == ["on-queue": ["300"], "inline": ["300"], "plain": ["900"], "made-enough": ["true"]])
  }

  @Test func jobsThatAreNoTasks() throws {
    #expect(try facts("jobs") == ["made-by-yield": ["0"], "jobs": ["100"], "made-by-jobs": ["0"]])
  }

  @Test func whatTasksWaitFor() throws {
    let waits = [
      "unsafe-continuation": "continuation", "checked-continuation": "continuation", "task": "task",
      "async-let": "task", "group": "group", "next-of-a-group": "group", "discarding-group": "group",
      "stream": "stream", "throwing-stream": "stream", "continuous-sleep": "sleep", "suspending-sleep": "sleep",
      "old-sleep": "sleep", "observations": "observations",
    ]
    var expected = waits.mapValues { [String](repeating: "waiting \($0)", count: 3) }
    expected["actor"] = [String](repeating: "runnable actor", count: 3)
    #expect(try facts("waits") == expected)
  }

  @Test func groupsWithinGroups() throws { #expect(try facts("groups") == ["made": ["2600"]]) }
  @Test func cancellationAtEveryPoint() throws { #expect(try facts("cancel") == ["cancelled": ["5"]]) }
  @Test func aDumpAsksTheRuntimeForNothing() throws {
    let facts = try facts("resumed-under-lock")
    #expect(facts.keys.sorted() == ["looks"])
  }

  @Test func aStormLosesNothing() throws {
    let facts = try facts("storm")
    #expect(facts["sum"] == ["100000"] && facts["made"] == ["200008"])
    #expect(try Int(#require(facts["ended"]?.first)) ?? 0 >= 200_008)
  }

  /// Makers are followed so many rounds; all tasks are counted.
  @Test func recursionIsFolded() throws {
    let facts = try facts("recursion")
    #expect(facts["leaves"] == ["512"] && facts["inner"] == ["510"] && facts["sum"] == ["130816"])
    let deepest = try #require(facts["deepest"]?.first.flatMap { Int($0) })
    #expect(deepest > 3 && deepest < 20)
  }

  @Test func stacksAreDeep() throws {
    let facts = try facts("deep")
    #expect(facts["made"] == ["201"])
    #expect(facts["awaits"] == ["201"])
  }

  @Test func callersOfAHelperAreToldApart() throws {
    #expect(
      try facts("helpers") == [
        "one": ["30"], "another": ["50"], "async": ["20"], "helper": ["110"], "grandparent": ["10"],
      ])
  }

  @Test func labelsAreThoseInForce() throws {
    #expect(
      try facts("labels") == ["around": ["3"], "within": ["4"], "none": ["5"], "told": ["3"], "kept-back": ["0"]])
  }

  @Test func namesAreTheProgramsOwn() throws {
    let facts = try facts("names")
    #expect(facts == ["feeder": ["2"], "child": ["1"], "long": ["126"], "told": ["2"], "one-line": ["1"]])
  }

  @Test func olderTasksAreMetWhenTheyRun() throws { #expect(try facts("older") == ["unmet": ["0"], "met": ["10"]]) }
  @Test func sessionsSeeTheirOwn() throws { #expect(try facts("restart") == ["wrong": ["0"], "after": ["false"]]) }
  @Test func forks() throws { #expect(try facts("fork") == ["children": ["50"]]) }

  @Test func theProcessMayEndMeanwhile() throws {
    let run = try ProfiledRun.tasks("ending")
    #expect(run.status == 9 && run.complaint == "" && run.facts["ends"] == ["1"])
  }

  @Test func tenThousandThreads() throws {
    let facts = try facts("threads")
    #expect(facts["started"] == facts["made"])
  }

  @Test func threadsThatRunNoTaskStandBesideTheTasks() throws {
    #expect(
      try facts("idle-threads") == [
        "types": ["task/count thread/count"], "usual": ["task"], "pollers": ["4"], "readers": ["3"], "waiters": ["4"],
        "busy": ["2"], "tasking": ["0"], "on-threads": ["5"], "waiting": ["7"], "told": ["4"], "told-labels": ["3"],
        "told-busy": ["2"], "told-tasks": ["5"],
      ])
  }

  @Test func tenThousandThreadsAtOnceAreAllThere() throws {
    let facts = try facts("crowd").filter { $0.key != "figures" }
    #expect(facts == ["many": ["true"], "missing": ["0"], "untold": ["0"], "samples": ["true"]])
  }

  /// A name that is not there is not missed.
  @Test func aStrippedProgramIsCountedAllTheSame() throws {
    let folder = try TemporaryFolder()
    let stripped = folder.file("TaskProgram")
    try #require(Tool("strip")).run(["--strip-all", "-o", stripped, ProfiledRun.taskProgram])
    for (scenario, facts) in [
      ("immediate", ["ran": ["1000"], "made": ["1000"], "ended": ["1000"], "waiting": ["100"]]),
      ("groups", ["made": ["2600"]]),
    ] {
      let run = try ProfiledRun(scenario, program: stripped)
      #expect(run.status == 0 && run.complaint == "")
      #expect(run.facts == facts.merging(["adds-up": ["true"]]) { $1 })
    }
  }

  /// Of all that the profiler does, this alone is off; that labels are off as well another test says.
  @Test func whereTheRuntimeIsUnknownTasksAreRefusedByName() throws {
    let folder = try TemporaryFolder()
    let program = URL(fileURLWithPath: ProfiledRun.program).deletingLastPathComponent()
      .appendingPathComponent("UnknownLayout").path
    let run = try ProfiledRun("", environment: ["LAB_TASKPROFILE": folder.file("t.pb.gz")], program: program)
    #expect(run.status == 0 && run.facts["async"] == ["7"])
    #expect(run.complaint == "LAB_TASKPROFILE: \(ProfilingError.unknownTaskLayout); not profiling\n")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
  }

  @Test func aBlockedPoolIsToldOf() throws {
    let facts = try facts("blocked")
    #expect(facts["starved"] == ["5"])
    #expect(try Int(#require(facts["blocked"]?.first)) ?? 0 >= 1)
  }

  @Test func aHundredThousandTasksAreCountedAndPaged() throws {
    let facts = try facts("many")
    #expect(facts["tasks"] == ["100000"] && facts["samples"] == ["true"])
    #expect(try Int(#require(facts["first-page"]?.first)) ?? 0 > 990)
    #expect(try Int(#require(facts["pages"]?.first)) ?? 0 >= 100)
  }

  // MARK: - A whole run

  @Test func aWholeRunIsWrittenAtItsEnd() throws {
    let folder = try TemporaryFolder()
    let run = try ProfiledRun.tasks("leak", environment: ["LAB_TASKPROFILE": folder.file("t.pb.gz")])
    #expect(run.status == 0 && run.complaint == "")
    let profile = try Profile(contentsOf: folder.file("t.pb.gz"))
    try profile.checkValid()
    let lost = profile.samples.filter { $0.labels["name"] == ["lost"] }
    #expect(lost.reduce(0) { $0 + $1.values[0] } == 321)
    #expect(lost.allSatisfy { profile.names(of: $0).contains("leakOne()") })
    #expect(profile.sampleTypes.map(\.type) == ["task", "thread"] && profile.period == 1)
    #expect(profile.defaultSampleType == "task" && profile.periodType == ValueType(type: "task", unit: "count"))
    let comment = try #require(profile.comments.first { $0.contains(" tasks made, ") })
    let counts = try #require(comment.wholeMatch(of: /(\d+) tasks made, (\d+) ended, (\d+) live, 0 lost/))
    // The sleep before the end has a task of its own, which may be about to end.
    let words = /(\d+) tasks came or went while they were counted/
    let between = profile.comments.lazy.compactMap { $0.wholeMatch(of: words) }.first.flatMap { Int($0.1) }
    let difference = (Int(counts.1) ?? 0) - (Int(counts.2) ?? 0) - (Int(counts.3) ?? 0)
    #expect(abs(difference) == between ?? 0 && abs(difference) <= 1)
  }

  @Test func theKindsOtherNameAsksForTheSame() throws {
    let folder = try TemporaryFolder()
    let run = try ProfiledRun.tasks("leak", environment: ["LAB_GOROUTINEPROFILE": folder.file("t.pb.gz")])
    #expect(run.status == 0 && run.complaint == "")
    let profile = try Profile(contentsOf: folder.file("t.pb.gz"))
    #expect(profile.samples.filter { $0.labels["name"] == ["lost"] }.reduce(0) { $0 + $1.values[0] } == 321)
  }

  @Test func aWholeRunInWords() throws {
    let folder = try TemporaryFolder()
    let environment = ["LAB_TASKPROFILE": folder.file("t.txt"), "LAB_TASK_VIEW": "dump"]
    #expect(try ProfiledRun.tasks("leak", environment: environment).status == 0)
    let text = try String(contentsOfFile: folder.file("t.txt"), encoding: .utf8)
    let head = /task \d+ "lost" \[waiting on continuation, \d+ \S+\], priority \S+, made \d+ \S+ ago by task \d+\n {2}/
    #expect(text.matches(of: head).count == 321)
    #expect(text.contains("  created by leakOne() at BadDays.swift:"))
  }
}

extension ProfiledRun {
  static var taskProgram: String {
    URL(fileURLWithPath: Self.program).deletingLastPathComponent().appendingPathComponent("TaskProgram").path
  }

  static func tasks(_ scenario: String, environment: [String: String] = [:]) throws -> ProfiledRun {
    try ProfiledRun(scenario, environment: environment, program: Self.taskProgram)
  }
}
