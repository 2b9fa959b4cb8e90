import ScenarioRunning
import Synchronization

/// Orders that pass three stages: they are read, enriched by asking two services, and written.
///
/// The fault: the middle stage asks for one order after the other. All three wait, and it looks as if the last one were slow.
enum SlowPipeline {
  static let scenario = Scenario(
    id: "slow-pipeline",
    title: "A pipeline that waits for one answer at a time",
    question: "Three stages, of which each is idle nearly all the time. Which of them is slow?",
    parameters: [
      Parameter("orders", "orders a round", standard: 60, range: 1...1_000),
      Parameter("delay", "milliseconds until a service answers", standard: 4, range: 1...500),
      Parameter("window", "orders under way at once, of the fixed variant", standard: 16, range: 1...256),
      Parameter("reports", "reports that are computed meanwhile, over and over", standard: 0, range: 0...64),
    ],
    profiles: [.block, .cpu], alsoUses: ["Upstream.swift"], program: program)

  /// The same with reports that are computed on the same threads.
  static let crowded = scenario.with(
    "reports", 4, id: "crowded-pipeline", title: "The pipeline beside reports that keep all threads busy",
    question: "The same pipeline on threads that are busy with something else. What does it wait for now?",
    profiles: [.block])

  private static func program(_ variant: Scenario.Variant, _ arguments: Arguments) throws -> Program {
    let (orders, window, reports) = (arguments["orders"], arguments["window"], arguments["reports"])
    let warehouse = try Upstream(milliseconds: arguments["delay"])
    let pricing = try Upstream(milliseconds: arguments["delay"])
    return Program {
      _ = (warehouse.takeMostUnderWay(), pricing.takeMostUnderWay())
      let pipeline = Pipeline(orders: orders, window: window, warehouse: warehouse, pricing: pricing)
      let crowd = (0..<reports).map { _ in Task(name: "report") { await computeReports() } }
      let outcome = await pipeline.round(variant)
      for report in crowd { report.cancel() }
      for report in crowd { await report.value }
      return outcome
    }
  }
}

/// Keeps a thread for some milliseconds, lets others have it, and begins again, until it is cancelled.
private func computeReports() async {
  while !Task.isCancelled {
    computeReport()
    await Task.yield()
  }
}

@inline(never)
private func computeReport() {
  var digest = Digest()
  for row in 0..<1_500_000 { digest.add(UInt8(truncatingIfNeeded: row)) }
  withExtendedLifetime(digest.text) {}
}

private struct Order: Sendable {
  var id: Int
  var stock = 0
  var price = 0
}

/// What is known of a round.
private struct Notes: Sendable {
  var read = 0
  var taken = 0
  var mostQueued = 0
  /// Nanoseconds of the clock, since the round began.
  var readerWasDone: UInt64 = 0
  var writerWaited: UInt64 = 0
  /// From a question until the answer was there, and from there until whoever asked went on.
  var answering: UInt64 = 0
  var ready: UInt64 = 0
}

private final class Pipeline: Sendable {
  private let orders: Int
  private let window: Int
  private let warehouse: Upstream
  private let pricing: Upstream
  private let notes = Mutex(Notes())

  init(orders: Int, window: Int, warehouse: Upstream, pricing: Upstream) {
    (self.orders, self.window, self.warehouse, self.pricing) = (orders, window, warehouse, pricing)
  }

  func round(_ variant: Scenario.Variant) async -> Outcome {
    let began = monotonicNanoseconds()
    // lesson: begin stages
    let (orders, feed) = AsyncStream.makeStream(of: Order.self)
    let (rows, out) = AsyncStream.makeStream(of: Order.self)
    let reader = Task(name: "reader") { self.read(into: feed, since: began) }
    let enricher = Task(name: "enricher") {
      switch variant {
      case .faulty: await self.enrichOneByOne(orders, into: out)
      case .fixed: await self.enrichAtOnce(orders, into: out)
      }
      out.finish()
    }
    let writer = Task(name: "writer") { await self.write(rows) }
    // lesson: end stages
    await reader.value
    await enricher.value
    let digest = await writer.value
    return outcome(digest, took: monotonicNanoseconds() - began)
  }

