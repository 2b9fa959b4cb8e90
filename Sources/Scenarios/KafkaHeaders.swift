import ScenarioRunning

/// The consumer of `KafkaDecode` on other records, as the exercises of its lesson ask for.
enum KafkaHeaders {
  /// Records as they come from producers that send no headers.
  static let none = KafkaDecode.scenario.with(
    "headers", 0, id: "kafka-no-headers", title: "The Kafka consumer, on records without headers",
    question: "Is a fault still there when nothing comes its way?", profiles: [.cpu])

  /// Records that carry more headers than anything else.
  static let many = KafkaDecode.scenario.with(
    "headers", 20, id: "kafka-many-headers", title: "The Kafka consumer, on records with twenty headers",
    question: "With more headers, which share grows?", profiles: [.cpu])

  /// Records with so many headers: a stop of the knob in the lesson, between those two.
  static func few(_ headers: Int) -> Scenario {
    KafkaDecode.scenario.with(
      "headers", headers, id: "kafka-\(headers)-headers",
      title: "The Kafka consumer, on records with \(headers) headers",
      question: "What does a fault cost that comes with every record, \(headers) times?", profiles: [.cpu])
  }
}
