import Foundation
import TestSupport
import Testing

@testable import lab

/// `lab challenge` and `lab new challenge`, as somebody types them.
@Suite(
  .enabled(
    if: Tool("swiftc") != nil && FileManager.default.fileExists(atPath: "\(LabCommand.folder)/libScenarioRunning.a"),
    "needs swiftc and libScenarioRunning.a, which swift build makes beside the tests"))
struct ChallengeCommandTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func run(_ arguments: String...) throws -> (status: Int32, output: String, errors: String) {
    let result = try LabCommand.start(["challenge"] + arguments, environment: ["LAB_DIRECTORY": folder.path]).finish()
    return (result.status, result.output, result.errors)
  }

  private var file: String { folder.file("challenges/method-reference/Attempt.swift") }

  @Test("Begun, failed with a message that teaches, a hint read, passed, listed as passed, begun anew")
  func retainCycle() throws {
    let start = try run("start", "method-reference")
    #expect(start.status == 0 && start.output.contains("lab challenge check method-reference"), "\(start.errors)")
    let begun = try String(contentsOfFile: file, encoding: .utf8)

    let first = try run("check", "method-reference")
    #expect(first.status == 1)
    #expect(first.output.contains("of the players are still alive when the last listener has gone"), "\(first.output)")
    #expect(first.output.contains("lab challenge hint method-reference (0 of 3 read)"))

    #expect(try run("hint", "method-reference").output.hasPrefix("Hint 1 of 3: "))
    #expect(try run("hint", "method-reference").output.hasPrefix("Hint 2 of 3: "))
    let again = try run("hint", "method-reference", "--again").output
    #expect(again.contains("Hint 1 of 3: ") && again.contains("Hint 2 of 3: ") && !again.contains("Hint 3"))

    let mended = begun.replacing("onFrame = receive", with: "onFrame = { [weak self] in self?.receive($0) }")
    #expect(mended != begun)
    try mended.write(toFile: file, atomically: true, encoding: .utf8)
    let passed = try run("check", "method-reference")
    #expect(passed.status == 0 && passed.output.hasPrefix("method-reference: passed\n"), "\(passed.output)")
    #expect(passed.output.contains("a method is a function of an object"), "\(passed.output)")
    #expect(FileManager.default.fileExists(atPath: folder.file("challenges/method-reference/before-and-after.html")))
    #expect(try run("list").output.contains("(passed)"))

    #expect(try run("start", "method-reference").status == 0)
    #expect(try String(contentsOfFile: file, encoding: .utf8) == mended)
    #expect(try run("reset", "method-reference").status == 0)
    #expect(try String(contentsOfFile: file, encoding: .utf8) == begun)
    let kept = folder.file("challenges/method-reference/Attempt-1.swift")
    #expect(try String(contentsOfFile: kept, encoding: .utf8) == mended)
    // Nothing of the checks is left but what they show and what is kept to be quick.
    let left = try FileManager.default.contentsOfDirectory(atPath: folder.file("challenges/method-reference"))
    #expect(left.sorted() == ["Attempt-1.swift", "Attempt.swift", "before-and-after.html", "built", "given"])
  }

  @Test("What does not compile is told with its place, what is not there by name")
  func errors() throws {
    #expect(try run("check", "method-reference").errors.contains("begin with ./lab challenge start method-reference"))
    #expect(try run("start", "no-such").errors.contains("no challenge 'no-such'; there are: "))
    let file = folder.file("mine.swift")
    try "import Given\nfunc f() -> Int { \"a\" }\n".write(toFile: file, atomically: true, encoding: .utf8)
    let result = try run("check", "method-reference", file)
    #expect(result.status == 1)
    #expect(result.output.contains("mine.swift:2:19: error: cannot convert return expression"), "\(result.output)")
    #expect(result.output.contains("✗ builds"))
  }

  @Test("The solution is shown as what is changed, with why")
  func solution() throws {
    let output = try run("solution", "method-reference").output
    #expect(output.contains("-    socket.onFrame = receive\n"))
    #expect(output.contains("a method is a function of an object"))
  }

  @Test("A new challenge is judged as it is: its program fails, its solution passes, its cheats do not")
  func skeleton() throws {
    let root = try TemporaryFolder()
    _ = try ChallengeSkeleton("slow-ledger").write(to: root.path)
    let challenge = try Challenge(named: "slow-ledger", in: root.file("Challenges"))
    func verdict(_ name: String) throws -> Verdict {
      let scratch = try TemporaryFolder()
      var judge = Judge(challenge, in: scratch.path)
      judge.keeper = LabCommand.path
      return try judge.verdict(on: #require(challenge.file(name)))
    }
    #expect(try verdict("Attempt.swift").failed == [.gone])
    let passed = try verdict("Solution.swift")
    #expect(passed.hasPassed, "\(passed.text)")
    #expect(try verdict("cheats/skipped.swift").failed == [.right])
    #expect(try verdict("cheats/profiler-off.swift").failed == [.allowed])
  }

  @Test("Where there are too few processors to tell, nobody fails for it")
  func tooFewProcessors() throws {
    let root = try TemporaryFolder()
    _ = try ChallengeSkeleton("slow-ledger").write(to: root.path)
    let file = root.file("Challenges/slow-ledger/challenge.yml")
    let text = try String(contentsOfFile: file, encoding: .utf8)
    try (text + "\nprocessors: 4096\n").write(toFile: file, atomically: true, encoding: .utf8)
    let challenge = try Challenge(named: "slow-ledger", in: root.file("Challenges"))
    var judge = Judge(challenge, in: root.path)
    let error = #expect(throws: LabError.self) { try judge.verdict(on: Submission.Built.program("/bin/true")) }
    #expect("\(try #require(error))".contains("slow-ledger can be judged with 4096 processors and more"))
  }
}
