import ScenarioRunning

/// A service through which producers come and go, each with a buffer.
///
/// The fault: the registry by which deliveries find their producer forgets none of them.
enum LeakyProducers {
  static let scenario = Scenario(
    id: "leaky-producers",
    title: "Producers come and go, and their buffers stay",
    question: "The service serves the same load again and again. Which part of its memory grows?",
    parameters: [
      Parameter("producers", "producers that come and go in a round", standard: 400, range: 1...100_000),
      Parameter("lookups", "prices looked up, of which the latest are kept", standard: 3_000, range: 1...100_000),
      Parameter("seed", "seed of the load", standard: 21, range: 0...1_000_000),
    ],
    profiles: [.heap, .leaks], heapRounds: 6, program: program)

  private static func program(_ variant: Scenario.Variant, _ arguments: Arguments) throws -> Program {
    let service = DeliveryService(forgets: variant == .fixed, seed: UInt64(arguments["seed"]))
    return Program { service.serve(producers: arguments["producers"], lookups: arguments["lookups"]) }
  }
}

/// Somebody who delivers, with a buffer for what is under way.
private final class Producer {
  let id: Int
  private var buffer: [UInt8]

  init(id: Int) {
    self.id = id
    buffer = [UInt8](repeating: 0, count: 16 << 10)
  }

  func deliver(_ item: Int) -> Int {
    buffer[item % buffer.count] &+= 1
    return Int(buffer[item % buffer.count]) + item
  }
}

// lesson: begin registry
/// Finds the producer of a delivery.
private final class ProducerRegistry {
  private var byID: [Int: Producer] = [:]

  func register(_ producer: Producer) { byID[producer.id] = producer }
  func find(_ id: Int) -> Producer? { byID[id] }
  func forget(_ id: Int) { byID[id] = nil }

  var count: Int { byID.count }
}
// lesson: end registry

/// The service under one load after another.
private final class DeliveryService: @unchecked Sendable {
  private let registry = ProducerRegistry()
  private let forgets: Bool
  private let seed: UInt64
  private var latestPrices: [[UInt8]] = []
  private var nextID = 0

  init(forgets: Bool, seed: UInt64) {
    self.forgets = forgets
    self.seed = seed
  }

  /// One round: everybody comes, delivers, and goes. What it computes is the same each time.
  func serve(producers: Int, lookups: Int) -> Outcome {
    var random = SplitMix64(seed: seed)
    var digest = Digest()
    let known = registry.count
    for _ in 0..<producers { digest.add(serveOne(&random)) }
    lookUpPrices(lookups, &random)
    let left = registry.count - known
    return Outcome(
      output: digest.text,
      truth: [
        Truth(
          "producers-left", Double(left), isTotal: true, basis: "the producers that the registry still holds, added up")
      ])
  }

  // lesson: begin remembers
  private func serveOne(_ random: inout SplitMix64) -> Int {
    let producer = Producer(id: nextID)
    nextID += 1
    registry.register(producer)
    var sum = 0
    for _ in 0..<8 { sum += registry.find(producer.id)?.deliver(Int(random.next() % 1_000)) ?? 0 }
    if forgets { registry.forget(producer.id) }
    return sum
  }
  // lesson: end remembers

  /// A cache of the latest prices: large, and filled anew by each round, but no larger from round to round.
  private func lookUpPrices(_ count: Int, _ random: inout SplitMix64) {
    latestPrices.removeAll(keepingCapacity: true)
    for _ in 0..<count { latestPrices.append([UInt8](repeating: 1, count: Int(random.next() % 2_000) + 500)) }
  }
}
