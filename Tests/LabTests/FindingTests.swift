import Findings
import Foundation
import Pprof
import TestSupport
import Testing

/// Habits that are planted in a program are found, with the numbers that it measured itself, and those of its twin, which
/// does the same with care, are not.
@Suite(.serialized, .enabled(if: FileManager.default.fileExists(atPath: TestedProgram.preloaded)))
struct FindingTests {
  /// What a run left: its findings, and the numbers that the program printed.
  private struct Habit {
    var findings: [Finding]
    var numbers: [Int]
    var errors: String
    /// Both are of one process, so as many as the program saw.
    let cores = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))

    subscript(kind: Finding.Kind) -> [Finding] { findings.filter { $0.kind == kind } }

    func only(_ kind: Finding.Kind, _ subject: String) throws -> Finding {
      let found = self[kind].filter { $0.subject.hasPrefix(subject) }
      return try #require(found.count == 1 ? found.first : nil, "\(kind.rawValue) of \(subject): \(findings)")
    }
  }

  enum Build: String, CaseIterable, Sendable {
    case debug = "-Onone"
    case release = "-O"
  }

  private static let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Programs/habits.swift")
  private static let programs = Result {
    let text = try String(contentsOf: source, encoding: .utf8)
    return try Build.allCases.reduce(into: [Build: TestedProgram]()) { programs, build in
      programs[build] = try TestedProgram(
        swift: text, flags: ["-swift-version", "6", "-parse-as-library", build.rawValue])
    }
  }

  private func run(_ habit: String..., by kind: String, _ build: Build) throws -> Habit {
    let program = try #require(try Self.programs.get()[build])
    let file = program.folder.file("\(kind).pb.gz")
    let run = try program.run(recording: kind, to: file, arguments: habit)
    #expect(run.end == 0 && run.errorsOfProgram == "", "\(run.errors)")
    let profile = try Profile(contentsOf: file)
    try profile.checkValid()
    let findings = Finding.all(in: profile.comments)
    #expect(findings == findings.sorted())
    #expect(profile.comments.filter(Finding.isSentence).count == findings.count)
    return Habit(
      findings: findings, numbers: run.output.split { $0 == " " || $0 == "\n" }.compactMap { Int($0) },
      errors: run.errors)
  }

  // MARK: - Runs

  @Test("A task that does not suspend", arguments: Build.allCases)
  func neverSuspends(build: Build) throws {
    let habit = try run("never-suspends", by: "task", build)
    let finding = try habit.only(.neverSuspends, "report(_:)")
    #expect(finding.count == 1)
    #expect(finding[.longest] >= habit.numbers[0] && finding[.longest] <= habit.numbers[1], "\(habit)")
    #expect(habit.errors.contains("lab: finding: tasks made by report(_:) ran once for long"))
  }

  @Test("The same, which still runs when the program ends", arguments: Build.allCases)
  func stillRuns(build: Build) throws {
    let habit = try run("still-runs", by: "task", build)
    let finding = try habit.only(.neverSuspends, "report(_:)")
    #expect(finding.count == 1 && finding[.longest] >= Finding.Bounds.run, "\(habit)")
  }

  @Test("Tasks that look instead of awaiting", arguments: Build.allCases)
  func selfWakes(build: Build) throws {
    let habit = try run("self-wakes", by: "task", build)
    let finding = try habit.only(.selfWakes, "look(_:)")
    // A yield that another thread answers at once suspends nothing.
    #expect(finding.count <= habit.numbers[0] && finding.count * 4 >= habit.numbers[0], "\(habit)")
    #expect(finding[.outOf] >= finding.count, "\(habit)")
    #expect(finding[.mean] > 0 && finding[.mean] < Finding.Bounds.look)
  }

  @Test("Tasks that are too small", arguments: Build.allCases)
  func tooSmall(build: Build) throws {
    let habit = try run("too-small", by: "task", build)
    let finding = try habit.only(.tooSmall, "scatter(_:_:)")
    #expect(finding[.outOf] == habit.numbers[1], "\(habit)")
    #expect(finding.count * 2 > finding[.outOf] && finding.count <= finding[.outOf])
  }

  // MARK: - The pool

  @Test("Waits on threads of the pool", arguments: ["sleep", "semaphore", "read"], Build.allCases)
  func blocks(on wait: String, build: Build) throws {
    // The frame that calls Dispatch's semaphore is not on the stack.
    let places = ["sleep": "askDirectory() at main.swift:", "semaphore": "", "read": "askPipe() at main.swift:"]
    let habit = try run("blocks", wait, by: "block", build)
    let (tasks, slept, late) = (habit.numbers[0], habit.numbers[1], habit.numbers[2])
    let blocking = try habit.only(.blocksThePool, try #require(places[wait]))
    #expect(blocking.on == wait)
    // The last ones keep nobody waiting; a pool has a thread for each processor.
    let mean = slept / tasks
    #expect(blocking[.sum] <= slept && blocking[.sum] >= (tasks - 2 * habit.cores) * mean / 2, "\(habit)")
    #expect(blocking.count <= tasks && blocking.count >= tasks - 2 * habit.cores, "\(habit)")
    let starving = try habit.only(.poolStarved, "logIn(_:)")
    #expect(starving.count <= tasks + 1 && starving.count >= tasks - 2 * habit.cores, "\(habit)")
    #expect(starving[.longest] >= late / 2 && starving[.sum] >= starving[.longest], "\(habit)")
  }

  @Test("Where no waits are recorded, that threads waited is known to the kernel", arguments: Build.allCases)
  func starves(build: Build) throws {
    let habit = try run("blocks", "sleep", by: "task", build)
    let finding = try habit.only(.poolStarved, "logIn(_:)")
    #expect(finding.count >= 1 && finding.count <= habit.numbers[0] + 1, "\(habit)")
    #expect(finding[.longest] >= habit.numbers[2] / 2 && finding[.longest] <= 2 * habit.numbers[2], "\(habit)")
    #expect(habit[.blocksThePool].isEmpty)
  }

  // MARK: - Actors and locks

  @Test("Visits of an actor that are over at once", arguments: Build.allCases)
  func hopsBack(build: Build) throws {
    let habit = try run("hops-back", by: "block", build)
    let finding = try habit.only(.hopsBack, "visit(_:_:)")
    #expect(finding[.outOf] >= habit.numbers[1] - 1 && finding[.outOf] <= habit.numbers[1] + 1, "\(habit)")
    #expect(finding.count * 2 >= finding[.outOf] && finding[.mean] < Finding.Bounds.visit, "\(habit)")
  }

  @Test("Tasks that are resumed under a lock", arguments: Build.allCases, ["block", "mutex"])
  func resumedUnderLock(build: Build, kind: String) throws {
    let habit = try run("resumes-locked", by: kind, build)
    #expect(try habit.only(.resumedUnderLock, "resumeHolding(_:)").count == 20)
    #expect(habit[.resumedUnderLock].count == 1)
  }

  @Test("Locks that are held while their holder sleeps", arguments: ["pthread", "rwlock", "queue", "Mutex"])
  func holdsLock(lock: String) throws {
    for build in Build.allCases {
      let habit = try run("holds-lock", lock, by: "block", build)
      let finding = try habit.only(.lockAcrossBlockingCall, "nap(_:)")
      #expect(finding.on == "sleep" && finding.count == 1, "\(habit)")
      #expect(finding[.sum] >= 250_000_000 && finding[.sum] == finding[.longest], "\(habit)")
    }
  }

  @Test("An actor that is held while its task sleeps", arguments: Build.allCases)
  func holdsActor(build: Build) throws {
    let habit = try run("holds-actor", by: "block", build)
    let finding = try habit.only(.lockAcrossBlockingCall, "nap(_:)")
    #expect(finding.on == "sleep" && finding[.sum] >= 250_000_000, "\(habit)")
  }

  // MARK: - Twins

  /// A twin, the kind of profile, and what must not be found of it.
  static let twins: [(habit: [String], by: String, absent: [Finding.Kind])] = [
    (["suspends"], "task", Finding.Kind.allCases),
    (["yields"], "task", Finding.Kind.allCases),
    (["large-enough"], "task", [.tooSmall, .neverSuspends, .selfWakes]),
    (["sleeps"], "task", [.tooSmall, .neverSuspends, .selfWakes]),
    (["awaits"], "block", Finding.Kind.allCases),
    (["blocks-own", "sleep"], "block", Finding.Kind.allCases),
    (["blocks-own", "sleep"], "task", Finding.Kind.allCases),
    (["works-there"], "block", [.hopsBack, .lockAcrossBlockingCall, .resumedUnderLock]),
    (["resumes-free"], "block", Finding.Kind.allCases),
    (["resumes-free"], "mutex", Finding.Kind.allCases),
    (["lets-go", "pthread"], "block", Finding.Kind.allCases),
    (["lets-go", "Mutex"], "block", Finding.Kind.allCases),
    (["holds-alone"], "block", Finding.Kind.allCases),
  ]

  @Test("What is done with care is no finding", arguments: twins)
  func twin(habit: [String], by kind: String, absent: [Finding.Kind]) throws {
    for build in Build.allCases {
      let found = try run(habit, by: kind, build).findings.filter { absent.contains($0.kind) }
      #expect(found.isEmpty, "\(habit) \(build): \(found)")
    }
  }

  private func run(_ habit: [String], by kind: String, _ build: Build) throws -> Habit {
    habit.count == 1 ? try run(habit[0], by: kind, build) : try run(habit[0], habit[1], by: kind, build)
  }

  // MARK: - Where they are shown

  @Test("A dump begins with them")
  func dump() throws {
    let program = try #require(try Self.programs.get()[.release])
    let file = program.folder.file("dump.txt")
    _ = try program.run(recording: "task", to: file, options: ["--dump"], arguments: ["too-small"])
    let text = try String(contentsOfFile: file, encoding: .utf8)
    #expect(text.hasPrefix("finding: of 5,000 tasks made by scatter(_:_:) "))
  }

  @Test("lab pprof tells them in every report")
  func pprof() throws {
    let program = try #require(try Self.programs.get()[.release])
    let file = program.folder.file("small.pb.gz")
    _ = try program.run(recording: "task", to: file, arguments: ["too-small"])
    let sentence = "finding: of 5,000 tasks made by scatter(_:_:) "
    let top = try LabCommand.run("pprof", "-top", file), tags = try LabCommand.run("pprof", "-tags", file)
    #expect(top.output.contains(sentence) && !top.errors.contains(sentence))
    #expect(!tags.output.contains(sentence) && tags.errors.contains(sentence))
  }
}
