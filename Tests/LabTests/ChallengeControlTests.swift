import Dispatch
import Foundation
import Synchronization
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

  /// A challenge's controls are compiled together, and then judged one after the other beside the same runs of the solution;
  /// of two challenges more at once than there are processors: programs wait, and verdicts have to hold on busy machines.
  @Test("Each comes out as it has to")
  func controls() throws {
    let challenges = try Challenge.all()
    let faults = Mutex<[String]>([])
    let queue = OperationQueue()
    queue.maxConcurrentOperationCount = ProcessInfo.processInfo.activeProcessorCount + 2
    for challenge in challenges {
      queue.addOperation {
        let found: [String]
        do { found = try Self.faults(of: challenge) } catch { found = ["\(challenge.id): \(error)"] }
        faults.withLock { $0 += found }
      }
    }
    queue.waitUntilAllOperationsAreFinished()
    for fault in faults.withLock({ $0 }) { Issue.record("\(fault)") }
    #expect(Control.all.count > 100)
  }

  /// What comes out otherwise than it has to, each in words.
  private static func faults(of challenge: Challenge) throws -> [String] {
    let controls = Control.all.filter { $0.challenge == challenge.id }
    let folders = try controls.map { _ in try TemporaryFolder() }
    let built = try built(controls, of: challenge, in: folders.map(\.path))
    let references = ReferenceRuns(challenge, keeper: LabCommand.path)
    return try controls.indices.compactMap { index in
      var judge = Judge(challenge, in: folders[index].path)
      (judge.keeper, judge.references) = (LabCommand.path, references)
      let verdict = try judge.verdict(on: built[index].get())
      let fails = controls[index].fails
      let isAsItHasToBe =
        fails.isEmpty ? verdict.hasPassed : !verdict.hasPassed && !verdict.failed.isDisjoint(with: fails)
      return isAsItHasToBe ? nil : "\(controls[index]): \(verdict.text)"
    }
  }

  /// As many at once as there are processors.
  private static func built(_ controls: [Control], of challenge: Challenge, in folders: [String]) throws
    -> [Result<Submission.Built, any Error>]
  {
    let texts = try controls.map { try #require(challenge.file($0.file)) }
    let built = Mutex([Result<Submission.Built, any Error>?](repeating: nil, count: texts.count))
    DispatchQueue.concurrentPerform(iterations: texts.count) { index in
      let submission = Submission(
        challenge: challenge, text: texts[index], folder: folders[index], keeper: LabCommand.path)
      let result = Result { try submission.build() }
      built.withLock { $0[index] = result }
    }
    return try built.withLock { $0 }.map { try #require($0) }
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
