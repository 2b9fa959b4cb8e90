import Foundation
import ScenarioRunning
import Scenarios

/// A scenario to begin with: one that runs, with a fault that a profile shows, to be replaced by one's own.
struct ScenarioSkeleton {
  /// The id, as in `word-count`.
  let id: String
  /// The name of its type and file, as in `WordCount`.
  let type: String

  /// - Throws: a `LabError` if that is no name for a scenario, or one has it.
  init(_ id: String) throws {
    let words = id.split(separator: "-", omittingEmptySubsequences: false)
    let isPlain = words.allSatisfy { word in
      word.first.map { ("a"..."z").contains($0) } == true
        && word.allSatisfy { ("a"..."z").contains($0) || ("0"..."9").contains($0) }
    }
    guard isPlain else {
      throw LabError.usage("'\(id)' is no name for a scenario: write small letters and hyphens, as in word-count")
    }
    if Scenario.named(id) != nil { throw LabError.usage("there is a scenario '\(id)' already") }
    self.id = id
    type = words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }

  /// Writes its file and adds its lines to the list of all and to their tests. `root`: the package's.
  ///
  /// Returns the paths of what was changed, from the root. All or nothing: what stands in the way is told before
  /// anything is written.
  func write(to root: String = Workspace.root) throws -> [String] {
    let file = "Sources/Scenarios/\(type).swift"
    let catalogue = "Sources/Scenarios/Catalogue.swift", tests = "Tests/ScenariosTests/ScenariosTests.swift"
    guard !FileManager.default.fileExists(atPath: "\(root)/\(file)") else {
      throw LabError.usage("\(file) is there already")
    }
    let changed = [
      (file, text),
      (
        catalogue,
        try adding("    \(type).scenario,\n", toListIn: "\(root)/\(catalogue)", after: "let all: [Scenario] = [")
      ),
      (
        tests,
        try adding(#"    "\#(id)": ["texts": 1, "words": 40],\#n"#, toListIn: "\(root)/\(tests)", after: "let small:")
      ),
    ]
    for (path, text) in changed {
      try Data(text.utf8).write(to: URL(fileURLWithPath: "\(root)/\(path)"), options: .atomic)
    }
    return changed.map(\.0)
  }

  /// The text of a file with a line at the end of the list that begins after some words.
  private func adding(_ line: String, toListIn file: String, after words: String) throws -> String {
    guard let text = try? String(contentsOfFile: file, encoding: .utf8),
      let start = text.firstRange(of: words), let end = text[start.upperBound...].firstRange(of: "\n  ]")
    else { throw LabError.failed("\(Workspace.relative(file)): no list after '\(words)'") }
    return text.replacingCharacters(in: end.lowerBound..<end.lowerBound, with: "\n" + line.dropLast())
  }

  private var text: String {
    """
    import ScenarioRunning

    /// What the program is, in a sentence.
    ///
    /// The fault: what is wrong with it, in a sentence. Here every word is looked for in a list of all words so far.
    enum \(type) {
      static let scenario = Scenario(
        id: "\(id)",
        title: "What a reader sees in a list of scenarios",
        question: "What a reader is asked before they see the profile?",
        parameters: [
          Parameter("texts", "texts a round", standard: 60, range: 1...10_000),
          Parameter("words", "words in a text", standard: 2_000, range: 1...100_000),
          Parameter("seed", "seed of the generated texts", standard: 1, range: 0...1_000_000),
        ],
        profiles: [.cpu], program: program)

      /// Makes the input, which is not measured, and returns what a round does, which is. Both variants have the same output.
      private static func program(_ variant: Scenario.Variant, _ arguments: Arguments) throws -> Program {
        let texts = Texts(
          count: arguments["texts"], words: arguments["words"], seed: UInt64(arguments["seed"]))
        return Program {
          let distinct =
            switch variant {
            case .faulty: texts.words.reduce(0) { $0 + texts.countInList($1) }
            case .fixed: texts.words.reduce(0) { $0 + texts.countInSet($1) }
            }
          return Outcome(
            output: String(distinct),
            // What is known without a profiler, and how: claims hold the profile against it.
            truth: [Truth("words", Double(texts.words.joined().count), basis: "the parameters")])
        }
      }
    }

    /// Texts of generated words.
    private struct Texts {
      let words: [[Int]]

      init(count: Int, words: Int, seed: UInt64) {
        var random = SplitMix64(seed: seed)
        self.words = (0..<count).map { _ in (0..<words).map { _ in Int(random.next() % 1_000) } }
      }

      // lesson: begin list
      /// How many different words there are.
      @inline(never)
      func countInList(_ words: [Int]) -> Int {
        var known: [Int] = []
        for word in words where !known.contains(word) { known.append(word) }
        return known.count
      }
      // lesson: end list

      // lesson: begin set
      /// How many different words there are.
      @inline(never)
      func countInSet(_ words: [Int]) -> Int {
        Set(words).count
      }
      // lesson: end set
    }

    """
  }
}
