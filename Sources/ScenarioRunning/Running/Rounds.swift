import Analysis

/// What the rounds took and gave.
struct Rounds {
  let expected: String
  /// Times of single rounds with the profiler on.
  private(set) var on: [RoundTime] = []
  /// Times of single rounds with it off.
  private(set) var off: [RoundTime] = []
  private(set) var overheadRatios: [Double] = []
  private var truths: [[Truth]] = []
  private var unpaired: (isOn: Bool, cpu: Double)?

  init(expected: String) { self.expected = expected }

  /// Adds one turn of some rounds; two turns in a row, one on and one off, make a pair.
  mutating func add(_ outcomes: [Outcome], _ time: RoundTime, isOn: Bool) throws {
    if let wrong = outcomes.first(where: { $0.output != expected }) {
      throw ScenarioError.wrongResult("a round gave \(wrong.output), the first one \(expected)")
    }
    let count = Double(outcomes.count)
    let single = RoundTime(cpu: time.cpu / count, wall: time.wall / count)
    for _ in outcomes { if isOn { on.append(single) } else { off.append(single) } }
    if isOn { truths += outcomes.map(\.truth) }
    if let first = unpaired, first.isOn != isOn {
      // Turns that cost nothing have no ratio.
      if first.cpu > 0, time.cpu > 0 { overheadRatios.append(isOn ? time.cpu / first.cpu : first.cpu / time.cpu) }
      unpaired = nil
    } else {
      unpaired = (isOn, time.cpu)
    }
  }

  /// Drops the facts of rounds that the capture will not cover.
  mutating func forgetTruth() {
    truths = []
    on = []
    unpaired = nil
  }

  /// Rounds with the profiler off, or on where there are no others.
  var typical: [RoundTime] { off.isEmpty ? on : off }

  /// The facts of the profiled rounds: shares averaged, counts added up.
  var facts: [Provenance.Fact] {
    guard let first = truths.first else { return [] }
    return first.indices.map { index in
      let values = truths.map { $0[index].value }
      let sum = values.reduce(0, +)
      return Provenance.Fact(
        name: first[index].name, value: first[index].isTotal ? sum : sum / Double(values.count),
        basis: first[index].basis)
    }
  }
}
