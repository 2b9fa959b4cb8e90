import Analysis
import Foundation
import Pprof
import ScenarioRunning
import TestSupport
import Testing

@testable import lab

@Suite(.serialized) struct RunCommandTests {
  private let small = ["--set", "size=24", "--set", "generations=4"]

  @Test("A run leaves a profile and its provenance, which belong together")
  func writesCapture() throws {
    let folder = try TemporaryFolder()
    let file = folder.file("f.pb.gz")
    let result = try LabCommand.start(["run", "small-allocations", "--profile", "cpu", "-o", file, "--json"] + small)
      .finish()
    #expect(result.status == 0, "\(result.errors)")
    let capture = try CaptureStore.read(CaptureFiles(named: file))
    #expect(capture.profile.sampleTypes.map(\.type) == ["samples", "cpu"])
    #expect(capture.provenance.truth.first?.value == 2_304)
    #expect(capture.provenance.overhead.pairs >= 5)
    #expect(capture.profile.samples.reduce(0) { $0 + $1.values[0] } == Int64(capture.provenance.recording.samples))
    let printed = try JSONDecoder().decode(Provenance.self, from: Data(result.output.utf8))
    #expect(printed == capture.provenance)
  }

  @Test("A server is asked at its endpoint while it runs, which gives what is filed and nothing of the asking")
  func asksWhileItRuns() throws {
    let folder = try TemporaryFolder()
    let file = folder.file("f.pb.gz")
    let words = ["run", "hello-server", "--rate", "250", "-o", file, "--set", "requests=50"]
    let result = try LabCommand.start(words, environment: ["LAB_HASTY": "1"]).finish()
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("\n  asked      /debug/pprof/profile?seconds=1&rate=250, while it ran\n"))
    let capture = try CaptureStore.read(CaptureFiles(named: file)), provenance = capture.provenance
    #expect(provenance.asked == "/debug/pprof/profile?seconds=1&rate=250" && provenance.overhead.pairs == 1)
    #expect(capture.profile.period == 4_000_000 && capture.profile.durationNanoseconds >= 1_000_000_000)
    #expect(capture.profile.samples.reduce(0) { $0 + $1.values[0] } == Int64(provenance.recording.samples))
    let names = Set(capture.profile.functions.map(\.name))
    // Half of the time goes there; on a machine without any there is nothing to see.
    #expect(names.contains { $0.hasSuffix("DateMadeAnew.now()") } || provenance.recording.samples < 30, "\(names)")
    #expect(!names.contains { $0.hasPrefix("ServerLoop.") }, "\(names)")
    let facts = Dictionary(uniqueKeysWithValues: provenance.truth.map { ($0.name, $0.value) })
    #expect(facts == ["answers": 100, "formatters": 100])
  }

  @Test("A run's tasks can be put into words, into a file that says what it is", arguments: [false, true])
  func dumps(withoutLabels: Bool) throws {
    let folder = try TemporaryFolder()
    let file = folder.file("t.tasks.txt")
    let small = ["--set", "connections=2", "--set", "answered=3", "--set", "waiting=7"]
    let flags = ["--dump"] + (withoutLabels ? ["--without-labels"] : [])
    let result = try LabCommand.start(["run", "task-leak", "--profile", "task", "-o", file] + flags + small).finish()
    #expect(result.status == 0, "\(result.errors)")
    let text = try String(contentsOfFile: file, encoding: .utf8)
    #expect(text.matches(of: #/\ntask \d+ \[waiting on continuation, /#).count == 7)
    #expect(text.contains("\n  created by "))
    let capture = try CaptureStore.read(CaptureFiles(named: file))
    let view = withoutLabels ? "dump-without-labels" : "dump"
    #expect(capture.contents.text == text && capture.provenance.view == view)
    #expect(capture.provenance.command.hasSuffix("--profile task --by \(view)"))
    #expect(!result.output.contains("waiting on") && result.output.contains(" looked at"), "\(result.output)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["t.json", "t.tasks.txt"])
  }

  @Test("A dump is printed where no file is named, with the deadlock at its head")
  func printsTheDump() throws {
    let result = try LabCommand.start(["run", "deadlock", "--profile", "task", "--dump"]).finish()
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("Deadlock: task "))
    let waits = result.output.matches(of: #/waits for (mutex|NSLock) [A-Z] .*, held by task [0-9]+ "transfer .*, for /#)
    #expect(waits.count == 2, "\(result.output)")
    #expect(!result.output.contains("  profile  "))
  }

  @Test("go tool pprof reads the file and finds the same total", .enabled(if: Tool("go") != nil, "Go is not installed"))
  func opensInPprof() throws {
    let folder = try TemporaryFolder()
    let file = folder.file("f.pb.gz")
    let result = try LabCommand.start(["run", "kafka-decode", "-o", file, "--set", "responses=10"]).finish()
    #expect(result.status == 0, "\(result.errors)")
    let go = try #require(Tool("go")).run(["tool", "pprof", "-top", "-unit=ms", "-nodecount=5", file])
    let own = try LabCommand.run("pprof", "-top", "-unit=ms", "-nodecount=5", file).output
    func rows(_ text: String) -> [Substring] {
      Array(text.split(separator: "\n").drop { !$0.contains("flat%") }.dropFirst())
    }
    #expect(!rows(go).isEmpty)
    #expect(rows(go) == rows(own))
  }

  @Test(
    "Wrong use exits with 2 and says what there is",
    arguments: [
      (["run", "nothing"], "kafka-decode"), (["run", "kafka-decode", "--profile", "nothing"], "cpu"),
      (["run", "kafka-decode", "--set", "headers=999", "-o", "/tmp/x.pb.gz"], "out of bounds"),
      (["run", "kafka-decode", "--set", "nothing=1", "-o", "/tmp/x.pb.gz"], "headers"),
      (["run", "kafka-decode", "--set", "headers", "-o", "/tmp/x.pb.gz"], "name=value"),
      (["run", "task-leak", "--profile", "task", "--by", "current"], "needs -o FILE"),
      (["run", "kafka-decode", "--profile", "cpu", "--dump", "-o", "/tmp/x.txt"], "has but one view"),
      (["run", "kafka-decode", "--variant", "nothing"], "faulty"), (["run", "kafka-decode", "--nothing"], "--nothing"),
      (["build", "--only", "nothing"], "nothing"), (["bench", "--only", "nothing"], "cpu"),
    ])
  func wrongUse(arguments: [String], says: String) throws {
    let result = try LabCommand.start(arguments).finish()
    #expect(result.status == 2)
    #expect(result.errors.contains(says), "\(result.errors)")
    #expect(result.output.isEmpty)
  }

  @Test("A run over its time limit is ended and leaves nothing")
  func timeLimit() throws {
    let folder = try TemporaryFolder()
    let file = folder.file("f.pb.gz")
    let run = try LabCommand.start(["run", "kafka-decode", "-o", file, "--time-limit", "0.3"])
    let result = try run.finish()
    #expect(result.status == 1)
    #expect(result.errors.contains("time limit"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    #expect(ScenarioProcesses.started(by: run.process.processIdentifier).isEmpty)
  }

  enum Victim { case command, scenario }

  @Test(
    "An interrupt, a kill, or the end of the scenario's process leaves neither half a capture nor a process",
    arguments: [
      (Victim.scenario, SIGKILL, 1 as Int32), (.command, SIGINT, 130), (.command, SIGTERM, 143), (.command, SIGKILL, 9),
    ])
  func sudden(victim: Victim, signal: Int32, status: Int32) throws {
    let folder = try TemporaryFolder()
    let run = try LabCommand.start(["run", "kafka-decode", "-o", folder.file("f.pb.gz")])
    let parent = run.process.processIdentifier
    let children = ScenarioProcesses.wait(for: parent) { !$0.isEmpty }
    kill(victim == .scenario ? try #require(children.first) : parent, signal)
    let result = try run.finish()
    #expect(result.status == status)
    if victim == .scenario { #expect(result.errors.contains("crashed with signal 9; no capture was made")) }
    #expect(ScenarioProcesses.wait(for: parent, until: \.isEmpty).isEmpty)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
  }

  @Test func listsEveryScenario() throws {
    let result = try LabCommand.run("list", "--json")
    let rows = try #require(JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [[String: Any]])
    #expect(rows.compactMap { $0["id"] as? String }.contains("kafka-decode"))
    #expect(rows.allSatisfy { ($0["parameters"] as? [Any])?.isEmpty == false })
    #expect(try LabCommand.run("list").output.contains("kafka-decode"))
  }
}
