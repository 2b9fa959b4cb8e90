import Foundation
import TestSupport
import Testing

@testable import lab

/// The controls of every challenge: what readers get fails for its fault, solutions pass, and cheats fail for what they are.
///
/// The first line of a cheat says in what: `// fails: right, gone`.
@Suite(
  .enabled(
    if: Tool("swiftc") != nil && FileManager.default.fileExists(atPath: "\(LabCommand.folder)/libScenarioRunning.a"),
    "needs swiftc and libScenarioRunning.a, which swift build makes beside the tests"))
struct ChallengeControlTests {
  /// A file and what has to come of it.
  struct Control: Sendable, CustomTestStringConvertible {
    var challenge: String
    var file: String
    /// The groups of which one has to fail; empty: it has to pass.
    var fails: Set<Judgement.Group>

    var testDescription: String { "\(challenge)/\(file)" }

    static let all: [Control] = {
      let challenges = (try? Challenge.all()) ?? []
      return challenges.flatMap { challenge -> [Control] in
        func files(_ folder: String) -> [String] {
          let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(challenge.folder)/\(folder)")) ?? []
          return names.filter { $0.hasSuffix(".swift") }.sorted().map { "\(folder)/\($0)" }
        }
        let cheats = files("cheats").map { file in
          let first = challenge.file(file)?.prefix { $0 != "\n" } ?? ""
          let words = first.split(separator: ":").last?.split { !$0.isLetter } ?? []
          return Control(
            challenge: challenge.id, file: file,
            fails: Set(words.compactMap { Judgement.Group(rawValue: String($0)) }))
        }
        return [Control(challenge: challenge.id, file: "Attempt.swift", fails: [.gone])]
          + (["Solution.swift"] + files("solutions")).map {
            Control(challenge: challenge.id, file: $0, fails: [])
          } + cheats
      }
    }()
  }

  @Test("There are ten at least, each with six cheats at least that say in what they fail")
  func thereAreEnough() throws {
    let challenges = try Challenge.all()
    #expect(challenges.count >= 10)
    for challenge in challenges {
      let cheats = Control.all.filter { $0.challenge == challenge.id && $0.file.hasPrefix("cheats/") }
      #expect(cheats.count >= 6, "\(challenge.id)")
      #expect(cheats.allSatisfy { !$0.fails.isEmpty }, "\(challenge.id)")
      #expect(FileManager.default.fileExists(atPath: Workspace.path("Content/lessons/\(challenge.lesson).md")))
    }
  }

  @Test("Each comes out as it has to", arguments: Control.all)
  func control(_ control: Control) throws {
    let challenge = try Challenge.named(control.challenge)
    let folder = try TemporaryFolder()
    var judge = Judge(challenge, in: folder.path)
    judge.keeper = LabCommand.path
    let verdict = try judge.verdict(on: #require(challenge.file(control.file)))
    if control.fails.isEmpty {
      #expect(verdict.hasPassed, "\(verdict.text)")
    } else {
      #expect(!verdict.failed.isDisjoint(with: control.fails), "\(verdict.text)")
      #expect(!verdict.hasPassed)
    }
  }

  @Test("The pages tell what the challenges' own files do: lab new challenge --pages writes them")
  func pagesAreUpToDate() throws {
    let challenges = try Challenge.all()
    for challenge in challenges {
      let page = ChallengePage(challenge: challenge)
      #expect(try String(contentsOfFile: Workspace.path(page.file), encoding: .utf8) == page.markdown)
    }
    for challenge in challenges {
      let lesson = try String(contentsOfFile: Workspace.path("Content/lessons/\(challenge.lesson).md"), encoding: .utf8)
      #expect(lesson.contains("Skip to the challenge") && lesson.contains("(../challenges/\(challenge.id).md)"))
    }
    #expect(
      try String(contentsOfFile: Workspace.path("Content/challenges/index.md"), encoding: .utf8)
        == ChallengePage.index(challenges))
  }
}
