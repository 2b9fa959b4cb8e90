import Dispatch
import Platform
import ScenarioRunning
import Synchronization

/// Webhooks that are posted to the servers of many customers, for each customer one after the other.
///
/// The fault: a serial queue for each customer, and a client that blocks. Nobody asked for threads, and there are as many as
/// the library allows.
enum ThreadExplosion {
  static let scenario = Scenario(
    id: "thread-explosion",
    title: "A queue for each customer, and a thread for each queue",
    question: "Each of 400 queues waits for an answer at the same time. How many threads do they take?",
    parameters: [
      Parameter("customers", "customers, with a webhook each", standard: 400, range: 1...450),
      Parameter("delay", "milliseconds until a customer's server answers", standard: 60, range: 1...500),
    ],
    profiles: [.threadcreate], alsoUses: ["Upstream.swift"], program: program)

  private static func program(_ variant: Scenario.Variant, _ arguments: Arguments) throws -> Program {
    let customers = arguments["customers"]
    let upstream = try Upstream(milliseconds: arguments["delay"])
    return Program {
      let webhooks = Webhooks(upstream: upstream)
      switch variant {
      case .faulty: await webhooks.deliverOnQueues(customers)
      case .fixed: await webhooks.deliverInGroup(customers)
      }
      return try webhooks.outcome(of: customers, mostAtOnce: upstream.takeMostUnderWay())
    }
  }
}

/// Posts webhooks and keeps what the customers answered.
private final class Webhooks: Sendable {
  private struct Posted: Sendable {
    var statuses: [Int: Int] = [:]
    var threads: Set<Int> = []
    var failure: String?
  }

  private let upstream: Upstream
  private let posted = Mutex(Posted())

  init(upstream: Upstream) { self.upstream = upstream }

  /// What customers see of it: each has its webhooks in order, for its queue is serial.
  func deliverOnQueues(_ customers: Int) async {
    let queues = (0..<customers).map { DispatchQueue(label: "customer-\($0)") }
    let group = DispatchGroup()
    // lesson: begin queues
    for customer in 0..<customers {
      queues[customer].async(group: group) { self.post(to: customer) }
    }
    // lesson: end queues
    await withCheckedContinuation { done in group.notify(queue: .global()) { done.resume() } }
  }

  // lesson: begin post
  /// The client is a synchronous one: it comes back with the answer.
  @inline(never)
  private func post(to customer: Int) {
    do { note(customer, status: try upstream.wait(for: customer)) } catch { note(failure: "\(error)") }
  }
  // lesson: end post

  /// The same, of a client that suspends.
  func deliverInGroup(_ customers: Int) async {
    // lesson: begin group
    await withTaskGroup(of: Void.self) { group in
      for customer in 0..<customers {
        if customer >= 256 { _ = await group.next() }
        group.addTask { await self.post(to: customer) }
      }
    }
    // lesson: end group
  }

  // lesson: begin async-post
  private func post(to customer: Int) async {
    note(customer, status: await upstream.reply(to: customer))
  }
  // lesson: end async-post

  // Out of line: a lock taken in asynchronous code is given back on the thread that took it.
  @inline(never)
  private func note(_ customer: Int, status: Int) {
    // A number or a pointer, according to the platform.
    let thread = Int(bitPattern: pthread_self())
    posted.withLock {
      $0.statuses[customer] = status
      $0.threads.insert(thread)
    }
  }

  @inline(never)
  private func note(failure: String) { posted.withLock { $0.failure = failure } }

  func outcome(of customers: Int, mostAtOnce: Int) throws -> Outcome {
    let posted = posted.withLock { $0 }
    if let failure = posted.failure { throw ScenarioError.wrongResult(failure) }
    guard posted.statuses.count == customers else {
      throw ScenarioError.wrongResult("\(posted.statuses.count) of \(customers) webhooks were answered")
    }
    var digest = Digest()
    for (customer, status) in posted.statuses.sorted(by: { $0.key < $1.key }) {
      digest.add(customer)
      digest.add(status)
    }
    return Outcome(
      output: digest.text,
      truth: [
        Truth("webhooks", Double(customers), basis: "the parameter"),
        Truth("in-flight", Double(mostAtOnce), basis: "calls under way at once, counted by the customers' server"),
        Truth(
          "posting-threads", Double(posted.threads.count),
          basis: "different threads that had an answer in their hands, by their ids"),
      ])
  }
}
