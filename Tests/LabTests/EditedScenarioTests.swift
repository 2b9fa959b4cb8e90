import Analysis
import Foundation
import Profiling
import ScenarioRunning
import Scenarios
import TestSupport
import Testing

@testable import lab

/// All that runs a scenario, in one file beside the tests.
private let library = "\(LabCommand.folder)/libScenarioRunning.a"

/// One edited scenario, compiled by itself against what is built: an edited line costs seconds, not a minute.
@Suite(
  .serialized,
  .enabled(
    if: Tool("swiftc") != nil && FileManager.default.fileExists(atPath: library),
    "needs swiftc and libScenarioRunning.a, which swift build makes beside the tests"))
struct EditedScenarioTests {
  @Test("The edited scenario's variants run under the profiler and are captured, by a program of its own files alone")
  func editedLine() throws {
    let folder = try TemporaryFolder()
    let program = try Self.compile(
      "KafkaDecode", ["KafkaDecode.swift", "KafkaWire.swift"], into: folder, editing: "counted while handling",
      to: "edited")
    setenv("LAB_HASTY", "1", 1)
    defer { unsetenv("LAB_HASTY") }
    let scenario = try #require(Scenario.named("kafka-decode"))
    let launcher = ScenarioLauncher(executable: program)
    var outputs: Set<String> = []
    for variant in Scenario.Variant.allCases {
      let capture = try launcher.capture(scenario, variant, kind: .cpu, parameters: ["responses": 2]) {
        CaptureFiles(
          CaptureName(scenario: scenario.id, variant: variant.rawValue, kind: $0), in: folder.file("captures"))
      }
      #expect(capture.provenance.variant == variant.rawValue)
      #expect(capture.provenance.truth.contains { $0.basis == "edited" })
      #expect(capture.profile.sampleTypes.map(\.type) == ["samples", "cpu"])
      outputs.insert(capture.provenance.output)
    }
    #expect(outputs.count == 1)
  }

  @Test("A round that was never to end, and does, is an error in words, and leaves no capture")
  func mendedDeadlock() throws {
    let folder = try TemporaryFolder()
    let program = try Self.compile(
      "CancelDeadlock", ["CancelDeadlock.swift", "BlockingThreads.swift", "Upstream.swift"], into: folder,
      editing: "case .faulty: try handOver()", to: "case .faulty: try handOverUnlocked()")
    let scenario = try #require(Scenario.named("cancel-deadlock"))
    let error = #expect(throws: (any Error).self) {
      try ScenarioLauncher(executable: program).capture(scenario, .faulty, kind: .task) { _ in
        CaptureFiles(named: folder.file("x.pb.gz"))
      }
    }
    #expect("\(error as Any)".contains("cancel-deadlock, faulty: its round has come to an end"), "\(error as Any)")
    #expect(!FileManager.default.fileExists(atPath: folder.file("x.pb.gz")))
  }

  /// Compiles copies of a scenario's files, one word of them changed, and a program that runs it.
  private static func compile(
    _ scenario: String, _ files: [String], into folder: TemporaryFolder, editing words: String, to others: String
  ) throws -> String {
    var isEdited = false
    for file in files {
      let text = try String(contentsOfFile: Workspace.path("Sources/Scenarios/\(file)"), encoding: .utf8)
      isEdited = isEdited || text.contains(words)
      try text.replacing(words, with: others).write(toFile: folder.file(file), atomically: true, encoding: .utf8)
    }
    #expect(isEdited)
    try """
    import ScenarioRunning
    await ScenarioProcess.runIfRequested(among: [\(scenario).scenario])
    """.write(toFile: folder.file("main.swift"), atomically: true, encoding: .utf8)
    try #require(Tool("swiftc")).run(
      ["-swift-version", "6", "main.swift"] + files + [
        "-o", "edited", "-I", "\(LabCommand.folder)/Modules", "-I", Workspace.path("Sources/CProfiler/include"),
        "-I", Workspace.path("Sources/CLoadedImages/include"), "-I", Workspace.path("Sources/CZlib"),
        "-Xcc", "-fmodule-map-file=\(LabCommand.folder)/CLoadedImages.build/module.modulemap",
        "-Xlinker", "--whole-archive", "-Xlinker", library, "-Xlinker", "--no-whole-archive", "-lm",
      ], in: folder.path)
    return folder.file("edited")
  }
}
