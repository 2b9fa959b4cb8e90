import ArgumentParser
import ChildProcesses
import Foundation
import Platform

/// `lab challenge`: programs to mend, which the profiler judges.
struct ChallengeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "challenge",
    abstract: "Programs with a fault for you to mend, and the profiler says whether you have.",
    subcommands: [
      ListChallenges.self, StartChallenge.self, CheckChallenge.self, HintOfChallenge.self, ResetChallenge.self,
      SolutionOfChallenge.self,
    ], defaultSubcommand: ListChallenges.self)
}

private struct ListChallenges: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Lists the challenges, and how far you are.")

  func run() throws {
    let all = try Challenge.all(), progress = Attempts().progress
    let width = all.map(\.id.count).max() ?? 0
    for challenge in all {
      let state = progress[challenge.id].map { $0.passed != nil ? "passed" : $0.checks > 0 ? "begun" : "" } ?? ""
      let name = challenge.id.padding(toLength: width + 2, withPad: " ", startingAt: 0)
      let lesson = "lesson \(challenge.lesson)".padding(toLength: 11, withPad: " ", startingAt: 0)
      print("\(name)\(lesson)\(challenge.title)\(state.isEmpty ? "" : " (\(state))")")
    }
    print("\nBegin with any of them: ./lab challenge start \(all.first?.id ?? "NAME")")
  }
}

private struct StartChallenge: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "start", abstract: "Gives you the program.")

  @Argument(help: "The challenge; see 'lab challenge list'.") var name: String

  func run() throws {
    let challenge = try Challenge.named(name), attempts = Attempts()
    try attempts.start(challenge)
    let given =
      challenge.file("Given.swift") == nil
      ? "" : "\nWhat it uses, and you cannot change:  \(Workspace.fromHere(challenge.folder))/Given.swift"
    print(
      """
      \(challenge.title)

      \(challenge.story.trimmingCharacters(in: .newlines))

      The program:  \(Workspace.fromHere(attempts.file(of: challenge)))\(given)
      To see what the profiler says of it, before and after:  ./lab challenge check \(challenge.id)
      If you are stuck:  ./lab challenge hint \(challenge.id)
      """)
  }
}

private struct CheckChallenge: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Judges your program: its output, the fault, and whether another came in its stead.",
    discussion: "Exit codes: 0 passed, 1 not yet, 3 inconclusive: the machine is too busy to tell.")

  @Argument(help: "The challenge.") var name: String
  @Argument(help: "Your file; the one that 'lab challenge start' gave you if none is named.") var file: String?
  @Flag(help: "Print the verdict as JSON.") var json = false

  func run() throws {
    let challenge = try Challenge.named(name), attempts = Attempts()
    let path = file ?? attempts.file(of: challenge)
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      throw LabError.usage(
        file == nil ? "begin with ./lab challenge start \(name)" : "\(path) cannot be read")
    }
    let shows = isatty(STDERR_FILENO) == 1 && !json
    let check = ChallengeCheck(challenge: challenge, attempts: attempts) { step in
      if shows { writeToStandardError("\r\u{1B}[K\(step)") }
    }
    let verdict: Verdict
    do {
      defer { if shows { writeToStandardError("\r\u{1B}[K") } }
      verdict = try check.run(text).verdict
    }
    if json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
      print(String(decoding: try encoder.encode(verdict), as: UTF8.self))
    } else {
      for diagnostic in verdict.diagnostics {
        print(
          "\(Workspace.fromHere(path)):\(diagnostic.line):\(diagnostic.column): \(diagnostic.severity.rawValue): \(diagnostic.message)"
        )
      }
      print(verdict.text)
      if FileManager.default.fileExists(atPath: check.page) {
        print("\nBefore and after: \(Workspace.fromHere(check.page))")
      }
      if verdict.hasPassed {
        print("\n\(challenge.explanation.trimmingCharacters(in: .newlines))")
      } else if !verdict.isInconclusive {
        let read = attempts.progress[challenge.id]?.hints ?? 0
        if read < challenge.hints.count {
          print("\nStuck? ./lab challenge hint \(name) (\(read) of \(challenge.hints.count) read)")
        }
      }
    }
    if verdict.isInconclusive { throw LabError.cannotMeasure("inconclusive") }
    if !verdict.hasPassed { throw LabError.failed("not yet") }
  }
}

private struct HintOfChallenge: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hint", abstract: "Says a little more than the last time.")

  @Argument(help: "The challenge.") var name: String
  @Flag(help: "Print those that you have read, and no other.") var again = false

  func run() throws {
    let challenge = try Challenge.named(name), attempts = Attempts()
    var read = attempts.progress[challenge.id]?.hints ?? 0
    if !again, read < challenge.hints.count {
      read += 1
      try attempts.note(challenge) { $0.hints = read }
    }
    let shown = again ? challenge.hints.prefix(read) : challenge.hints.prefix(read).suffix(1)
    for (index, hint) in zip((again ? 0 : max(0, read - 1))..., shown) {
      print("Hint \(index + 1) of \(challenge.hints.count): \(hint.trimmingCharacters(in: .newlines))")
    }
    if read == challenge.hints.count {
      print("There is none after this. ./lab challenge solution \(name) shows one way.")
    }
  }
}

private struct ResetChallenge: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reset", abstract: "Gives you the program as it was; what you had is kept beside it.")

  @Argument(help: "The challenge.") var name: String

  func run() throws {
    let challenge = try Challenge.named(name), attempts = Attempts()
    let kept = try attempts.reset(challenge)
    print("\(Workspace.fromHere(attempts.file(of: challenge))) is as it was at first.")
    if let kept { print("Yours is now \(Workspace.fromHere(kept)).") }
  }
}

private struct SolutionOfChallenge: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "solution", abstract: "Shows one way to mend it, and why the fault was there.")

  @Argument(help: "The challenge.") var name: String

  func run() throws {
    let challenge = try Challenge.named(name)
    let files = ["Attempt.swift", "Solution.swift"].map { "\(challenge.folder)/\($0)" }
    print(try ChildProcess.output(of: ["diff", "-U2", "--label", "as you got it", "--label", "mended"] + files))
    print("\(challenge.explanation.trimmingCharacters(in: .newlines))")
  }
}
