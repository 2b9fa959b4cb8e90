import ScenarioRunning

extension Scenario {
  /// Every scenario, in the order of the lessons. A new one adds its line here.
  public static let all: [Scenario] = [
    KafkaDecode.scenario,
    SmallAllocations.scenario,
    UnbufferedIO.scenario,
    LabelledClients.scenario,
    MetadataDecode.scenario,
    LeakyProducers.scenario,
    RetainCycles.scenario,
  ]
}

extension Scenario {
  /// The scenario of the given id, if there is one.
  public static func named(_ id: String) -> Scenario? { all.first { $0.id == id } }
}
