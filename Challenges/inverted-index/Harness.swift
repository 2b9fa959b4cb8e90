import Foundation
import ScenarioRunning
import Synchronization

@testable import Attempt

enum Harness {
  static let scenario = Scenario(
    id: "inverted-index",
    title: "The index that is copied whenever it grows",
    question: "An index of half a megabyte is made. How many bytes are allocated for it?",
    parameters: [
      Parameter("seed", "what the inputs are drawn from", standard: 1, range: 0...1_000_000_000),
      Parameter("size", "documents", standard: 20_000, range: 500...50_000),
    ],
    profiles: [.allocs, .cpu], program: program)

  private static let wordsOfOne = 5

  private static func program(_: Scenario.Variant, _ arguments: ScenarioRunning.Arguments) throws -> Program {
    let documents = arguments["size"]
    var random = ScenarioRunning.SplitMix64(seed: UInt64(arguments["seed"]))
    let archive = Archive(documents, &random)
    let rounds = Rounds()
    return Program {
      let outcome = archive.round(rounds.next())
      await rest()
      return outcome
    }
  }

  private final class Rounds: Sendable {
    private let count = Atomic(1_000)
    func next() -> Int { count.add(1, ordering: .relaxed).newValue }
  }

  /// Documents of five words each: two that are nearly everywhere, and three of many.
  private struct Archive: Sendable {
    /// Numbers of words, those of a document one after the other.
    let contents: [Int]
    let documents: Int
    /// How many postings there are to be.
    let postings: Int
    let vocabulary: [String]

    init(_ documents: Int, _ random: inout ScenarioRunning.SplitMix64) {
      let words = 2_000
      var contents: [Int] = []
      for _ in 0..<documents {
        contents.append(0)
        contents.append(Int.random(in: 0..<20, using: &random) == 0 ? 0 : 1)
        for _ in 2..<wordsOfOne { contents.append(Int.random(in: 2..<words, using: &random)) }
        contents[(contents.count - wordsOfOne)...].shuffle(using: &random)
      }
      self.contents = contents
      self.documents = documents
      postings = stride(from: 0, to: contents.count, by: wordsOfOne)
        .reduce(0) { $0 + Set(contents[$1..<$1 + wordsOfOne]).count }
      vocabulary = Set((0..<words * 2).map { _ in Self.word(&random) }).sorted().prefix(words).shuffled(using: &random)
    }

    private static func word(_ random: inout ScenarioRunning.SplitMix64) -> String {
      let syllables = ["ba", "de", "fi", "go", "ku", "la", "me", "ni", "po", "ru", "sa", "te", "vi", "wo"]
      return (0..<4).map { _ in syllables[Int.random(in: 0..<syllables.count, using: &random)] }.joined()
    }

    /// One archive, whose words differ from round to round: what was found in one is of no use in the next.
    func round(_ number: Int) -> Outcome {
      let words = vocabulary.map { "\($0)\(number)" }
      let text = contents.map { words[$0] }
      var index = InvertedIndex()
      for document in 0..<documents {
        index.add(text[document * wordsOfOne..<(document + 1) * wordsOfOne], of: document)
      }
      return Outcome(
        output: digest(of: index, words),
        truth: [
          Truth("postings", Double(postings), isTotal: true, basis: "words of documents, each counted once"),
          Truth("posting-bytes", Double(8 * postings), isTotal: true, basis: "eight bytes each"),
        ])
    }

    private func digest(of index: InvertedIndex, _ words: [String]) -> String {
      var digest = ScenarioRunning.Digest()
      digest.add(index.count)
      for word in words {
        for document in index.documents(with: word) { digest.add(document) }
        digest.add(-1)
      }
      for (word, other) in zip(words, words.dropFirst()).prefix(200) {
        for document in index.documents(with: word, and: other) { digest.add(document) }
        digest.add(-1)
      }
      for (word, documents) in index.mostFrequent(20) {
        digest.add(word.utf8.prefix(8))
        digest.add(documents)
      }
      return digest.text
    }
  }

  /// Waits until the program has done nothing to speak of five times in a row, for two seconds of looking at most: what was put
  /// off until the round has ended is part of it.
  private static func rest() async {
    var quiet = 0
    for _ in 0..<200 where quiet < 5 {
      let before = RoundTime.now(CLOCK_PROCESS_CPUTIME_ID)
      try? await Task.sleep(for: .milliseconds(10))
      quiet = RoundTime.now(CLOCK_PROCESS_CPUTIME_ID) - before < 0.001 ? quiet + 1 : 0
    }
  }
}
