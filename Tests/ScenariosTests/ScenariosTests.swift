import Platform
import Profiling
import ScenarioRunning
import Testing

@testable import Scenarios

@Suite struct ScenariosTests {
  /// Parameters small enough for a debug build.
  private static let small: [String: [String: Int]] = [
    "kafka-decode": ["responses": 2, "records": 120],
    "kafka-no-headers": ["responses": 2, "records": 120],
    "kafka-many-headers": ["responses": 2, "records": 120],
    "small-allocations": ["size": 24, "generations": 4],
    "unbuffered-io": ["rows": 5_000],
    "labelled-clients": ["days": 30, "searches": 20],
    "metadata-decode": ["topics": 10, "partitions": 5],
    "leaky-producers": ["producers": 20, "lookups": 50],
    "few-leaky-producers": ["producers": 20, "lookups": 50],
    "retain-cycles": ["sessions": 3],
    "task-leak": ["connections": 3, "answered": 4, "waiting": 5],
    "thread-explosion": ["customers": 6, "delay": 5],
    "open-handles": ["uploads": 9],
  ]

  @Test("Both variants of every scenario give the same output, every round", arguments: Scenario.all)
  func variantsAgree(scenario: Scenario) async throws {
    let arguments = try Arguments(Self.small[scenario.id] ?? [:], for: scenario)
    var outputs: Set<String> = []
    for variant in Scenario.Variant.allCases {
      let program = try scenario.program(variant, arguments)
      for _ in 0..<2 { outputs.insert(try await program.round().output) }
    }
    #expect(outputs.count == 1, "outputs differ: \(outputs.sorted())")
  }

  @Test(
    "Another seed is other work, so the output depends on what was computed",
    arguments: Scenario.all.filter { $0.parameters.contains { $0.name == "seed" } })
  func outputDependsOnInput(scenario: Scenario) async throws {
    var given = Self.small[scenario.id] ?? [:]
    let first = try await scenario.program(.fixed, Arguments(given, for: scenario)).round().output
    given["seed"] = 4242
    let second = try await scenario.program(.fixed, Arguments(given, for: scenario)).round().output
    #expect(first != second)
  }

  @Test("Every scenario declares a truth, a profile and sources that exist", arguments: Scenario.all)
  func declarations(scenario: Scenario) async throws {
    let arguments = try Arguments(Self.small[scenario.id] ?? [:], for: scenario)
    let truth = try await scenario.program(.faulty, arguments).round().truth
    #expect(!truth.isEmpty)
    #expect(truth.allSatisfy { $0.value.isFinite && !$0.basis.isEmpty })
    #expect(!scenario.profiles.isEmpty)
    #expect(scenario.question.hasSuffix("?"))
    for source in scenario.sources { #expect(access(source, R_OK) == 0, "missing \(source)") }
  }

  @Test("A scenario with another standard value is the same work as the value set by hand, and other work than its own")
  func otherStandardValue() async throws {
    let small = ["responses": 2, "records": 120]
    func output(_ scenario: Scenario, _ given: [String: Int]) async throws -> String {
      try await scenario.program(.fixed, Arguments(given.merging(small) { $1 }, for: scenario)).round().output
    }
    let (own, many) = (KafkaDecode.scenario, KafkaHeaders.many)
    #expect(many.sources == own.sources && many.parameters.map(\.name) == own.parameters.map(\.name))
    #expect(try Arguments(for: many)["headers"] == 20)
    #expect(try await output(many, [:]) == output(own, ["headers": 20]))
    #expect(try await output(many, [:]) != output(own, [:]))
  }

  @Test("Requests that wait when the broker goes are left, all and no other; or they fail")
  func taskLeakTruth() async throws {
    for (variant, expected) in [(Scenario.Variant.faulty, 50.0), (.fixed, 0)] {
      let arguments = try Arguments(["connections": 7, "answered": 3, "waiting": 50], for: TaskLeak.scenario)
      let program = try TaskLeak.scenario.program(variant, arguments)
      for _ in 0..<2 {
        let truth = try await program.round().truth
        #expect(truth.first { $0.name == "left" }?.value == expected)
        #expect(truth.first { $0.name == "sent" }?.value == 71)
        #expect(truth.first { $0.name == "by-design" }?.value == 42)
      }
    }
  }

  @Test("As many calls are under way as there are queues; in a group, as many as it is let have")
  func threadExplosionTruth() async throws {
    func truth(_ variant: Scenario.Variant) async throws -> [String: Double] {
      let arguments = try Arguments(["customers": 12, "delay": 200], for: ThreadExplosion.scenario)
      let outcome = try await ThreadExplosion.scenario.program(variant, arguments).round()
      return Dictionary(uniqueKeysWithValues: outcome.truth.map { ($0.name, $0.value) })
    }
    let (faulty, fixed) = (try await truth(.faulty), try await truth(.fixed))
    // Each waits on a thread of its own, unless an answer comes before the next queue has one.
    #expect(faulty["in-flight"] == faulty["posting-threads"] && (2...12).contains(faulty["in-flight"] ?? 0))
    #expect(fixed["in-flight"] == 12)
    #expect(faulty["webhooks"] == 12 && fixed["webhooks"] == 12)
  }

  @Test("Every bad upload leaves a file open, and none does once its owner closes it")
  func openHandlesTruth() async throws {
    for (variant, expected) in [(Scenario.Variant.faulty, 10.0), (.fixed, 0)] {
      let program = try OpenHandles.scenario.program(variant, Arguments(["uploads": 30], for: OpenHandles.scenario))
      for _ in 0..<2 {
        #expect(try await program.round().truth.first { $0.name == "rejected" }?.value == 10)
        #expect(CustomProfile.named("open-spools")?.count == (CustomProfile.isSupported ? Int(expected) : 0))
      }
    }
  }

  @Test func idsAreUnique() {
    #expect(Set(Scenario.all.map(\.id)).count == Scenario.all.count)
    #expect(Scenario.named("kafka-decode")?.id == "kafka-decode")
    #expect(Scenario.named("no-such") == nil)
  }
}

@Suite struct ArgumentsTests {
  private let scenario = Scenario(
    id: "x", title: "", question: "", parameters: [Parameter("n", "count", standard: 3, range: 1...5)], profiles: [],
    program: { _, _ in Program { Outcome(output: "", truth: []) } })

