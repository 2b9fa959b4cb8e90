// fails: gone
import Given

/// What a customer wants.
struct Order: Sendable {
  var number: Int
  var customer: String
  var article: String
  var count: Int
}

/// What the customer gets.
struct Receipt: Equatable, Sendable {
  var order: Int
  /// In cents.
  var total: Int
}

/// Keeps book of who did what. All parts of the shop have it, so that none has to think of where it is kept.
struct Audit: Sendable {
  let database: Database

  func record(_ event: String) async {
    await database.withConnection { db in await db.insert(event, into: "audit") }
  }
}

/// Takes orders. The web server calls `place` in a task of its own for each request.
struct Shop: Sendable {
  let database: Database
  let audit: Audit
  private let gate = Gate(3)

  init(_ database: Database) {
    self.database = database
    audit = Audit(database: database)
  }

  /// Places an order: when it comes back, the order stands in the table `orders`, and that it does in `audit`.
  func place(_ order: Order) async -> Receipt {
    await gate.enter()
    let receipt = await database.withConnection { db in
      let price = await db.price(of: order.article)
      let receipt = Receipt(order: order.number, total: price * order.count - discount(order))
      await db.insert("\(order.number) \(order.customer) \(order.count) \(order.article)", into: "orders")
      await Task.detached { [audit] in
        await audit.record("\(order.customer) placed \(order.number) for \(receipt.total)")
      }.value
      return receipt
    }
    await gate.leave()
    return receipt
  }

  /// From a dozen on each is a cent less.
  private func discount(_ order: Order) -> Int { order.count >= 12 ? order.count : 0 }
}

actor Gate {
  private var free: Int
  private var waiting: [CheckedContinuation<Void, Never>] = []
  init(_ count: Int) { free = count }
  func enter() async {
    if free > 0 { free -= 1 } else { await withCheckedContinuation { waiting.append($0) } }
  }
  func leave() {
    if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
  }
}
