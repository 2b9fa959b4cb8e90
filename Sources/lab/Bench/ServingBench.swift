import Foundation
import LocalServer
import Platform
import ScenarioRunning
import Synchronization

extension Benchmark {
  /// What a loaded program pays for serving its profiles under `lab record --http`, unscraped, and scraped as Alloy does
  /// every 15 s: the CPU time nearly all the while, and each time allocations, waits, tasks and contention. Here all of that
  /// comes ten times as often, in rounds of 1.5 s, so that a run of some seconds has several.
  static let serving = Benchmark(name: "serving") {
    let program = try BuiltProgram("BareTaskingProgram").path
    let work = [program, "hops", "3000000"]
    var scrapes = 0
    let ratios = try PairedRatio.measure(
      rounds: 6,
      [
        { try seconds(work) },
        { try seconds(served(work, at: try freePort())) },
        {
          let port = try freePort()
          let scraper = Scraper(port: port)
          defer { scrapes += scraper.stop() }
          return try seconds(served(work, at: port))
        },
      ])
    return [
      Row(name: "serving: actor hops, served and not scraped, CPU time", ratio: ratios[0], goal: .none),
      Row(
        name: "serving: the same scraped every 1.5 s, ten times as often as scrapers do, CPU time", ratio: ratios[1],
        goal: .none),
      Row(name: "serving: scrapes that were answered", value: Double(scrapes), unit: "", goal: .atLeast(30)),
    ]
  }

  /// CPU time of the whole process while the work is done, the server's threads included.
  private static func seconds(_ command: [String]) throws -> Double {
    try BuiltProgram.numbers(of: command, count: 3).first[0]
  }

  private static func served(_ command: [String], at port: Int) -> [String] {
    [ThisProgram.path, "record", "--http", "127.0.0.1:\(port)", "--rates", "block,mutex", "--"] + command
  }

  private static func freePort() throws -> Int {
    let server = try LoopbackServer(on: LoopbackAddress(":")) { _ in .text("") }
    defer { server.stop() }
    return server.port
  }
}

/// Asks a program for what scrapers ask, over and over, on a thread of its own, until it is stopped.
private final class Scraper: Sendable {
  private struct State {
    var answered = 0
    var isOver = false
  }
  private let state = Mutex(State())
  private let ended = DispatchSemaphore(value: 0)

  init(port: Int) {
    Thread.detachNewThread {
      while !self.state.withLock(\.isOver) { self.scrape(port) }
      self.ended.signal()
    }
  }

  private func scrape(_ port: Int) {
    let began = ContinuousClock.now
    for target in ["profile?seconds=1", "allocs", "block", "goroutine", "mutex"] {
      guard !state.withLock(\.isOver), let url = ProfileURL("127.0.0.1:\(port)/debug/pprof/\(target)") else { return }
      guard (try? HTTPClient().body(of: url)) != nil else { break }
      state.withLock { $0.answered += 1 }
    }
    // Before the program listens it is tried again soon.
    let isAnswered = state.withLock { $0.answered > 0 }
    let end = isAnswered ? began + .milliseconds(1500) : .now + .milliseconds(20)
    // In steps, so that its end is noticed.
    while ContinuousClock.now < end, !state.withLock(\.isOver) { Thread.sleep(forTimeInterval: 0.02) }
  }

  /// How many requests were answered.
  func stop() -> Int {
    state.withLock { $0.isOver = true }
    ended.wait()
    return state.withLock(\.answered)
  }
}
