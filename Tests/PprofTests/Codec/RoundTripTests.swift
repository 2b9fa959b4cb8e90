import Testing
import TestSupport

@testable import Pprof

@Suite struct RoundTripTests {
  @Test(arguments: [true, false]) func everyFieldSurvives(compressed: Bool) throws {
    let profile = Profile.full
    let bytes = try profile.encoded(compressed: compressed)
    #expect(try Profile(decoding: bytes) == profile)
    #expect(try Profile(decoding: bytes).encoded(compressed: compressed) == bytes)
  }

  @Test func namesThatLookAlikeStayApart() throws {
    let values = try Profile(decoding: Profile.full.encoded()).samples[2].labels[""]
    #expect(values?.map { Array($0.utf8) } == [Array("é".utf8), Array("e\u{301}".utf8)])
  }

  @Test func emptyProfile() throws {
    #expect(try Profile(decoding: Profile().encoded()) == Profile())
  }

  @Test func gzipHeaderHasNoTime() throws {
    #expect(try Array(Profile.full.encoded()[4..<8]) == [0, 0, 0, 0])
  }
}
