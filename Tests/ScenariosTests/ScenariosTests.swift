import Platform
import Profiling
import ScenarioRunning
import Testing

@testable import Scenarios

@Suite struct ScenariosTests {
  /// Parameters small enough for a debug build.
  private static let small: [String: [String: Int]] = [
    "hello-server": ["requests": 5],
    "kafka-decode": ["responses": 2, "records": 120],
    "kafka-no-headers": ["responses": 2, "records": 120],
    "kafka-many-headers": ["responses": 2, "records": 120],
    "kafka-2-headers": ["responses": 2, "records": 120],
    "kafka-5-headers": ["responses": 2, "records": 120],
    "kafka-10-headers": ["responses": 2, "records": 120],
    "small-allocations": ["size": 24, "generations": 4],
    "unbuffered-io": ["rows": 5_000],
    "labelled-clients": ["days": 30, "searches": 20],
    "metadata-decode": ["topics": 10, "partitions": 5],
    "leaky-producers": ["producers": 20, "lookups": 50],
    "few-leaky-producers": ["producers": 20, "lookups": 50],
    "retain-cycles": ["sessions": 3],
    "task-leak": ["connections": 3, "answered": 4, "waiting": 5],
    "slow-pipeline": ["orders": 20, "delay": 1],
    "crowded-pipeline": ["orders": 3, "delay": 1, "reports": 1],
    "deadlock": ["accounts": 4],
    "deadlock-of-three": [:],
    "cancel-deadlock": ["length": 100],
    "lock-contention": ["clerks": 3, "postings": 20, "receipt": 1, "accounts": 300],
    "actor-contention": ["readers": 3, "pages": 2, "articles": 50, "delay": 1],
    "thread-explosion": ["customers": 6, "delay": 5],
    "pool-starvation": ["logins": 4, "delay": 1],
    "open-handles": ["uploads": 9],
    "merge-sort": ["elements": 90, "threshold": 20],
    "merge-sort-of-8": ["elements": 90],
    "merge-sort-of-128": ["elements": 300],
    "merge-sort-of-16000": ["elements": 90],
    "release-cascade": ["articles": 50, "updates": 2, "visitors": 2],
    "fibonacci-regions": ["requests": 250],
    "price-stampede": ["markets": 2, "visitors": 3, "rows": 20, "delay": 2],
  ]