  private func read(into feed: AsyncStream<Order>.Continuation, since began: UInt64) {
    for id in 0..<orders {
      note { notes in
        notes.read += 1
        notes.mostQueued = max(notes.mostQueued, notes.read - notes.taken)
      }
      feed.yield(Order(id: id))
    }
    feed.finish()
    note { $0.readerWasDone = monotonicNanoseconds() - began }
  }

  // Out of line, so that profiles have its name and not that of whoever called it.
  @inline(never)
  // lesson: begin enrich
  private func enrich(_ order: Order) async -> Order {
    note { $0.taken += 1 }
    var order = order
    order.stock = await ask(warehouse, order.id)
    order.price = await ask(pricing, order.id)
    return order
  }
  // lesson: end enrich

  private func ask(_ service: Upstream, _ id: Int) async -> Int {
    let asked = monotonicNanoseconds()
    let answer = await service.answer(to: id)
    let wentOn = monotonicNanoseconds()
    note { notes in
      notes.answering += answer.at - asked
      notes.ready += wentOn - answer.at
    }
    return answer.status
  }

  private func enrichOneByOne(_ orders: AsyncStream<Order>, into out: AsyncStream<Order>.Continuation) async {
    // lesson: begin one-by-one
    for await order in orders {
      out.yield(await enrich(order))
    }
    // lesson: end one-by-one
  }

  private func enrichAtOnce(_ orders: AsyncStream<Order>, into out: AsyncStream<Order>.Continuation) async {
    // lesson: begin at-once
    await withTaskGroup(of: Order.self) { group in
      var (started, row) = (0, Sorter(out))
      for await order in orders {
        if started >= window, let done = await group.next() { row.yield(done) }
        started += 1
        group.addTask { await self.enrich(order) }
      }
      for await done in group { row.yield(done) }
    }
    // lesson: end at-once
  }

  private func write(_ rows: AsyncStream<Order>) async -> Digest {
    var digest = Digest()
    var waiting = rows.makeAsyncIterator()
    while true {
      let came = monotonicNanoseconds()
      let row = await waiting.next()
      let waited = monotonicNanoseconds() - came
      note { $0.writerWaited += waited }
      guard let row else { return digest }
      for value in [row.id, row.stock, row.price] { digest.add(value) }
    }
  }

  // Out of line: a lock taken in asynchronous code is given back on the thread that took it.
  @inline(never)
  private func note(_ change: (inout Notes) -> Void) { notes.withLock { change(&$0) } }

  private func outcome(_ digest: Digest, took: UInt64) -> Outcome {
    let notes = notes.withLock { $0 }
    func share(_ part: UInt64, of whole: UInt64) -> Double { whole == 0 ? 0 : Double(part) / Double(whole) }
    return Outcome(
      output: digest.text,
      truth: [
        Truth("orders", Double(notes.taken), basis: "counted when they were enriched"),
        Truth(
          "most-at-once", Double(max(warehouse.takeMostUnderWay(), pricing.takeMostUnderWay())),
          basis: "questions under way when most were, counted by either service"),
        Truth(
          "most-queued", Double(notes.mostQueued), basis: "orders read and not yet taken, when most were, counted"),
        Truth(
          "reader-share", share(notes.readerWasDone, of: took),
          basis: "of the round, when the reader was done, by the clock"),
        Truth(
          "writer-wait-share", share(notes.writerWaited, of: took),
          basis: "of the round, how long the writer waited for rows, by its clock"),
        Truth(
          "ready-share", share(notes.ready, of: notes.answering + notes.ready),
          basis: "of the waits for answers, what passed after the answer was there, by the clocks of both sides"),
        Truth(
          "asked", Double(notes.answering + notes.ready), isTotal: true,
          basis: "nanoseconds from questions until whoever asked went on, by the clock"),
      ])
  }
}

/// Passes orders on in the order of their numbers, whichever comes first.
private struct Sorter {
  private let out: AsyncStream<Order>.Continuation
  private var next = 0
  private var early: [Int: Order] = [:]

  init(_ out: AsyncStream<Order>.Continuation) { self.out = out }

  mutating func yield(_ order: Order) {
    early[order.id] = order
    while let order = early.removeValue(forKey: next) {
      out.yield(order)
      next += 1
    }
  }
}
