import Dispatch
import Foundation
@_spi(Judge) import Given
import ScenarioRunning
import Synchronization

@testable import Attempt

enum Harness {
  static let scenario = Scenario(
    id: "main-actor",
    title: "The wall that stands still while the weather comes in",
    question: "The feeds are read by tasks of their own. Why is nothing drawn meanwhile?",
    parameters: [
      Parameter("seed", "what the inputs are drawn from", standard: 1, range: 0...1_000_000_000),
      Parameter("size", "lines of a feed", standard: 40_000, range: 100...100_000),
    ],
    profiles: [.trace, .cpu], program: program)

  private static let stations = ["Arkona", "Brocken", "Helgoland", "Zugspitze"]
  private static let places = ["mast", "ground", "roof", "lee"]

  private static func program(_: Scenario.Variant, _ arguments: ScenarioRunning.Arguments) throws -> Program {
    var random = ScenarioRunning.SplitMix64(seed: UInt64(arguments["seed"]))
    let lines = (0..<5_000).map { _ in line(&random) }
    let feeds = stations.map { station in
      Feed(
        station: station,
        lines: (0..<arguments["size"]).map { _ in lines[Int.random(in: lines.indices, using: &random)] })
    }
    let rounds = Rounds(seed: arguments["seed"])
    return Program { await round(feeds, rounds.next()) }
  }

  private static func line(_ random: inout ScenarioRunning.SplitMix64) -> String {
    let tenths = Int.random(in: -250...380, using: &random)
    let degrees = ["\(tenths / 10).\(abs(tenths % 10))", "", "ice", "999.9"][
      Int.random(in: 0..<60, using: &random) < 57 ? 0 : Int.random(in: 1...3, using: &random)]
    let (hour, minute) = (Int.random(in: 0..<24, using: &random), Int.random(in: 0..<60, using: &random))
    return "\(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute);"
      + "\(places[Int.random(in: 0..<4, using: &random)]);\(degrees)"
  }

  /// Counts the rounds. Which station has sent which feed is another matter in each, so that what was found in one is of
  /// no use in the next.
  private final class Rounds: Sendable {
    private let count: Atomic<Int>

    init(seed: Int) { count = Atomic(seed) }

    func next() -> Int { count.add(1, ordering: .relaxed).newValue % stations.count }
  }

  private static func round(_ feeds: [Feed], _ shift: Int) async -> Outcome {
    let senders = feeds.indices.map { stations[($0 + shift) % stations.count] }
    let sent = zip(feeds, senders).map { Feed(station: $1, lines: Array($0)) }
    Judge.forget()
    var digest = ScenarioRunning.Digest()
    // Twice, for a machine that is busy may be late with anything once.
    var waitingShare = 1.0
    for _ in 0..<2 { waitingShare = min(waitingShare, await refresh(sent, senders, &digest)) }
    let (onMain, elsewhere) = Judge.lines
    return Outcome(
      output: digest.text,
      truth: [
        Truth("lines", Double(onMain + elsewhere), basis: "lines read, counted by the feeds"),
        Truth("lines-on-main", Double(onMain), basis: "lines read on the main actor, counted by the feeds"),
        Truth("feeds-at-once", Double(Judge.mostAtOnce), basis: "feeds being read when most were, counted by them"),
        Truth(
          "redraw-waiting-share", waitingShare,
          basis: "of the processors' time of a refresh, that in which a redraw waited for the main actor"),
      ])
  }

  /// Refreshes a wall that is drawn all the while; which share of the time a redraw had to wait.
  @MainActor
  private static func refresh(
    _ feeds: [Feed], _ senders: [String], _ digest: inout ScenarioRunning.Digest
  ) async -> Double {
    let dashboard = Dashboard()
    let screen = Screen { dashboard.draw() }
    let began = Screen.processorTime()
    screen.start()
    await dashboard.refresh(feeds)
    digest.add(dashboard.draw())
    for station in senders { add(dashboard.reports[station], to: &digest) }
    let waited = await screen.stop()
    let took = Screen.processorTime() - began
    return Double(min(waited, took)) / Double(max(took, 1))
  }

  private static func add(_ report: Report?, to digest: inout ScenarioRunning.Digest) {
    guard let report else { return digest.add(-1) }
    for value in [report.lowest, report.highest, report.sum, report.count, report.broken] + report.byHour {
      digest.add(value)
    }
  }
}

/// Asks for a redraw eight milliseconds after the last one was done, and keeps book of how long each was waited for: in
/// time that the process had on the processors, so that a machine that is busy with other things makes nobody late.
private final class Screen: Sendable {
  private let draw: @MainActor @Sendable () -> Int
  private let isOver = Atomic(false)
  private let waited = Atomic(0)
  private let ended = AsyncStream<Void>.makeStream()

  init(draw: @escaping @MainActor @Sendable () -> Int) { self.draw = draw }

  func start() { Thread { self.run() }.start() }

  /// How long redraws were waited for, in nanoseconds of the processors, once the last is done.
  func stop() async -> Int {
    isOver.store(true, ordering: .relaxed)
    for await _ in ended.stream {}
    return waited.load(ordering: .relaxed)
  }

  private func run() {
    let done = DispatchSemaphore(value: 0)
    while !isOver.load(ordering: .relaxed) {
      let due = Self.processorTime()
      Task(name: "redraw") { @MainActor in
        waited.add(Self.processorTime() - due, ordering: .relaxed)
        _ = draw()
        done.signal()
      }
      done.wait()
      usleep(8_000)
    }
    ended.continuation.finish()
  }

  static func processorTime() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
  }
}
