import Profiling
import ScenarioRunning
import Synchronization

/// A board of prices for each market, made once and kept in an actor, for which many ask at once.
///
/// The fault: between looking whether there is a board and keeping it stands an `await`. The actor lets the others in there, and
/// each of them makes the same board.
enum PriceStampede {
  static let scenario = Scenario(
    id: "price-stampede",
    title: "A cache in an actor that everybody fills",
    question: "An actor makes a board of prices for each of five markets, and keeps it. How many boards does it make?",
    parameters: [
      Parameter("markets", "markets", standard: 5, range: 1...100),
      Parameter("visitors", "visitors of each market, all at once", standard: 80, range: 1...2_000),
      Parameter("rows", "rows of a board", standard: 1_500, range: 1...100_000),
      Parameter("delay", "milliseconds until the feed answers", standard: 15, range: 1...500),
    ],
    profiles: [.trace, .cpu, .allocs, .heap, .leaks, .task, .taskleak, .block, .mutex, .threadcreate],
    alsoUses: ["Upstream.swift"], program: program)

  private static func program(_ variant: Scenario.Variant, _ arguments: Arguments) throws -> Program {
    let (markets, visitors, rows) = (arguments["markets"], arguments["visitors"], arguments["rows"])
    let feed = try Upstream(milliseconds: arguments["delay"])
    return Program {
      let renderer = Renderer(rows: rows)
      let boards = PriceBoards(feed, renderer)
      let digests = await visit(boards, visitors * markets, of: markets, variant)
      var digest = Digest()
      for (visitor, board) in digests.sorted(by: { $0.key < $1.key }) {
        digest.add(visitor)
        digest.add(board)
      }
      return Outcome(
        output: digest.text,
        truth: [
          Truth("visits", Double(digests.count), basis: "counted when they had their board"),
          Truth("markets", Double(markets), basis: "the parameter"),
          Truth("boards-made", Double(renderer.count), basis: "boards, counted by who makes them"),
        ])
    }
  }
}

/// What each of so many visitors, all at once, is shown of its market.
private func visit(
  _ boards: PriceBoards, _ visitors: Int, of markets: Int, _ variant: Scenario.Variant
) async -> [Int: Int] {
  await withTaskGroup(of: (Int, Int).self) { group in
    for visitor in 0..<visitors {
      group.addTask {
        let market = visitor % markets
        let board =
          switch variant {
          case .faulty: await boards.board(of: market)
          case .fixed: await boards.boardMadeOnce(of: market)
          }
        return (visitor, board)
      }
    }
    return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
  }
}

/// Makes boards, and counts them.
private final class Renderer: Sendable {
  private let rows: Int
  private let made = Mutex(0)

  init(rows: Int) { self.rows = rows }

  // Out of line, so that profiles have its name.
  @inline(never)
  func render(_ market: Int, _ price: Int) -> Int {
    note()
    var html = ""
    for row in 0..<rows { html += "<td>\(row &* (market + price))</td>" }
    return html.utf8.reduce(0) { $0 &* 31 &+ Int($1) }
  }

  @inline(never)
  private func note() { made.withLock { $0 += 1 } }

  var count: Int { made.withLock { $0 } }
}

private actor PriceBoards {
  private let feed: Upstream
  private let renderer: Renderer
  private var boards: [Int: Int] = [:]
  private var inTheMaking: [Int: Task<Int, Never>] = [:]

  init(_ feed: Upstream, _ renderer: Renderer) { (self.feed, self.renderer) = (feed, renderer) }

  @inline(never)
  // lesson: begin board
  func board(of market: Int) async -> Int {
    if let board = boards[market] { return board }
    let board = await makeBoard(of: market)
    boards[market] = board
    return board
  }
  // lesson: end board

  @inline(never)
  // lesson: begin board-made-once
  func boardMadeOnce(of market: Int) async -> Int {
    if let board = boards[market] { return board }
    if let task = inTheMaking[market] { return await task.value }
    let task = Task { await makeBoard(of: market) }
    inTheMaking[market] = task
    let board = await task.value
    inTheMaking[market] = nil
    boards[market] = board
    return board
  }
  // lesson: end board-made-once

  @inline(never)
  // lesson: begin make
  private func makeBoard(of market: Int) async -> Int {
    let price = await feed.reply(to: market)
    return Trace.withRegion("render") { renderer.render(market, price) }
  }
  // lesson: end make
}
