@_spi(Judge) import Given
import ScenarioRunning
import Synchronization

@testable import Attempt

enum Harness {
  static let scenario = Scenario(
    id: "nested-pool",
    title: "The shop that stands still at four customers",
    question: "Four connections, and nothing moves. What does each of the orders wait for?",
    parameters: [
      Parameter("seed", "what the inputs are drawn from", standard: 1, range: 0...1_000_000_000),
      Parameter("size", "orders at once", standard: 40, range: 1...500),
    ],
    profiles: [.block, .task], program: program)

  private static let articles = ["apple", "bread", "candle", "dish", "egg", "fork"]
  private static let customers = ["Ada", "Bo", "Cleo", "Dan", "Eve", "Finn", "Gus"]

  private static func program(_: Scenario.Variant, _ arguments: ScenarioRunning.Arguments) throws -> Program {
    var random = ScenarioRunning.SplitMix64(seed: UInt64(arguments["seed"]))
    let prices = Dictionary(uniqueKeysWithValues: articles.map { ($0, Int.random(in: 50...2_000, using: &random)) })
    let orders = (0..<arguments["size"]).map { number in
      Order(
        number: number, customer: customers.randomElement(using: &random) ?? "",
        article: articles.randomElement(using: &random) ?? "", count: Int.random(in: 1...20, using: &random))
    }
    return Program { await round(orders, prices) }
  }

  private static func round(_ orders: [Order], _ prices: [String: Int]) async -> Outcome {
    let database = Database(connections: 4, prices: prices)
    let shop = Shop(database)
    let gate = Gate(orders.count)
    let receipts = await withTaskGroup(of: (receipt: Receipt, isInAudit: Bool).self) { group in
      for order in orders {
        group.addTask(name: "order \(order.number)") {
          await gate.pass()
          let receipt = await shop.place(order)
          return (receipt, database.has(" placed \(order.number) for ", in: "audit"))
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    let rows = (orders: database.rows(of: "orders"), audit: database.rows(of: "audit"))
    let counts = database.counts
    database.shutDown()
    var digest = ScenarioRunning.Digest()
    for (receipt, isInAudit) in receipts.sorted(by: { $0.receipt.order < $1.receipt.order }) {
      digest.add(isInAudit ? 1 : 0)
      digest.add(receipt.order)
      digest.add(receipt.total)
    }
    for row in rows.orders + ["audit"] + rows.audit { digest.addPiece(row.utf8) }
    return Outcome(
      output: digest.text,
      truth: [
        Truth("orders", Double(orders.count), basis: "the parameter"),
        Truth("over-limit", Double(counts.overLimit), basis: "connections over the limit, counted by the database"),
        Truth("nested", Double(counts.nested), basis: "connections asked for by who had one, counted by the database"),
        Truth(
          "idle-share", Double(counts.idle) / Double(max(orders.count, 1)),
          basis: "of the orders' number, times that a connection lay idle while another was taken, used and given back"),
      ])
  }
}

/// Lets all through when so many are there.
private final class Gate: Sendable {
  private let count: Int
  private let waiting = Mutex<[CheckedContinuation<Void, Never>]>([])

  init(_ count: Int) { self.count = count }

  func pass() async {
    await withCheckedContinuation { continuation in
      let through = waiting.withLock { waiting in
        waiting.append(continuation)
        return waiting.count == count ? waiting : []
      }
      for continuation in through { continuation.resume() }
    }
  }
}
