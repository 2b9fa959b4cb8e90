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

  /// So few producers that what they leave is hardly more than the profiler's noise, as an exercise asks for.
  static let few = scenario.with(
    "producers", 40, id: "few-leaky-producers", title: "Few producers come and go, and their buffers stay",
    question: "How slow may a leak be and still be told apart from noise?", profiles: [.heap])

  private static func program(_ variant: Scenario.Variant, _ arguments: Arguments) throws -> Program {
    let service = DeliveryService(seed: UInt64(arguments["seed"]))
    return Program { service.serve(variant, producers: arguments["producers"], lookups: arguments["lookups"]) }
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
  private let seed: UInt64
  private var latestPrices: [[UInt8]] = []
  private var nextID = 0

  init(seed: UInt64) { self.seed = seed }

  /// One round: everybody comes, delivers, and goes. What it computes is the same each time.
  func serve(_ variant: Scenario.Variant, producers: Int, lookups: Int) -> Outcome {
    var random = SplitMix64(seed: seed)
    var digest = Digest()
    let known = registry.count
    for _ in 0..<producers {
      switch variant {
      case .faulty: digest.add(serveOne(&random))
      case .fixed: digest.add(serveOneAndForget(&random))
      }
    }
    lookUpPrices(lookups, &random)
    let left = registry.count - known
    return Outcome(
      output: digest.text,
      truth: [
        Truth(
          "producers-left", Double(left), isTotal: true, basis: "the producers that the registry still holds, added up")
      ])
  }

  /// One producer comes, delivers, and goes. Neither this nor the next is inlined: what both begin with would become one
  /// piece of code, which belongs to no line.
  @inline(never)
  private func serveOne(_ random: inout SplitMix64) -> Int {
    // lesson: begin remembers
    let producer = Producer(id: nextID)
    nextID += 1
    registry.register(producer)
    var sum = 0
    for _ in 0..<8 { sum += registry.find(producer.id)?.deliver(Int(random.next() % 1_000)) ?? 0 }
    return sum
    // lesson: end remembers
  }

  /// The same, and whoever goes is forgotten, whichever way.
  @inline(never)
  private func serveOneAndForget(_ random: inout SplitMix64) -> Int {
    // lesson: begin forgets
    let producer = Producer(id: nextID)
    nextID += 1
    registry.register(producer)
    defer { registry.forget(producer.id) }
    var sum = 0
    for _ in 0..<8 { sum += registry.find(producer.id)?.deliver(Int(random.next() % 1_000)) ?? 0 }
    return sum
    // lesson: end forgets
  }

  /// A cache of the latest prices: large, and filled anew by each round, but no larger from round to round.
  private func lookUpPrices(_ count: Int, _ random: inout SplitMix64) {
    latestPrices.removeAll(keepingCapacity: true)
    for _ in 0..<count { latestPrices.append([UInt8](repeating: 1, count: Int(random.next() % 2_000) + 500)) }
  }
}
