import Foundation
import TestSupport
import Testing

@testable import lab

/// What readers edit is compiled in folders of its own, and what system headers say is compiled once for all of them: it
/// takes most of a second, and 18 MB.
@Suite(
  .serialized,
  .enabled(
    if: Tool("swiftc") != nil && FileManager.default.fileExists(atPath: "\(LabCommand.folder)/libScenarioRunning.a"),
    "needs swiftc and libScenarioRunning.a, which swift build makes beside the tests"))
struct CompiledHeadersTests {
  /// What the compiler keeps of headers: a folder for each set of options that they depend on.
  private func kept() throws -> Set<String> {
    Set(try FileManager.default.contentsOfDirectory(atPath: EditedProgram.modules))
  }

  @Test("They are the same for every challenge and every folder")
  func challenges() throws {
    let challenges = try Challenge.all()
    func build(_ challenge: Challenge) throws {
      let folder = try TemporaryFolder()
      let text = try #require(challenge.file("Solution.swift"))
      let built = try Submission(challenge: challenge, text: text, folder: folder.path, keeper: LabCommand.path).build()
      guard case .program = built else { throw LabError.failed("\(challenge.id) does not compile") }
    }
    try build(challenges[0])
    let first = try kept()
    for challenge in challenges.prefix(2) { try build(challenge) }
    #expect(try kept() == first)
  }

  @Test("They are the same for every edited program")
  func editedPrograms() throws {
    func build(_ number: Int) throws {
      let folder = try TemporaryFolder()
      let files = ["main.swift": "import Foundation\nimport ScenarioRunning\nprint(\(number), getpid())\n"]
      var program = try EditedProgram(files: files, in: folder.file("program"))
      program.keeper = LabCommand.path
      let build = try program.compile()
      #expect(build.isRunnable, "\(build.messages)")
    }
    try build(1)
    let first = try kept()
    try build(2)
    #expect(try kept() == first)
  }
}
