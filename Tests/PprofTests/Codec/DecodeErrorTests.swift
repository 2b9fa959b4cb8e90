import Testing

@testable import Pprof

/// Every kind of damage is told with its place.
@Suite struct DecodeErrorTests {
  private typealias W = WireBytes

  private static let prefix = W.bytes(1, W.number(1, 1) + W.number(2, 2)).count

  private func error(_ bytes: [UInt8], limits: DecodingLimits = DecodingLimits()) -> ProfileError? {
    #expect(throws: ProfileError.self) { try Profile(decoding: bytes, limits: limits) }
  }

  @Test func nothing() {
    #expect(error([]) == .empty)
  }

  @Test func cutOff() {
    let whole = W.profile(W.bytes(2, W.number(1, 1) + W.number(2, 7)))
    let first = error(Array(whole.prefix(3)))
    #expect(first == .malformed(.truncated, at: Place(.profile, field: 1, offset: 2)))
    #expect(first.map { "\($0)" } == "profile.sample_type at byte 2: the bytes end too early")
    for length in 1..<whole.count { #expect(error(Array(whole.prefix(length))) != nil || length == 0) }
  }

  @Test func cutOffInside() {
    // The message says it has five bytes, but the number in it goes on.
    let sample = W.bytes(2, W.tag(1, 0) + [0x80, 0x80])
    let place = Place(.sample, index: 0, field: 1, offset: Self.prefix + 5)
    #expect(error(W.profile(sample)) == .malformed(.truncated, at: place))
    let packed = W.bytes(2, W.bytes(1, [1, 0x80]))
    #expect(error(W.profile(packed)) == .malformed(.truncated, at: Place(.sample, field: 1, offset: Self.prefix + 6)))
  }

  @Test func numberTooLong() {
    let bytes = W.tag(12, 0) + Array(repeating: 0xff, count: 10) + [1]
    #expect(error(bytes) == .malformed(.badVarint, at: Place(.profile, field: 12, offset: 10)))
    let tooLarge = W.tag(12, 0) + Array(repeating: 0x80, count: 9) + [2]
    #expect(error(tooLarge) == .malformed(.badVarint, at: Place(.profile, field: 12, offset: 10)))
  }

  @Test func fieldNumberZero() {
    #expect(error([0, 1]) == .malformed(.badFieldNumber, at: Place(.profile, offset: 1)))
    #expect(error(W.number(1 << 29, 1)) == .malformed(.badFieldNumber, at: Place(.profile, offset: 5)))
  }

  @Test func wrongWireTypes() {
    #expect(error(W.number(2, 1)) == .malformed(.wrongWireType(0), at: Place(.profile, field: 2, offset: 1)))
    #expect(error(W.bytes(12, [1])) == .malformed(.wrongWireType(2), at: Place(.profile, field: 12, offset: 1)))
    #expect(error([0x66, 1]) == .malformed(.wrongWireType(6), at: Place(.profile, field: 12, offset: 1)))
    let sample = W.bytes(2, W.tag(1, 5) + [0, 0, 0, 0])
    #expect(
      error(W.profile(sample)) == .malformed(.wrongWireType(5), at: Place(.sample, field: 1, offset: Self.prefix + 3)))
  }

