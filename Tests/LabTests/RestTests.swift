import Foundation
import Pprof
import Profiling
import ScenarioRunning
import Scenarios
import TestSupport
import Testing

@testable import lab

/// Rounds that never end: each kind of profile has a capture of one at rest, and nobody is left waiting.
@Suite(.serialized, .enabled(if: CPUProfiler.isSupported)) struct RestTests {
  @Test(
    "A round that never ends is captured once it has come to rest, by every kind",
    // The program has no custom profile.
    arguments: ProfileKind.all.map(\.name).filter { $0 != "custom" })
  func everyKind(name: String) throws {
    let kind = try #require(ProfileKind.named(name))
    let folder = try TemporaryFolder()
    let files = CaptureFiles(named: folder.file("rest" + kind.contents.suffix))
    let run = try LabCommand.start(["run", "deadlock", "--profile", name, "-o", files.contents])
    let result = try run.finish()
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("; then it came to rest, for ever"), "\(result.output)")
    let provenance = try CaptureStore.read(files).provenance
    #expect(provenance.cameToRest == true && provenance.output == "none" && provenance.recording.rounds == 1)
    #expect(provenance.truth.map(\.name) == ["transfers", "entered", "done"])
    #expect(provenance.truth.map(\.value) == [2, 2, 0])
    #expect(ScenarioProcesses.started(by: run.process.processIdentifier).isEmpty)
  }

  @Test(
    "All that wait for each other are in one deadlock, whoever waits for them is stuck as well, and nobody else",
    arguments: [("deadlock", [], 2), ("deadlock", ["--set", "accounts=9"], 9), ("cancel-deadlock", [], 2)])
  func deadlocks(scenario: String, settings: [String], members: Int) throws {
    let folder = try TemporaryFolder()
    let files = CaptureFiles(named: folder.file("r.waits.json"))
    let result = try LabCommand.start(
      ["run", scenario, "--profile", "waitfor", "-o", files.contents] + settings
    ).finish()
    #expect(result.status == 0 && result.output.hasPrefix("Deadlock: task "), "\(result.errors)\(result.output)")
    let graph = try #require(try CaptureStore.read(files).waitGraph)
    #expect(graph.deadlocks.count == 1 && graph.deadlocks.allSatisfy(\.isProven))
    let names = graph.deadlocks.flatMap(\.ring).filter { graph.nodes[$0].isWaiter }.map { graph.nodes[$0].name }
    #expect(names.count == members && names.allSatisfy { $0.contains(#/"transfer|"receiver"|"time-out"/#) }, "\(names)")
    // The round, which waits for one of them.
    #expect(graph.stuck.filter { graph.nodes[$0].isWaiter }.count == members + 1)
  }

  @Test("Each transfer of a circle waits for a lock, in the dump", arguments: [2, 3, 7])
  func circle(accounts: Int) throws {
    let folder = try TemporaryFolder()
    let file = folder.file("d.tasks.txt")
    let result = try LabCommand.start(
      ["run", "deadlock", "--profile", "task", "--dump", "--set", "accounts=\(accounts)", "-o", file]
    ).finish()
    #expect(result.status == 0, "\(result.errors)")
    let tasks = try String(contentsOfFile: file, encoding: .utf8).components(separatedBy: "\n\n")
    for number in 0..<accounts {
      let name = "\"transfer \(number) to \((number + 1) % accounts)\" ["
      let task = try #require(tasks.first { $0.hasPrefix("task ") && $0.prefix { $0 != "\n" }.contains(name) })
      #expect(task.contains(#/\[running on thread \d+, /#) && task.contains("pthread_mutex_lock"), "\(task)")
      #expect(task.contains("Bank.transfer(_:from:to:)"), "\(task)")
    }
  }

  @Test("Whoever resumes waits for the task's own lock, and whoever cancels for the program's")
  func runtimesLock() throws {
    let folder = try TemporaryFolder()
    let file = folder.file("c.tasks.txt")
    let result = try LabCommand.start(["run", "cancel-deadlock", "--profile", "task", "--dump", "-o", file]).finish()
    #expect(result.status == 0, "\(result.errors)")
    let tasks = try String(contentsOfFile: file, encoding: .utf8).components(separatedBy: "\n\n")
    func task(_ name: String) throws -> String {
      try #require(tasks.first { $0.hasPrefix("task ") && $0.prefix { $0 != "\n" }.contains("\"\(name)\" [") })
    }
    #expect(try task("receiver").contains(#/withStatusRecordLock[^\0]*Client.handOver/#))
    #expect(try task("time-out").contains(#/Client.takeAsker[^\0]*withStatusRecordLock/#))
    #expect(try task("request").contains(#/\[waiting on continuation, [^\]]*, cancelled\]/#))
  }

  @Test("The other variant runs to its end, in turns with the profiler on and off")
  func fixed() throws {
    let folder = try TemporaryFolder()
    let files = CaptureFiles(named: folder.file("f.pb.gz"))
    let result = try LabCommand.start(
      ["run", "deadlock", "--variant", "fixed", "--profile", "cpu", "-o", files.contents]
    ).finish()
    #expect(result.status == 0, "\(result.errors)")
    let provenance = try CaptureStore.read(files).provenance
    #expect(provenance.cameToRest == nil && provenance.overhead.pairs >= 5)
    #expect(provenance.truth.map(\.value) == [2, 2, 2])
  }
}
