import ScenarioRunning

extension Scenario {
  /// Every scenario, in the order of the lessons. A new one adds its line here.
  public static let all: [Scenario] = [
    HelloServer.scenario,
    KafkaDecode.scenario,
    KafkaHeaders.none,
    KafkaHeaders.few(2),
    KafkaHeaders.few(5),
    KafkaHeaders.few(10),
    KafkaHeaders.many,
    SmallAllocations.scenario,
    UnbufferedIO.scenario,
    LabelledClients.scenario,
    MetadataDecode.scenario,
    LeakyProducers.scenario,
    LeakyProducers.few,
    RetainCycles.scenario,
    TaskLeak.scenario,
    SlowPipeline.scenario,
    SlowPipeline.crowded,
    Deadlock.scenario,
    Deadlock.three,
    CancelDeadlock.scenario,
    LockContention.scenario,
    ActorContention.scenario,
    ThreadExplosion.scenario,
    PoolStarvation.scenario,
    OpenHandles.scenario,
    MergeSort.scenario,
    MergeSort.down(to: 8),
    MergeSort.down(to: 128),
    MergeSort.down(to: 16_000),
    ReleaseCascade.scenario,
    FibonacciRegions.scenario,
    PriceStampede.scenario,
  ]
}

extension Scenario {
  /// The scenario of the given id, if there is one.
  public static func named(_ id: String) -> Scenario? { all.first { $0.id == id } }
}
