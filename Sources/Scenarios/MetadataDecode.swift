import ScenarioRunning

/// A client that keeps a cluster's metadata: topics, their partitions, and where the replicas are.
///
/// The fault: each partition keeps the names of its topic, its leader and its replicas as strings of its own.
enum MetadataDecode {
  static let scenario = Scenario(
    id: "metadata-decode",
    title: "Cluster metadata that keeps the same few names thousands of times",
    question: "A cluster has two thousand topics and nine brokers. What fills the memory?",
    parameters: [
      Parameter("topics", "topics in the cluster", standard: 2000, range: 1...10_000),
      Parameter("partitions", "partitions of a topic", standard: 100, range: 1...1_000),
      Parameter("seed", "seed of the generated metadata", standard: 3, range: 0...1_000_000),
    ],
    profiles: [.heap, .allocs, .cpu], alsoUses: ["KafkaWire.swift"], program: program)

  private static func program(_ variant: Scenario.Variant, _ arguments: Arguments) throws -> Program {
    let bytes = MetadataResponseWriter(arguments).response()
    let cluster = ClusterCache()
    return Program {
      switch variant {
      case .faulty: try cluster.update(MetadataResponse<NamedPartition>.decode(from: bytes))
      case .fixed: try cluster.update(MetadataResponse<NumberedPartition>.decode(from: bytes))
      }
      return cluster.outcome
    }
  }
}

/// One partition, read with the cluster's brokers at hand.
private protocol PartitionMetadata: Sendable {
  static func decode(from reader: inout ByteReader, brokers: [String]) throws -> Self
  /// The leader's place among the brokers, and how many replicas there are.
  func summary(brokers: [String]) -> (leader: Int, replicas: Int)
}

// lesson: begin named
/// A partition that names its topic and its brokers.
private struct NamedPartition: PartitionMetadata {
  var topic: String
  var leader: String
  var replicas: [String]

  static func decode(from reader: inout ByteReader, brokers: [String]) throws -> NamedPartition {
    let topic = try reader.string()
    let leader = try reader.string()
    let replicas = try (0..<reader.varint()).map { _ in try reader.string() }
    return NamedPartition(topic: topic, leader: leader, replicas: replicas)
  }

  func summary(brokers: [String]) -> (leader: Int, replicas: Int) {
    (brokers.firstIndex(of: leader) ?? -1, replicas.count)
  }
}
// lesson: end named

// lesson: begin numbered
/// A partition that numbers its brokers; its topic is the one that it belongs to.
private struct NumberedPartition: PartitionMetadata {
  var leader: UInt16
  var replicas: [UInt16]

  static func decode(from reader: inout ByteReader, brokers: [String]) throws -> NumberedPartition {
    try reader.skipString()
    let leader = try number(from: &reader, brokers)
    let replicas = try (0..<reader.varint()).map { _ in try number(from: &reader, brokers) }
    return NumberedPartition(leader: leader, replicas: replicas)
  }

  private static func number(from reader: inout ByteReader, _ brokers: [String]) throws -> UInt16 {
    let start = reader.offset
    let name = try reader.string()
    guard let number = brokers.firstIndex(of: name) else { throw KafkaWireError.malformed("broker \(name)", at: start) }
    return UInt16(number)
  }

  func summary(brokers: [String]) -> (leader: Int, replicas: Int) { (Int(leader), replicas.count) }
}
// lesson: end numbered

// lesson: begin metadata
/// A topic and its partitions.
private struct TopicMetadata<Partition: PartitionMetadata>: Sendable {
  var name: String
  var partitions: [Partition]

  static func decode(from reader: inout ByteReader, brokers: [String]) throws -> TopicMetadata {
    let name = try reader.string()
    let count = try reader.varint()
    let partitions = try (0..<count).map { _ in try Partition.decode(from: &reader, brokers: brokers) }
    return TopicMetadata(name: name, partitions: partitions)
  }
}

/// What a broker answers when asked for the cluster's metadata.
private struct MetadataResponse<Partition: PartitionMetadata>: Sendable {
  var brokers: [String]
  var topics: [TopicMetadata<Partition>]

  static func decode(from bytes: [UInt8]) throws -> MetadataResponse {
    var reader = ByteReader(bytes)
    let brokers = try (0..<reader.varint()).map { _ in try reader.string() }
    let topics = try (0..<reader.varint()).map { _ in
      try TopicMetadata<Partition>.decode(from: &reader, brokers: brokers)
    }
    return MetadataResponse(brokers: brokers, topics: topics)
  }
}
// lesson: end metadata

/// The latest metadata, kept for the client's other parts.
private final class ClusterCache: @unchecked Sendable {
  private var current: (any Sendable)?
  private var digest = Digest()
  private var partitions = 0

  func update<Partition>(_ response: MetadataResponse<Partition>) {
    current = response
    digest = Digest()
    partitions = 0
    for topic in response.topics {
      digest.add(topic.name.utf8)
      for partition in topic.partitions {
        let summary = partition.summary(brokers: response.brokers)
        digest.add(summary.leader)
        digest.add(summary.replicas)
        partitions += 1
      }
    }
  }

  var outcome: Outcome {
    Outcome(
      output: digest.text,
      truth: [Truth("partitions", Double(partitions), basis: "counted in the metadata kept at the end")])
  }
}

/// Makes the response that the client decodes.
private struct MetadataResponseWriter {
  private let topics: Int
  private let partitions: Int
  private var random: SplitMix64

  init(_ arguments: Arguments) {
    topics = arguments["topics"]
    partitions = arguments["partitions"]
    random = SplitMix64(seed: UInt64(arguments["seed"]))
  }

  consuming func response() -> [UInt8] {
    var writer = ByteWriter()
    writer.varint(9)
    let brokers = (0..<9).map { "kafka-\($0).example.org:9092" }
    for broker in brokers { writer.string(broker.utf8) }
    writer.varint(topics)
    for topic in 0..<topics {
      let name = "orders.region-\(random.next() % 50).stream-\(topic)"
      writer.string(name.utf8)
      writer.varint(partitions)
      for _ in 0..<partitions {
        writer.string(name.utf8)
        writer.string(brokers[Int(random.next() % 9)].utf8)
        writer.varint(3)
        for _ in 0..<3 { writer.string(brokers[Int(random.next() % 9)].utf8) }
      }
    }
    return writer.bytes
  }
}
