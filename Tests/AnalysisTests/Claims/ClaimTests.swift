import Pprof
import Testing

@testable import Analysis

@Suite struct BoundTests {
  @Test func readsTheFourForms() throws {
    #expect(try Bound("35%..65%").contains(0.5))
    #expect(try !Bound("35%..65%").contains(0.66))
    #expect(try Bound("3..").contains(3))
    #expect(try !Bound("3..").contains(2.9))
    #expect(try Bound("..2%").contains(-1))
    #expect(try Bound("7").contains(7))
    #expect(try !Bound("7").contains(7.5))
    #expect(try Bound("-5%..5%").contains(-0.05))
  }

  @Test(arguments: ["", "..", "a..b", "5..3", "nan", "1..inf", "1...2"])
  func refusesWhatIsNone(text: String) {
    #expect(throws: ClaimError.malformedBound(text)) { try Bound(text) }
  }

  @Test func speaksPlainly() throws {
    #expect(try Bound("35%..65%").description == "35\u{A0}% to 65\u{A0}%")
    #expect(try Bound("3..").description == "at least 3")
    #expect(try Bound("..2%").description == "at most 2\u{A0}%")
    #expect(try Bound("7").description == "exactly 7")
    #expect(try Bound("-7%..7%").description == "−7\u{A0}% to 7\u{A0}%")
    #expect(try Bound("-7%..7%").description(in: .points) == "−7 to 7 points")
    #expect(try Bound("..7%").description(in: .points) == "at most 7 points")
    #expect(try Bound("3%").description(in: .points) == "exactly 3 points")
    #expect(try Bound("noise").description == "no difference beyond noise")
    #expect(try Bound("..524288").description == "at most 524,288")
    #expect(try Bound("..524288").description(in: .bytes) == "at most 512kB")
  }
}

@Suite struct MeasurementTests {
  @Test(arguments: [
    (Measurement(0.4312, .share, meaning: ""), "43\u{A0}%"),
    (Measurement(-0.0312, .points, meaning: ""), "−3.1\u{A0}points"),
    (Measurement(0.5997, error: 0.0633, .share, meaning: ""), "60\u{A0}%\u{A0}±\u{A0}6"),
    (Measurement(-0.0312, error: 0.05, .points, meaning: ""), "−3\u{A0}points\u{A0}±\u{A0}5"),
    (Measurement(0.771, error: 0.123, .ratio, meaning: ""), "0.77×\u{A0}±\u{A0}0.12"),
    (Measurement(0, error: 0.013, .share, meaning: ""), "below 1.3\u{A0}%"),
    (Measurement(2.345, .ratio, meaning: ""), "2.35×"), (Measurement(23.45, .ratio, meaning: ""), "23.5×"),
    (Measurement(1_234_567, .count, meaning: ""), "1,234,567"), (Measurement(1, .rank, meaning: ""), "#1"),
    (Measurement(0.0004, .share, meaning: ""), "0.04\u{A0}%"), (Measurement(1.005, .ratio, meaning: ""), "1.00×"),
    (Measurement(81_818, .bytes, meaning: ""), "79.90kB"),
  ])
  func isSaidForPeople(measurement: Measurement, text: String) {
    #expect(measurement.description == text)
  }
}

@Suite struct ClaimTests {
  /// main → decode → (headers | checksum); main → handle. 100 samples: 60 headers, 15 checksum, 5 decode, 20 handle.
  private static let capture: Capture = {
    let names = ["main", "FetchResponse.decode(from:)", "Headers.init(count:)", "CRC32C.checksum(_:)", "handle(_:)"]
    let functions = names.enumerated().map { Function(id: UInt64($0 + 1), name: $1) }
    let locations = names.indices.map { Location(id: UInt64($0 + 1), lines: [Line(function: $0)]) }
    func sample(_ stack: [Int], _ count: Int64, client: String) -> Sample {
      Sample(locations: stack, values: [count, count * 10], labels: ["client": [client]])
    }
    let profile = Profile(
      sampleTypes: [ValueType(type: "samples", unit: "count"), ValueType(type: "cpu", unit: "nanoseconds")],
      samples: [
        sample([2, 1, 0], 60, client: "a"), sample([3, 1, 0], 15, client: "b"), sample([1, 0], 5, client: "b"),
        sample([4, 0], 20, client: "b"),
      ], locations: locations, functions: functions)
    return Capture(profile, provenance: .example(cpuSeconds: 3))
  }()

