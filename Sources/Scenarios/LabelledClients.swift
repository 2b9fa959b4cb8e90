import Profiling
import ScenarioRunning

/// Three clients of one price index. The profile without labels knows only that searching is slow.
///
/// The fault: the report asks the index for every day anew, each time from the first entry on.
enum LabelledClients {
  static let scenario = Scenario(
    id: "labelled-clients",
    title: "One slow function, three callers, one culprit",
    question: "Every client calls the same search. Which of them uses up the processor?",
    parameters: [
      Parameter("days", "days the report covers", standard: 240, range: 1...2_000),
      Parameter("searches", "searches of the shop and of the billing job", standard: 1_200, range: 1...100_000),
      Parameter("seed", "seed of the generated prices", standard: 5, range: 0...1_000_000),
    ],
    profiles: [.cpu], program: program)

  private static func program(_ variant: Scenario.Variant, _ arguments: Arguments) throws -> Program {
    let index = PriceIndex(days: arguments["days"], seed: UInt64(arguments["seed"]))
    let searches = arguments["searches"]
    return Program { try await Clients(index: index, searches: searches).serve(variant) }
  }
}

/// Prices by day, in order of days.
private struct PriceIndex: Sendable {
  struct Entry: Sendable {
    let day: Int
    let cents: Int
  }

  let days: Int
  private let entries: [Entry]

  init(days: Int, seed: UInt64) {
    var random = SplitMix64(seed: seed)
    self.days = days
    entries = (0..<days * 150).map { Entry(day: $0 / 150, cents: Int(random.next() % 100_000)) }
  }

  // lesson: begin search
  /// The sum of the prices of the given days, found by looking at every entry.
  @inline(never)
  func total(of days: Range<Int>) -> Int {
    var sum = 0
    for entry in entries where days.contains(entry.day) { sum &+= entry.cents }
    return sum
  }
  // lesson: end search

  // lesson: begin grouped
  /// The sums of all days, in one pass.
  @inline(never)
  func totals() -> [Int] {
    var sums = [Int](repeating: 0, count: days)
    for entry in entries { sums[entry.day] &+= entry.cents }
    return sums
  }
  // lesson: end grouped
}

/// What the three clients answered.
private struct Clients {
  let index: PriceIndex
  let searches: Int

  // lesson: begin labels
  func serve(_ variant: Scenario.Variant) async throws -> Outcome {
    let answers = await withTaskGroup(of: Answer.self) { group in
      group.addTask { await withLabels(["client": "shop"]) { await answer("shop", by: shop) } }
      group.addTask { await withLabels(["client": "billing"]) { await answer("billing", by: billing) } }
      group.addTask {
        await withLabels(["client": "report"]) {
          await answer("report", by: variant == .faulty ? reportDayByDay : reportGrouped)
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    return outcome(answers)
  }
  // lesson: end labels

  private struct Answer: Sendable {
    var client: String
    var sum: Int
    var nanoseconds: Int64
  }

  private func answer(_ client: String, by work: @Sendable (Clients) -> Int) async -> Answer {
    var clock = CPUClock()
    let sum = clock.measure { work(self) }
    return Answer(client: client, sum: sum, nanoseconds: clock.nanoseconds)
  }

  private func outcome(_ answers: [Answer]) -> Outcome {
    let answers = answers.sorted { $0.client < $1.client }
    var digest = Digest()
    for answer in answers { digest.add(answer.sum) }
    let total = Double(answers.reduce(0) { $0 + $1.nanoseconds })
    return Outcome(
      output: digest.text,
      truth: answers.map {
        Truth(
          "\($0.client)-share", Double($0.nanoseconds) / total,
          basis: "the thread's CPU clock, read around the client's work")
      })
  }
}

/// The shop asks for single days.
@Sendable private func shop(_ clients: Clients) -> Int {
  (0..<clients.searches).reduce(0) { sum, search in
    let day = search % clients.index.days
    return sum &+ clients.index.total(of: day..<day + 1)
  }
}

/// Billing asks for weeks.
@Sendable private func billing(_ clients: Clients) -> Int {
  (0..<clients.searches / 2).reduce(0) { sum, search in
    let day = search % clients.index.days
    return sum &+ clients.index.total(of: day..<day + 7)
  }
}

// lesson: begin day-by-day
/// The report compares every day with every tenth day before it.
@Sendable private func reportDayByDay(_ clients: Clients) -> Int {
  var changes = 0
  for day in 0..<clients.index.days {
    let today = clients.index.total(of: day..<day + 1)
    for earlier in stride(from: day - 10, through: 0, by: -10) {
      changes &+= abs(today - clients.index.total(of: earlier..<earlier + 1))
    }
  }
  return changes
}
// lesson: end day-by-day

// lesson: begin report-grouped
/// The same comparison over sums made once.
@Sendable private func reportGrouped(_ clients: Clients) -> Int {
  let totals = clients.index.totals()
  var changes = 0
  for day in 0..<clients.index.days {
    for earlier in stride(from: day - 10, through: 0, by: -10) { changes &+= abs(totals[day] - totals[earlier]) }
  }
  return changes
}
// lesson: end report-grouped
