import Foundation

/// A challenge to begin with: one that is judged as it is, with its controls, to be replaced by one's own.
struct ChallengeSkeleton {
  /// The id, as in `slow-ledger`.
  let id: String

  /// - Throws: a `LabError` if that is no name for a challenge, or one has it.
  init(_ id: String) throws {
    let isPlain = id.wholeMatch(of: /[a-z][a-z0-9]*(-[a-z0-9]+)*/) != nil
    guard isPlain else {
      throw LabError.usage("'\(id)' is no name for a challenge: write small letters and hyphens, as in slow-ledger")
    }
    if try Challenge.all().contains(where: { $0.id == id }) {
      throw LabError.usage("there is a challenge '\(id)' already")
    }
    self.id = id
  }

  /// Writes its folder. Returns the paths of what was written, from the root.
  func write(to root: String = Workspace.root) throws -> [String] {
    let folder = "Challenges/\(id)"
    guard !FileManager.default.fileExists(atPath: "\(root)/\(folder)") else {
      throw LabError.usage("\(folder) is there already")
    }
    for (name, text) in files {
      let path = URL(fileURLWithPath: "\(root)/\(folder)/\(name)")
      try FileManager.default.createDirectory(at: path.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: path)
    }
    return files.map { "\(folder)/\($0.0)" }
  }

  /// Writes the pages of all challenges. Returns the paths of those that changed, from the root.
  static func writePages(of challenges: [Challenge], to root: String = Workspace.root) throws -> [String] {
    let pages =
      challenges.map { challenge in
        let page = ChallengePage(challenge: challenge)
        return (page.file, page.markdown)
      } + [("Content/challenges/index.md", ChallengePage.index(challenges))]
    let changed = pages.filter { (try? String(contentsOfFile: "\(root)/\($0.0)", encoding: .utf8)) != $0.1 }
    for (path, text) in changed {
      let file = URL(fileURLWithPath: "\(root)/\(path)")
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file, options: .atomic)
    }
    return changed.map(\.0)
  }

  private var files: [(String, String)] {
    [
      ("challenge.yml", definition), ("Given.swift", Self.given), ("Attempt.swift", Self.attempt(Self.faulty)),
      ("Solution.swift", Self.attempt(Self.mended)), ("Harness.swift", harness),
      ("cheats/skipped.swift", "// fails: right\n" + Self.attempt(Self.skipping)),
      ("cheats/profiler-off.swift", "// fails: allowed\n" + Self.switchingOff + Self.attempt(Self.faulty)),
    ]
  }

  private var definition: String {
    #"""
    title: A total that is asked for too often
    lesson: 2
    level: 1
    story: |
      A statement lists a customer's payments, each with its share of all. Statements of large customers take seconds.

      See to it that they do not. The ledger is another team's, and `Given.swift` with it.
    profile: cpu
    view: flame
    parameters: { size: 400 }
    spread: 0.2
    judge:
      - gone: cpu?value=fact&name=readings&within=..2
        says: "the ledger is still read {measured} times for one statement"
    hints:
      - "What does the program do for as long as it works? The widest box of the flame graph says it."
      - "How often is it asked for, and how often does the answer change?"
      - "Ask once, before the loop."
    explanation: |
      The total is the same for all payments, and looks like a property: nothing where it is used says that it costs a reading
      of the whole ledger.
    """# + "\n"
  }

  private static let given = """
    import Synchronization

    /// All payments of a customer, which are read from the first to the last whenever something is asked of them.
    public struct Ledger: Sendable {
      public let payments: [Int]

      @_spi(Judge) public init(_ payments: [Int]) { self.payments = payments }

      /// The sum of all payments.
      public var total: Int {
        Judge.count.add(1, ordering: .relaxed)
        return payments.reduce(0) { sum, payment in (0..<400).reduce(sum) { $0 &+ (payment ^ $1) & 1 } &+ payment }
      }
    }

    @_spi(Judge) public enum Judge {
      static let count = Atomic(0)
      /// How often a total was read.
      public static var readings: Int { count.load(ordering: .relaxed) }
    }

    """

  private static func attempt(_ body: String) -> String {
    """
    import Given

    /// The lines of a customer's statement.
    func statement(of ledger: Ledger) -> [String] {
    \(body)
    }

    """
  }

  private static let faulty = """
      ledger.payments.map { payment in
        "\\(payment) of \\(ledger.total)"
      }
    """

  private static let mended = """
      let total = ledger.total
      return ledger.payments.map { payment in
        "\\(payment) of \\(total)"
      }
    """

  private static let skipping = """
      ledger.payments.map { payment in "\\(payment)" }
    """

  private static let switchingOff = "@_silgen_name(\"lab_profiler_stop\") func stop()\n"

  private var harness: String {
    """
    @_spi(Judge) import Given
    import ScenarioRunning

    @testable import Attempt

    enum Harness {
      static let scenario = Scenario(
        id: "\(id)", title: "A total that is asked for too often", question: "What does the program work at?",
        parameters: [
          Parameter("seed", "what the inputs are drawn from", standard: 1, range: 0...1_000_000_000),
          Parameter("size", "payments", standard: 400, range: 10...10_000),
        ],
        profiles: [.cpu], program: program)

      private static func program(_: Scenario.Variant, _ arguments: ScenarioRunning.Arguments) throws -> Program {
        var random = ScenarioRunning.SplitMix64(seed: UInt64(arguments["seed"]))
        let ledger = Ledger((0..<arguments["size"]).map { _ in Int.random(in: 1...9_999, using: &random) })
        return Program {
          let before = Judge.readings
          var digest = ScenarioRunning.Digest()
          for line in statement(of: ledger) { digest.addPiece(line.utf8) }
          return Outcome(
            output: digest.text,
            truth: [ScenarioRunning.Truth("readings", Double(Judge.readings - before), basis: "counted by the ledger")])
        }
      }
    }

    """
  }
}