  private func evaluate(_ items: [(name: String, value: String)]) throws -> (Measurement, Bool) {
    try Claim(items: items).evaluate(on: Self.capture) { name in
      #expect(name.variant == "fixed")
      return Capture(Self.capture.profile, provenance: .example(cpuSeconds: 1.5))
    }
  }

  @Test(
    arguments: [
      ([("value", "share"), ("function", "FetchResponse.decode"), ("within", "80%")], 0.8),
      ([("value", "share"), ("function", "Headers.init|CRC32C.checksum"), ("within", "75%")], 0.75),
      ([("value", "share"), ("function", "CRC32C*"), ("within", "15%")], 0.15),
      ([("value", "share"), ("function", "handle(_:)"), ("label", "client:b"), ("within", "50%")], 0.5),
      ([("value", "flat-share"), ("function", "FetchResponse.decode(from:)"), ("within", "5%")], 0.05),
      ([("value", "rank"), ("function", "FetchResponse.decode"), ("within", "2")], 2),
      ([("value", "flat-rank"), ("function", "CRC32C.checksum"), ("within", "3")], 3),
      (
        [
          ("value", "flat-rank"), ("function", "CRC32C.checksum"), ("among", "FetchResponse.decode|main"),
          ("within", "1"),
        ], 1
      ),
      ([("value", "label-share"), ("label", "client:a"), ("within", "60%")], 0.6),
      ([("value", "fact"), ("name", "decode-share"), ("within", "82%")], 0.82),
      (
        [
          ("value", "truth-error"), ("function", "FetchResponse.decode"), ("truth", "decode-share"),
          ("within", "-3%..3%"),
        ], -0.02
      ),
      ([("value", "cpu-ratio"), ("to", "fixed"), ("within", "2")], 2),
      ([("value", "wall-ratio"), ("to", "fixed"), ("within", "2")], 2),
      ([("value", "busy-share"), ("within", "75%")], 0.75),
      ([("value", "fact-ratio"), ("name", "decode-share"), ("over", "twice"), ("within", "0.5")], 0.5),
      ([("value", "fact-ratio"), ("name", "twice"), ("to", "fixed"), ("within", "1")], 1),
      ([("value", "share-ratio"), ("function", "main"), ("to", "fixed"), ("within", "1")], 1),
      ([("value", "time-ratio"), ("function", "main"), ("to", "fixed"), ("within", "2")], 2),
      ([("value", "type-share"), ("type", "samples"), ("of", "cpu"), ("within", "10%")], 0.1),
      ([("value", "samples"), ("within", "100")], 100),
      ([("value", "lost-share"), ("within", "0..1%")], 0),
      ([("value", "overhead"), ("within", "0.9..1.1")], 1.01),
    ] as [([(String, String)], Double)])
  func everyQueryGivesTheValueWorkedOutByHand(items: [(String, String)], expected: Double) throws {
    let (measurement, holds) = try evaluate(items.map { (name: $0.0, value: $0.1) })
    #expect(abs(measurement.value - expected) < 1e-12)
    #expect(holds || items.contains { $0.1.contains("truth") })
    #expect(!measurement.meaning.isEmpty)
  }