  @Test func groups() {
    #expect(error(W.tag(99, 4)) == .malformed(.badGroup, at: Place(.profile, field: 99, offset: 2)))
    #expect(error(W.tag(99, 3)) == .malformed(.truncated, at: Place(.profile, field: 99, offset: 2)))
    #expect(
      error(W.tag(99, 3) + W.tag(98, 4)) == .malformed(.badGroup, at: Place(.profile, field: 98, offset: 4)))
    let deep = Array(repeating: W.tag(99, 3), count: 100_000).flatMap { $0 }
    #expect(error(deep) == .malformed(.badGroup, at: Place(.profile, field: 99, offset: 130)))
  }

  @Test func stringTable() {
    #expect(error(W.number(12, 1)) == .badStringTable)
    #expect(error(W.strings("a", "")) == .badStringTable)
    let unknown = error(W.strings("") + W.number(14, 1))
    #expect(unknown == .unknownString(index: 1, count: 1, at: Place(.profile, field: 14)))
    #expect(unknown.map { "\($0)" } == "profile.default_sample_type: there is no string 1 in a table of 1")
    let negative = W.bytes(5, W.number(1, 1) + W.number(2, .max)) + W.strings("")
    #expect(
      error(negative) == .unknownString(index: -1, count: 1, at: Place(.function, field: 2, offset: negative.count - 2))
    )
  }

  @Test func labelStrings() {
    let sample = W.bytes(2, W.number(2, 1) + W.bytes(3, W.number(1, 77) + W.number(2, 1)))
    guard case .unknownString(77, 3, let place)? = error(W.profile(sample)) else {
      Issue.record("no error")
      return
    }
    #expect("\(place)" == "sample[0].label.key at byte \(Self.prefix + 8)")
  }

  @Test func zeroAndDuplicateIDs() {
    #expect(
      error(W.bytes(3, []) + W.strings("")) == .zeroID(at: Place(.mapping, index: 0, field: 1, offset: 2)))
    #expect(
      error(W.profile(W.bytes(4, []))) == .zeroID(at: Place(.location, index: 0, field: 1, offset: Self.prefix + 2)))
    guard case .duplicateID(1, let place)? = error(W.profile(W.bytes(5, W.number(1, 1)))) else {
      Issue.record("no error")
      return
    }
    #expect(place.message == .function && place.index == 1)
    let large = W.bytes(3, W.number(1, 1 << 50))
    #expect(
      error(large + large + W.strings(""))
        == .duplicateID(1 << 50, at: Place(.mapping, index: 1, field: 1, offset: large.count + 2)))
  }

  @Test func unknownIDs() {
    let sample = W.bytes(2, W.number(2, 1) + W.bytes(1, [1, 2, 9]))
    let error1 = error(W.profile(sample))
    #expect(error1 == .unknownID(9, at: Place(.sample, index: 0, field: 1, offset: Self.prefix + 2)))
    #expect(error1.map { "\($0)" } == "sample[0].location_id at byte 8: nothing has the id 9")
    let line = W.bytes(4, W.number(1, 3) + W.bytes(4, W.number(1, 8)))
    #expect(error(W.profile(line)) == .unknownID(8, at: Place(.line, field: 1, offset: Self.prefix + 8)))
    let noFunction = W.bytes(4, W.number(1, 3) + W.bytes(4, W.number(2, 8)))
    #expect(error(W.profile(noFunction)) == .unknownID(0, at: Place(.line, field: 1, offset: Self.prefix + 8)))
  }

  @Test("A location in a mapping that is missing is in none, as to pprof")
  func missingMapping() throws {
    let location = W.bytes(4, W.number(1, 3) + W.number(2, 4))
    let profile = try Profile(decoding: W.profile(location))
    #expect(profile.locations.first { $0.id == 3 }?.mapping == nil)
  }

  @Test func valueCounts() {
    let place = Place(.sample, index: 0, field: 2, offset: Self.prefix + 2)
    #expect(error(W.profile(W.bytes(2, []))) == .valueCount(0, expected: 1, at: place))
    #expect(error(W.profile(W.bytes(2, W.bytes(2, [1, 2])))) == .valueCount(2, expected: 1, at: place))
    #expect(error(W.bytes(2, []) + W.strings("")) == .missingSampleTypes)
  }

  @Test func twoProfilesInOne() {
    let one = W.profile(W.number(9, 5))
    #expect(error(one + one) == .concatenated(at: Place(.profile, field: 9, offset: one.count + Self.prefix + 1)))
  }

  @Test func limits() {
    let sample = W.bytes(2, W.number(2, 1) + W.bytes(1, [1, 1, 1]))
    let bytes = W.profile(sample, sample, sample)
    #expect(
      error(bytes, limits: DecodingLimits(frames: 2))
        == .overLimit(.frames, limit: 2, at: Place(.sample, index: 0, field: 1, offset: Self.prefix + 2)))
    guard case .overLimit(.entries, 2, let place?)? = error(bytes, limits: DecodingLimits(entries: 2)) else {
      Issue.record("no error")
      return
    }
    #expect(place.message == .profile && place.field == 2)
    #expect(error(bytes, limits: DecodingLimits(bytes: 10)) == .overLimit(.bytes, limit: 10, at: nil))
    #expect(throws: Never.self) { try Profile(decoding: bytes, limits: DecodingLimits(entries: 3, frames: 3)) }
  }
}
