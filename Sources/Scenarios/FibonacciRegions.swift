import Profiling
import ScenarioRunning

/// Requests that are answered with a Fibonacci number, and whose answers are kept in a dictionary.
///
/// The fault: the dictionary grows as it fills. Each time all that is in it moves to a larger one, and one request waits.
enum FibonacciRegions {
  static let scenario = Scenario(
    id: "fibonacci-regions",
    title: "One request among thousands that pays for all before it",
    question: "To store an answer takes less than a microsecond, at worst a thousand times as long. Why?",
    parameters: [
      Parameter("requests", "requests a round", standard: 13_000, range: 1...5_000_000),
      Parameter("seed", "seed of the numbers that are asked for", standard: 10, range: 0...1_000_000),
    ],
    profiles: [.trace, .cpu], program: program)

  private static func program(_ variant: Scenario.Variant, _ arguments: Arguments) throws -> Program {
    let requests = arguments["requests"]
    var generator = SplitMix64(seed: UInt64(arguments["seed"]))
    let asked = (0..<requests).map { _ in Int.random(in: 300..<600, using: &generator) }
    return Program {
      let answers = await answerAll(asked, reserving: variant == .fixed).value
      var digest = Digest()
      for number in 0..<requests { digest.add(answers[number]) }
      return Outcome(
        output: digest.text,
        truth: [
          Truth("requests", Double(requests), basis: "the parameter"),
          Truth(
            "growths", Double(answers.growths), basis: "answers by which the dictionary got another capacity, counted"),
        ])
    }
  }
}

/// What was answered, by the number of the request.
private struct Answers: Sendable {
  private var stored: [Int: Int] = [:]
  private(set) var growths = 0

  // lesson: begin reserve
  mutating func reserve(_ count: Int) { stored.reserveCapacity(count) }
  // lesson: end reserve

  subscript(request: Int) -> Int { stored[request] ?? 0 }

  // Out of line, so that profiles have its name.
  @inline(never)
  mutating func store(_ answer: Int, for request: Int) {
    let capacity = stored.capacity
    stored[request] = answer
    if stored.capacity != capacity { growths += 1 }
  }
}

// Out of line, so that profiles have its name.
@inline(never)
// lesson: begin fibonacci
private func fibonacci(_ number: Int) -> Int {
  var (last, next) = (0, 1)
  for _ in 0..<number { (last, next) = (next, (last + next) % 1_000_000_007) }
  return last
}
// lesson: end fibonacci

private func answerAll(_ asked: [Int], reserving: Bool) -> Task<Answers, Never> {
  Task(name: "worker") {
    var answers = Answers()
    if reserving { answers.reserve(asked.count) }
    answer(asked, into: &answers)
    return answers
  }
}

@inline(never)
// lesson: begin answer
private func answer(_ asked: [Int], into answers: inout Answers) {
  for batch in stride(from: 0, to: asked.count, by: 100) {
    Trace.withTask("batch") {
      for request in batch..<min(batch + 100, asked.count) {
        let answer = Trace.withRegion("fibonacci") { fibonacci(asked[request]) }
        Trace.withRegion("store") { answers.store(answer, for: request) }
      }
    }
  }
}
// lesson: end answer