  @Test("Both variants of every scenario give the same output, every round", arguments: Scenario.all)
  func variantsAgree(scenario: Scenario) async throws {
    let arguments = try Arguments(Self.small[scenario.id] ?? [:], for: scenario)
    var outputs: Set<String> = []
    for variant in Scenario.Variant.allCases where variant == .fixed || !scenario.comesToRest {
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
    let variant: Scenario.Variant = scenario.comesToRest ? .fixed : .faulty
    let truth = try await scenario.program(variant, arguments).round().truth
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

  /// What is known of a round of a scenario.
  private func truth(
    of scenario: Scenario, _ variant: Scenario.Variant, _ given: [String: Int]
  ) async throws -> [String: Double] {
    let outcome = try await scenario.program(variant, Arguments(given, for: scenario)).round()
    return Dictionary(uniqueKeysWithValues: outcome.truth.map { ($0.name, $0.value) })
  }

  @Test("One question is under way at a time, or as many as the group is let have; the reader never waits for room")
  func slowPipelineTruth() async throws {
    let given = ["orders": 20, "delay": 200]
    let faulty = try await truth(of: SlowPipeline.scenario, .faulty, ["orders": 3, "delay": 20])
    let fixed = try await truth(of: SlowPipeline.scenario, .fixed, given)
    #expect(faulty["most-at-once"] == 1 && faulty["orders"] == 3)
    #expect(fixed["most-at-once"] == 16 && fixed["orders"] == 20)
    for truth in [faulty, fixed] {
      #expect((1...(truth["orders"] ?? 0)).contains(truth["most-queued"] ?? 0))
      for share in ["reader-share", "writer-wait-share", "ready-share"] {
        #expect((0...1).contains(truth[share] ?? -1), "\(share)")
      }
      // Two questions an order, and none is answered before its time.
      let delay = truth["orders"] == 3 ? 20e6 : 200e6
      #expect((truth["asked"] ?? 0) >= 2 * (truth["orders"] ?? 0) * delay)
    }
  }

  @Test("Pages are rendered one at a time in the actor, which is free while the price service is asked")
  func actorContentionTruth() async throws {
    let given = ["readers": 6, "pages": 1, "articles": 2_000, "delay": 300]
    let faulty = try await truth(of: ActorContention.scenario, .faulty, given)
    let fixed = try await truth(of: ActorContention.scenario, .fixed, given)
    #expect(faulty["rendering-at-once"] == 1)
    #expect((1...6).contains(fixed["rendering-at-once"] ?? 0))
    for truth in [faulty, fixed] {
      #expect(truth["pages"] == 6 && truth["asking-at-once"] == 6)
      #expect((truth["rendering-share"] ?? 0) > 0)
    }
  }

  @Test("Waits for the auditor are a part of all waits, every posting is counted", arguments: Scenario.Variant.allCases)
  func lockContentionTruth(variant: Scenario.Variant) async throws {
    let truth = try await truth(
      of: LockContention.scenario, variant, ["clerks": 4, "postings": 200, "receipt": 2, "accounts": 2_000])
    #expect(truth["postings"] == 800)
    #expect((truth["reports"] ?? 0) >= 1)
    #expect((truth["waited"] ?? 0) >= (truth["waited-for-auditor"] ?? .infinity))
    #expect((truth["long-waits"] ?? 801) <= 800 && (truth["long-holds"] ?? 801) <= 800)
    for share in ["auditor-share", "auditor-last-share"] { #expect((0...1).contains(truth[share] ?? -1)) }
  }

  @Test("As many calls are under way as there are queues; in a group, as many as it is let have")
  func threadExplosionTruth() async throws {
    let given = ["customers": 12, "delay": 200]
    let faulty = try await truth(of: ThreadExplosion.scenario, .faulty, given)
    let fixed = try await truth(of: ThreadExplosion.scenario, .fixed, given)
    // Each waits on a thread of its own, unless an answer comes before the next queue has one.
    #expect(faulty["in-flight"] == faulty["posting-threads"] && (2...12).contains(faulty["in-flight"] ?? 0))
    #expect(fixed["in-flight"] == 12)
    #expect(faulty["webhooks"] == 12 && fixed["webhooks"] == 12)
  }

  @Test("In a fixed order transfers all come to their end, and the money is where it was sent", arguments: [2, 3, 9])
  func deadlockTruth(accounts: Int) async throws {
    let fixed = try await truth(of: Deadlock.scenario, .fixed, ["accounts": accounts])
    for name in ["transfers", "entered", "done"] { #expect(fixed[name] == Double(accounts), "\(name)") }
    let program = try Deadlock.scenario.program(.fixed, Arguments(["accounts": accounts], for: Deadlock.scenario))
    // Each account gives ten times its number and ten more, and gets what the one before it gives.
    var digest = Digest()
    for number in 0..<accounts { digest.add(1_000 - 10 * (number + 1) + 10 * (number == 0 ? accounts : number)) }
    #expect(try await program.round().output == digest.text)
  }

  @Test("An answer that has begun to come is handed over, though its request is given up meanwhile")
  func cancelDeadlockTruth() async throws {
    let scenario = CancelDeadlock.scenario
    let program = try scenario.program(.fixed, Arguments(["length": 1_000], for: scenario))
    var digest = Digest()
    digest.add((0..<1_000).map { UInt8(truncatingIfNeeded: $0 * $0) })
    for _ in 0..<20 {
      let outcome = try await program.round()
      #expect(outcome.output == digest.text)
      #expect(outcome.truth.map(\.value) == [1, 1])
    }
  }

  @Test("As many log-ins ask at once as there are processors; on threads of their own, eight times as many")
  func poolStarvationTruth() async throws {
    let given = ["logins": 10, "delay": 300]
    let fixed = try await truth(of: PoolStarvation.scenario, .fixed, given)
    let faulty = try await truth(of: PoolStarvation.scenario, .faulty, ["logins": 4, "delay": 20])
    let processors = try #require(fixed["processors"])
    #expect((1...processors).contains(faulty["in-flight"] ?? 0))
    #expect(fixed["in-flight"] == min(8 * processors, 256))
    #expect(fixed["log-ins"] == 10 * processors && faulty["log-ins"] == 4 * processors)
    for truth in [faulty, fixed] { #expect((0...1).contains(truth["health-late-share"] ?? -1)) }
  }

  @Test("Every bad upload leaves a file open, and none does once its owner closes it")
  func openHandlesTruth() async throws {
    for (variant, expected) in [(Scenario.Variant.faulty, 10.0), (.fixed, 0)] {
      let program = try OpenHandles.scenario.program(variant, Arguments(["uploads": 30], for: OpenHandles.scenario))
      for _ in 0..<2 {
        #expect(try await program.round().truth.first { $0.name == "rejected" }?.value == 10)
        #expect(CustomProfile.named("open-spools")?.count == (CustomProfile.isSupported ? Int(expected) : nil))
      }
    }
  }

  @Test("Two tasks for each list that is divided: down to one element, or to the threshold; and the numbers in order")
  func mergeSortTruth() async throws {
    let faulty = try await truth(of: MergeSort.scenario, .faulty, ["elements": 777])
    let fixed = try await truth(of: MergeSort.scenario, .fixed, ["elements": 800, "threshold": 100])
    let alone = try await truth(of: MergeSort.scenario, .fixed, ["elements": 777, "threshold": 777])
    #expect(faulty["tasks"] == 2 * 776 && fixed["tasks"] == 14 && alone["tasks"] == 0)
    for truth in [faulty, fixed, alone] { #expect((truth["times-as-long"] ?? 0) > 0) }
    var generator = SplitMix64(seed: 98)
    let sorted = (0..<300).map { _ in Int.random(in: 0..<1_000_000, using: &generator) }.sorted()
    var digest = Digest()
    for number in sorted { digest.add(number) }
    for variant in Scenario.Variant.allCases {
      let arguments = try Arguments(["elements": 300, "threshold": 7], for: MergeSort.scenario)
      #expect(try await MergeSort.scenario.program(variant, arguments).round().output == digest.text)
    }
  }

  @Test("Former catalogues end in the actor that replaces them, or all of them elsewhere")
  func releaseCascadeTruth() async throws {
    let given = ["articles": 200, "updates": 4, "visitors": 2]
    for (variant, expected) in [(Scenario.Variant.faulty, 4.0), (.fixed, 0)] {
      let truth = try await truth(of: ReleaseCascade.scenario, variant, given)
      #expect(truth["freed-in-shop"] == expected && truth["updates"] == 4)
      #expect((truth["replacing-share"] ?? -1) > 0)
    }
  }

  @Test("A dictionary that fills grows now and then, and one with room for all never does")
  func fibonacciTruth() async throws {
    for (variant, expected) in [(Scenario.Variant.faulty, true), (.fixed, false)] {
      let truth = try await truth(of: FibonacciRegions.scenario, variant, ["requests": 1_000])
      #expect(truth["requests"] == 1_000)
      // It doubles each time, from a few on.
      #expect(expected ? (6...11).contains(truth["growths"] ?? 0) : truth["growths"] == 0)
    }
  }

  @Test("Everybody makes the board that all of them want, or one does")
  func priceStampedeTruth() async throws {
    // All are there long before the feed answers.
    let given = ["markets": 3, "visitors": 5, "rows": 10, "delay": 400]
    for (variant, expected) in [(Scenario.Variant.faulty, 15.0), (.fixed, 3)] {
      let truth = try await truth(of: PriceStampede.scenario, variant, given)
      #expect(truth["boards-made"] == expected && truth["visits"] == 15)
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
