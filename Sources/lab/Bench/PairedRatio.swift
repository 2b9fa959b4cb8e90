import Analysis
import ScenarioRunning

/// What one way of doing something costs against another, from runs that were made in turns.
///
/// A machine changes its speed from second to second and a program its layout from run to run; both lie in the two runs
/// of a pair alike, or average out over many pairs.
struct PairedRatio: Sendable {
  /// Measured amount over the first way's of the same round.
  var ratios: [Double] = []

  /// Measures the first of `ways` and the others against it, each once a round, beginning with another one each round.
  ///
  /// - Returns: One for each of the others, in their order.
  static func measure(rounds: Int, _ ways: [() throws -> Double]) throws -> [PairedRatio] {
    var results = Array(repeating: PairedRatio(), count: ways.count - 1)
    for round in 0..<rounds {
      var amounts = Array(repeating: 0.0, count: ways.count)
      for turn in ways.indices {
        let index = (turn + round) % ways.count
        amounts[index] = try ways[index]()
      }
      for index in results.indices { results[index].ratios.append(amounts[index + 1] / amounts[0]) }
    }
    return results
  }
}

extension Benchmark.Row {
  /// A row of a ratio, with what the pairs leave open.
  init(name: String, ratio: PairedRatio, goal: Benchmark.Goal = .none, peer: String? = nil) {
    self.init(
      name: "\(name), median of \(ratio.ratios.count) pairs", value: ratio.ratios.median, unit: "ratio", goal: goal,
      interval: ratio.ratios.medianInterval, peer: peer)
  }
}
