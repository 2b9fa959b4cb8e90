import Testing

@testable import Pprof

@Suite struct DecodeTests {
  private typealias W = WireBytes

  /// The stack 1, 2, 1 and the value 7 in several ways.
  private static let samples: [String: [[UInt8]]] = [
    "packed": [W.bytes(1, [1, 2, 1]), W.bytes(2, [7])],
    "not packed": [W.number(1, 1), W.number(1, 2), W.number(1, 1), W.number(2, 7)],
    "in pieces": [W.number(1, 1), W.bytes(1, [2]), W.bytes(2, [7]), W.bytes(1, []), W.number(1, 1)],
  ]

  @Test(arguments: samples.keys.sorted()) func repeatedNumbers(way: String) throws {
    let sample = try #require(Self.samples[way]).flatMap { $0 }
    let profile = try Profile(decoding: W.profile(W.bytes(2, sample)))
    #expect(profile.samples == [Sample(locations: [0, 1, 0], values: [7])])
  }

  private static let unknownFields: [String: [[UInt8]]] = [
    "number": [W.number(99, 5)],
    "64 bits": [W.tag(99, 1), [1, 2, 3, 4, 5, 6, 7, 8]],
    "bytes": [W.bytes(99, [1, 2, 3])],
    "32 bits": [W.tag(99, 5), [1, 2, 3, 4]],
    "group": [W.tag(99, 3), W.number(1, 1), W.tag(5, 3), W.bytes(6, [1]), W.tag(5, 4), W.tag(99, 4)],
    "largest field": [W.number((1 << 29) - 1, 5)],
  ]

  @Test(arguments: unknownFields.keys.sorted()) func unknownFieldsAreSkipped(kind: String) throws {
    let field = try #require(Self.unknownFields[kind]).flatMap { $0 }
    let content = [field, W.number(1, 1), field, W.number(2, 7), field].flatMap { $0 }
    let profile = try Profile(decoding: field + W.profile(field, W.bytes(2, content)) + field)
    #expect(profile.samples == [Sample(locations: [0], values: [7])])
    #expect(profile.locations.map(\.id) == [1, 2])
  }

  @Test func theLastOfASingleFieldCounts() throws {
    let profile = try Profile(decoding: W.profile(W.number(12, 5), W.number(12, 6)))
    #expect(profile.period == 6)
  }

  @Test func labelsAreTextOrNumberOrNothing() throws {
    let labels = [
      W.number(1, 1) + W.number(2, 2), W.number(1, 1) + W.number(2, 1), W.number(1, 2) + W.number(3, 5),
      W.number(1, 2) + W.number(3, 6) + W.number(4, 1), W.number(1, 1), W.number(1, 1) + W.number(4, 2),
      // Both a text and a number: the text counts.
      W.number(1, 2) + W.number(2, 2) + W.number(3, 9),
    ]
    let sample = W.bytes(2, W.number(2, 1) + labels.flatMap { W.bytes(3, $0) })
    let decoded = try Profile(decoding: W.profile(sample)).samples[0]
    #expect(decoded.labels == ["a": ["b", "a"], "b": ["b"]])
    #expect(
      decoded.numericLabels == [
        "b": [NumericLabel(value: 5), NumericLabel(value: 6, unit: "a")], "a": [NumericLabel(value: 0, unit: "b")],
      ])
  }

  @Test func samplesWithEqualLabelsKeepThem() throws {
    let label = W.bytes(3, W.number(1, 1) + W.number(2, 2))
    let samples = [label, label, [], label].flatMap { W.bytes(2, W.number(2, 1) + $0) }
    let decoded = try Profile(decoding: W.profile(samples)).samples
    #expect(decoded.map(\.labels) == [["a": ["b"]], ["a": ["b"]], [:], ["a": ["b"]]])
  }

  @Test func textThatIsNotUTF8IsKept() throws {
    let bytes = W.bytes(6, []) + W.bytes(6, [0x61, 0xff, 0x62]) + W.number(14, 1)
    #expect(try Profile(decoding: bytes).defaultSampleType.profileBytes == [0x61, 0xff, 0x62])
  }

  @Test func idsMayBeAnything() throws {
    let bytes =
      W.bytes(1, []) + W.bytes(4, W.number(1, .max)) + W.bytes(4, W.number(1, 1 << 40))
      + W.bytes(2, W.number(1, 1 << 40) + W.number(1, .max) + W.number(2, 1)) + W.bytes(6, [])
    #expect(try Profile(decoding: bytes).samples[0].locations == [1, 0])
  }
}
