@_spi(Judge) import Given
import ScenarioRunning
import Synchronization

@testable import Attempt

enum Harness {
  static let scenario = Scenario(
    id: "fine-parallelism",
    title: "The picture that takes longer the more help it has",
    question: "Every point of a picture is computed by a task of its own. What do the processors do?",
    parameters: [
      Parameter("seed", "what the inputs are drawn from", standard: 1, range: 0...1_000_000_000),
      Parameter("size", "points in a row, and rows", standard: 220, range: 20...2_000),
    ],
    profiles: [.trace, .cpu], program: program)

  private static func program(_: Scenario.Variant, _ arguments: ScenarioRunning.Arguments) throws -> Program {
    let (size, seed) = (arguments["size"], arguments["seed"])
    var random = ScenarioRunning.SplitMix64(seed: UInt64(seed))
    // All that is deep lies in the lower half.
    let left = Double.random(in: -2...(-1.8), using: &random)
    let bottom = Double.random(in: -0.12...(-0.05), using: &random)
    let step = Double.random(in: 1.4...1.5, using: &random) / Double(size)
    let rounds = Rounds(seed: seed)
    return Program {
      let shift = rounds.next()
      let canvas = Canvas(size: size)
      let view = View(left: left, bottom: bottom, step: step, shift: shift, for: canvas)
      return await round(view, on: canvas, shift: shift)
    }
  }

  /// How far to the right a round may look at most.
  private static let mostShift = 15

  /// Counts the rounds. Each looks a little further to the right or left than the one before, so that what was found in
  /// one is not what is asked for in the next.
  private final class Rounds: Sendable {
    private let count: Atomic<Int>

    init(seed: Int) { count = Atomic(seed) }

    func next() -> Int { count.add(1, ordering: .relaxed).newValue % (mostShift + 1) }
  }

  private static func round(_ view: View, on canvas: Canvas, shift: Int) async -> Outcome {
    let size = canvas.size
    await Painter().paint(view, on: canvas)
    // What all rounds see.
    var digest = ScenarioRunning.Digest()
    for row in 0..<size {
      for point in canvas.row(row).dropFirst(mostShift - shift).dropLast(shift) { digest.add(Int(point)) }
    }
    return Outcome(
      output: digest.text,
      truth: [
        Truth("points", Double(size * size), basis: "of the picture"),
        Truth(
          "standstills", Double(canvas.standstills),
          basis: "times that one task was stopped in the middle of its work, and no other went on"),
        Truth("outside-share", canvas.shareOutsideTasks, basis: "of all points, those that no task has set"),
      ])
  }
}
