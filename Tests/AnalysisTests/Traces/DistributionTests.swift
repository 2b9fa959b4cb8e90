import TestSupport
import Testing

@testable import Analysis

@Suite struct DistributionTests {
  private func durations(seed: UInt64) -> [Int64] {
    var random = SeededGenerator(seed: seed)
    return (0..<Int.random(in: 1...400, using: &random)).map { _ in
      Int64.random(in: 0...(1 << Int64.random(in: 0...50, using: &random)), using: &random)
    }
  }

  private func distribution(_ durations: [Int64]) -> Distribution {
    var times = Distribution()
    for duration in durations { times.add(duration) }
    return times
  }

  @Test("Sums and extremes are exact, percentiles within 1.6 %", arguments: 0..<50 as Range<UInt64>)
  func percentiles(seed: UInt64) {
    let durations = durations(seed: seed), times = distribution(durations), sorted = durations.sorted()
    #expect(times.count == durations.count && times.sum == durations.reduce(0, +))
    #expect(times.least == sorted.first && times.greatest == sorted.last)
    for share in [0, 0.1, 0.5, 0.9, 0.99, 0.999, 1] {
      let rank = min(max(Int((share * Double(sorted.count)).rounded(.up)), 1), sorted.count)
      let (found, exact) = (times.percentile(share), sorted[rank - 1])
      #expect(abs(Double(found - exact)) <= Double(exact) * 0.016, "\(share): \(found) for \(exact)")
      if exact < 64 { #expect(found == exact) }
    }
  }

  @Test("Bins hold each duration, between the borders that they name", arguments: 0..<30 as Range<UInt64>)
  func bins(seed: UInt64) {
    let durations = durations(seed: seed), bins = distribution(durations).bins
    for bin in bins {
      let own = durations.filter { bin.range.contains($0) }
      #expect(bin.count == own.count && bin.sum == own.reduce(0, +))
    }
    #expect(bins.reduce(0) { $0 + $1.count } == durations.count)
    for (bin, next) in zip(bins, bins.dropFirst()) { #expect(bin.range.upperBound == next.range.lowerBound) }
  }

  @Test("Two that are added are as one of all", arguments: 0..<20 as Range<UInt64>)
  func sums(seed: UInt64) {
    let (one, other) = (durations(seed: seed), durations(seed: seed &+ 77))
    var sum = distribution(one)
    sum.add(distribution(other))
    #expect(sum == distribution(one + other))
    sum.add(Distribution())
    #expect(sum.count == one.count + other.count)
  }

  @Test func nothingAndTooMuch() {
    let none = Distribution()
    #expect(none.least == 0 && none.greatest == 0 && none.median == 0 && none.bins.isEmpty)
    let most = distribution([.max, .max, -5, 0, 1])
    #expect(most.sum == .max && most.greatest == .max && most.least == 0 && most.percentile(0.6) == 1)
    #expect(most.bins.first?.range == 0..<1 && most.bins.last?.range.contains(.max - 1) == true)
  }
}

@Suite struct UtilisationTests {
  /// By counting each nanosecond.
  private func slowMinimum(_ running: [Int], over window: Int, processors: Int) -> Double {
    (0...(running.count - window)).map { start in
      Double(running[start..<start + window].reduce(0) { $0 + min($1, processors) }) / Double(window * processors)
    }.min() ?? 0
  }

  @Test("The least of all windows is found", arguments: 0..<20 as Range<UInt64>)
  func minimum(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let length = 700
    let running = (0..<length).map { _ in Int.random(in: 0...4, using: &random) }
    var pieces = Pieces(from: 50, length: Int64(length), count: Utilisation.pieces)
    var timeByRunning: [Int64] = [0, 0, 0, 0, 0]
    for (time, number) in running.enumerated() {
      pieces.add(min(number, 2), from: Int64(time + 50), to: Int64(time + 51))
      timeByRunning[number] += 1
    }
    let use = Utilisation(
      length: Int64(length), processors: 2, timeByRunning: timeByRunning, idleWhileReady: 0, pieces: pieces.sums)
    let capped = running.map { min($0, 2) }.reduce(0, +), all = running.reduce(0, +)
    #expect(abs(use.share - Double(capped) / Double(2 * length)) < 1e-9)
    #expect(abs(use.parallelism - Double(all) / Double(length)) < 1e-9)
    for window in [16, 50, 333, 700] {
      let least = try #require(use.minimum(over: Int64(window)))
      #expect(abs(least.share - slowMinimum(running, over: window, processors: 2)) < 1e-9)
    }
    #expect(use.minimum(over: 15) == nil && use.minimum(over: 701) == nil)
  }

  @Test("Pieces divide a time whatever their number", arguments: [1, 3, 7, 1_000, 65_536])
  func pieces(count: Int) {
    var pieces = Pieces(from: 1_000, length: 999_983, count: count)
    pieces.add(3, from: 1_000, to: 1_000 + 999_983)
    #expect(pieces.sums.count == count && pieces.sums.reduce(0, +) == 3 * 999_983)
    let fair = 3 * 999_983.0 / Double(count)
    #expect(pieces.sums.allSatisfy { abs(Double($0) - fair) <= 3 })
  }
}

@Suite struct TaskTableTests {
  @Test("It holds what a dictionary does", arguments: 0..<10 as Range<UInt64>)
  func againstADictionary(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var (table, known) = (TaskTable(), [UInt64: Int64]())
    for step in 0..<5_000 {
      let id = UInt64.random(in: 1...(step < 2_500 ? 900 : 60), using: &random) << (seed.isMultiple(of: 2) ? 0 : 32)
      if let place = table.place(of: id) {
        #expect(known[id] == table.known(place).pointee.began)
        table.remove(at: place)
        known[id] = nil
      } else {
        #expect(known[id] == nil)
        _ = table.add(TracedTask(id: id, site: 0, since: 0, began: Int64(step)))
        known[id] = Int64(step)
      }
      #expect(table.count == known.count)
    }
    #expect(Set(table.places.map { table.known($0).pointee.id }.filter { $0 != 0 }) == Set(known.keys))
  }
}

@Suite struct TraceTimeTests {
  @Test(
    "Times are written with two digits in the unit that suits them",
    arguments: [
      (0, "0 ns"), (830, "830 ns"), (999, "999 ns"), (1_900, "1.9 µs"), (12_345, "12 µs"), (999_400, "999 µs"),
      (999_700, "1 ms"), (38_200_000, "38 ms"), (1_500_000_000, "1.5 s"), (90_000_000_000, "90 s"),
    ])
  func text(time: Int64, text: String) {
    #expect(TraceTime.text(time) == text.replacing(" ", with: "\u{A0}"))
  }

  @Test("A place is told to a thousandth of what is looked at")
  func places() {
    #expect(TraceTime.place(62_400_000, within: 1_000_000) == "62.4\u{A0}ms")
    #expect(TraceTime.place(1_000_250_000, within: 20_000) == "1.00025\u{A0}s")
    #expect(TraceTime.place(0, within: 100) == "0\u{A0}ns")
  }

  @Test(
    "What is written on a command line is read",
    arguments: [
      ("62ms", 62_000_000), ("1.5 s", 1_500_000_000), ("20us", 20_000), ("20µs", 20_000), ("20\u{3BC}s", 20_000),
      ("900ns", 900), ("0s", 0), ("62.4\u{A0}ms", 62_400_000),
    ])
  func reading(text: String, time: Int64) { #expect(TraceTime.parse(text) == time) }

  @Test("What is no time is none", arguments: ["", "ms", "62", "-1ms", "1e30s", "nans", "infs", "1m s", "ms62"])
  func noTimes(text: String) { #expect(TraceTime.parse(text) == nil) }
}