  @Test("Of what was allocated below a function, the part that is still in use")
  func keptShareIsInUseOverAllocated() throws {
    var profile = Self.capture.profile
    profile.sampleTypes = [
      ValueType(type: "alloc_space", unit: "bytes"), ValueType(type: "inuse_space", unit: "bytes"),
    ]
    for index in profile.samples.indices { profile.samples[index].values[1] = index == 0 ? 30 : 0 }
    let capture = Capture(profile, provenance: Self.capture.provenance)
    func kept(_ function: String?) throws -> Double {
      let items = [("value", "kept-share"), ("within", "0..1")] + (function.map { [("function", $0)] } ?? [])
      let claim = try Claim(items: items.map { (name: $0.0, value: $0.1) })
      return try claim.evaluate(on: capture) { _ in capture }.measurement.value
    }
    #expect(try kept(nil) == 0.3)
    #expect(try kept("Headers.init") == 0.5)
    #expect(try kept("handle") == 0)
    #expect(throws: ClaimError.self) {
      try evaluate([(name: "value", value: "kept-share"), (name: "within", value: "1")])
    }
  }

  @Test("Objects of one kind over what the scenario counted: a sample of another kind does not count")
  func truthRatioOfALabel() throws {
    var profile = Self.capture.profile
    profile.sampleTypes = [
      ValueType(type: "inuse_objects", unit: "count"), ValueType(type: "inuse_space", unit: "bytes"),
    ]
    for index in profile.samples.indices {
      profile.samples[index].values[0] = index == 0 ? 41 : 16_384
      profile.samples[index].labels["type"] = [index == 0 ? "Array storage of UInt8" : "Producer"]
    }
    let capture = Capture(profile, provenance: Self.capture.provenance)
    let items = [
      ("value", "truth-ratio"), ("truth", "decode-share"), ("type", "inuse_objects"),
      ("label", "type:Array storage of UInt8"), ("within", "50"),
    ]
    let claim = try Claim(items: items.map { (name: $0.0, value: $0.1) })
    #expect(try claim.evaluate(on: capture) { _ in capture }.measurement.value == 41 / 0.82)
  }

  @Test("A share that was sampled has the error of its count, and one of everything none")
  func sharesHaveErrors() throws {
    func share(_ function: String, period: Int64) throws -> Measurement {
      var profile = Self.capture.profile
      (profile.period, profile.periodType) = (period, ValueType(type: "cpu", unit: "nanoseconds"))
      let items = [
        (name: "value", value: "share"), (name: "function", value: function), (name: "within", value: "0..1"),
      ]
      let capture = Capture(profile, provenance: Self.capture.provenance)
      return try Claim(items: items).evaluate(on: capture) { _ in capture }.measurement
    }
    // 80 of 100 samples: 1.96 · √(0.8 · 0.2 / 100) = 7.84 points.
    #expect(try abs(#require(share("FetchResponse.decode", period: 10).error) - 0.0784) < 1e-9)
    #expect(try share("FetchResponse.decode", period: 10).uncertainty == "±\u{A0}8")
    #expect(try share("main", period: 10).uncertainty == "")
    #expect(try share("FetchResponse.decode", period: 0).error == nil)
  }

  @Test("What may be chance alone is noise, what is not is none, and only a difference can be")
  func noise() throws {
    var profile = Self.capture.profile
    (profile.period, profile.periodType) = (10, ValueType(type: "cpu", unit: "nanoseconds"))
    func holds(_ value: String, _ function: String, seconds: Double = 3) throws -> Bool {
      let (here, there) = (Self.capture.provenance, Provenance.example(cpuSeconds: seconds))
      let items = [("value", value), ("function", function), ("to", "fixed"), ("within", "noise")]
        .filter { $0.0 != "to" || value != "share" }
      return try Claim(items: items.map { (name: $0.0, value: $0.1) })
        .evaluate(on: Capture(profile, provenance: here)) { _ in Capture(profile, provenance: there) }.holds
    }
    // 15 of 100 samples, here and there: a ratio of 1 ± 0.66 in time too, if rounds are equal.
    #expect(try holds("share-ratio", "CRC32C.checksum") && holds("time-ratio", "CRC32C.checksum"))
    #expect(try holds("time-ratio", "CRC32C.checksum", seconds: 2))
    #expect(try !holds("time-ratio", "CRC32C.checksum", seconds: 1))
    #expect(try !holds("share", "CRC32C.checksum"))
  }

  @Test func aFalseClaimDoesNotHold() throws {
    let items = [
      (name: "value", value: "share"), (name: "function", value: "handle"), (name: "within", value: "30%..90%"),
    ]
    #expect(try evaluate(items).1 == false)
  }

  @Test func malformedClaimsAreTypedErrors() {
    func items(_ text: String) -> [(name: String, value: String)] {
      text.split(separator: "&").map {
        let pair = $0.split(separator: "=", maxSplits: 1)
        return (name: String(pair[0]), value: String(pair[1]))
      }
    }
    let cases: [(String, ClaimError)] = [
      ("value=shore&within=1", .unknownQuery("shore")),
      ("within=1", .missingArgument(query: "claim", name: "value")),
      ("value=share&function=x", .missingArgument(query: "share", name: "within")),
      ("value=share&within=1", .missingArgument(query: "share", name: "function")),
      ("value=samples&function=x&within=1", .unknownArgument(query: "samples", name: "function")),
      ("value=share&function=nothing&within=1", .noSuchFunction("nothing")),
      ("value=fact&name=x&within=1", .noSuchFact("x", known: ["decode-share", "twice"])),
      ("value=label-share&label=a&within=1", .malformedArgument(name: "label", value: "a", expected: "name:value")),
      ("value=fact-ratio&name=twice&within=1", .missingArgument(query: "fact-ratio", name: "over (or to)")),
      (
        "value=share&function=main&type=heap&within=1",
        .malformedArgument(name: "type", value: "heap", expected: "one of samples, cpu")
      ),
    ]
    for (text, error) in cases { #expect(throws: error) { try evaluate(items(text)) } }
  }

  @Test func everyQueryIsListedOnceAndFoundByName() {
    #expect(Set(Query.all.map(\.name)).count == Query.all.count)
    for query in Query.all { #expect(Query.named(query.name)?.summary == query.summary) }
  }
}

@Suite struct CaptureNameTests {
  @Test func takesThreePlainParts() {
    #expect(CaptureName("kafka-decode/faulty/cpu")?.description == "kafka-decode/faulty/cpu")
    for bad in ["", "a/b", "a/b/c/d", "a//c", "../b/c", "a/B/c", "a/b/c?x"] { #expect(CaptureName(bad) == nil) }
  }
}

@Suite struct OverheadTests {
  @Test func isTheMedianWithItsQuartiles() {
    let overhead = Provenance.Overhead(ratios: [1.4, 1.0, 1.1, 1.2, 1.3])
    #expect(overhead.ratio == 1.2 && overhead.low == 1.1 && overhead.high == 1.3 && overhead.pairs == 5)
    #expect(Provenance.Overhead(ratios: []).ratio == 1)
  }
}

/// How the captures of these tests came to be.
extension Provenance {
  static func example(cpuSeconds: Double) -> Provenance {
    Provenance(
      scenario: "s", variant: "faulty", kind: "cpu", parameters: [:], command: "", date: "",
      machine: Machine(processor: "p", cores: 2, kernel: "k", system: "s", toolchain: "t"), build: "release", key: "",
      digest: "", recording: Recording(samples: 100, lost: 0, truncated: 0, unresolved: 0, cpuSeconds: 1),
      overhead: Overhead(ratios: [1.01]), cpuSecondsPerRound: cpuSeconds, wallSecondsPerRound: cpuSeconds == 3 ? 4 : 2,
      output: "",
      truth: [
        Fact(name: "decode-share", value: 0.82, basis: "clock"), Fact(name: "twice", value: 1.64, basis: "clock"),
      ])
  }
}
