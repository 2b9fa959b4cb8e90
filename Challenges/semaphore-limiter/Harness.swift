import Foundation
@_spi(Judge) import Given
import ScenarioRunning

@testable import Attempt

enum Harness {
  static let scenario = Scenario(
    id: "semaphore-limiter",
    title: "Four slots, and all of them waiting for a thread",
    question: "The archive has answered, and nobody takes the answer. What do they wait for?",
    parameters: [
      Parameter("seed", "what the inputs are drawn from", standard: 1, range: 0...1_000_000_000),
      Parameter("size", "pages for each processor", standard: 4, range: 1...100),
    ],
    profiles: [.trace, .block], program: program)

  private static let words = [
    "city", "council", "extraordinary", "harvest", "last", "night", "of", "parliament", "railway", "storm", "the",
    "unprecedented", "yesterday",
  ]

  private static func program(_: Scenario.Variant, _ arguments: ScenarioRunning.Arguments) throws -> Program {
    var random = ScenarioRunning.SplitMix64(seed: UInt64(arguments["seed"]))
    let texts = (0..<60 + 4 * arguments["size"] * ProcessInfo.processInfo.activeProcessorCount).map { _ in
      (0..<Int.random(in: 20...60, using: &random)).map { _ in words.randomElement(using: &random) ?? "" }
        .joined(separator: " ")
    }
    // Four that have a slot, and so many for each thread of the pool that have none.
    let count = 4 + arguments["size"] * ProcessInfo.processInfo.activeProcessorCount
    let numbers = Array(texts.indices.shuffled(using: &random).prefix(count)).sorted()
    return Program { await round(texts, numbers) }
  }

  private static func round(_ texts: [String], _ numbers: [Int]) async -> Outcome {
    let archive = Archive(texts: texts)
    let began = (clock: RoundTime.now(CLOCK_MONOTONIC), processor: RoundTime.now(CLOCK_PROCESS_CPUTIME_ID))
    let pages = await Downloader(archive).download(numbers)
    let took = RoundTime.now(CLOCK_MONOTONIC) - began.clock
    let worked = RoundTime.now(CLOCK_PROCESS_CPUTIME_ID) - began.processor
    let counts = archive.counts
    archive.shutDown()
    var digest = ScenarioRunning.Digest()
    for page in pages {
      digest.add(page.number)
      digest.add(page.words)
      digest.addPiece(page.longest.utf8)
    }
    // Each page is asked for once, and no other.
    digest.add(counts.requests)
    return Outcome(
      output: digest.text,
      truth: [
        Truth("pages", Double(numbers.count), basis: "asked for: four, and some for each processor"),
        Truth(
          "standstills", Double(counts.standstills),
          basis: "times at which answers had come and no thread moved, counted by the archive"),
        Truth(
          "in-flight", Double(counts.mostAtOnce), basis: "requests under way when most were, counted by the archive"),
        Truth(
          "kept-up", Double(counts.othersUnderWay) / Double(max(counts.further, 1)),
          basis: "others under way when a further one came, in the mean after the first four, counted by the archive"),
        Truth("busy-share", worked / took, basis: "of the time that a download takes, that in which a processor works"),
      ])
  }
}