  @Test func standardValuesFillWhatIsNotGiven() throws {
    #expect(try Arguments(for: scenario)["n"] == 3)
    #expect(try Arguments(["n": 5], for: scenario)["n"] == 5)
  }

  @Test func unknownNamesAndValuesOutOfBoundsAreErrors() {
    #expect(throws: ScenarioError.self) { try Arguments(["m": 1], for: scenario) }
    #expect(throws: ScenarioError.self) { try Arguments(["n": 6], for: scenario) }
    #expect(throws: ScenarioError.self) { try Arguments(["n": 0], for: scenario) }
  }
}

@Suite struct KafkaWireTests {
  @Test("The checksum of the standard's check string is the standard's")
  func checksum() {
    #expect(CRC32C.checksum(ArraySlice("123456789".utf8)) == 0xE306_9283)
    #expect(CRC32C.checksum([]) == 0)
  }

  @Test(arguments: [0, 1, -1, 63, 64, -65, 300, Int.max, Int.min])
  func varintsRoundTrip(value: Int) throws {
    var writer = ByteWriter()
    writer.varint(value)
    var reader = ByteReader(writer.bytes)
    #expect(try reader.varint() == value)
    #expect(reader.offset == writer.bytes.count)
  }

  @Test func truncatedInputIsAnError() {
    var reader = ByteReader([0x80])
    #expect(throws: KafkaWireError.self) { try reader.varint() }
    var other = ByteReader([0, 0])
    #expect(throws: KafkaWireError.self) { try other.integer(Int32.self) }
    #expect(throws: KafkaWireError.self) { try other.slice(3) }
    #expect(throws: KafkaWireError.self) { try other.slice(-1) }
  }

  @Test("Both ways to keep headers find the same values")
  func headers() throws {
    var writer = ByteWriter()
    for (name, value) in [("a", "1"), ("trace-id", "xyz"), ("b", "")] {
      writer.string(name.utf8)
      writer.string(value.utf8)
    }
    var first = ByteReader(writer.bytes)
    var second = ByteReader(writer.bytes)
    let (eager, lazy) = (try HeaderDictionary(count: 3, from: &first), try HeaderBytes(count: 3, from: &second))
    for name in ["a", "trace-id", "b", "absent"] { #expect(eager.value(of: name) == lazy.value(of: name)) }
    #expect(lazy.value(of: "trace-id") == "xyz")
  }
}
