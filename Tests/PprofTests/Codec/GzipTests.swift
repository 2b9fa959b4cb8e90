import Testing
import TestSupport

@testable import Pprof

@Suite struct GzipTests {
  private func compressed(_ bytes: [UInt8]) throws -> [UInt8] { try bytes.withUnsafeBufferPointer { try deflate($0) } }

  private func inflated(_ bytes: [UInt8], limits: DecodingLimits = DecodingLimits()) throws -> [UInt8] {
    try bytes.withUnsafeBufferPointer { try inflate($0, limits: limits).withBytes { Array($0) } }
  }

  @Test(arguments: [0, 1, 63, 64, 65, 100_000]) func roundTrip(count: Int) throws {
    var generator = SeededGenerator(seed: 1)
    let bytes = (0..<count).map { _ in UInt8.random(in: 0...3, using: &generator) }
    #expect(try inflated(compressed(bytes)) == bytes)
  }

  @Test func membersFollowEachOther() throws {
    let bytes = try Profile.full.encoded(compressed: false)
    let members = try compressed(Array(bytes[..<40])) + compressed([]) + compressed(Array(bytes[40...]))
    #expect(try Profile(decoding: members) == Profile.full)
  }

  @Test func cutOffAnywhere() throws {
    let bytes = try Profile.full.encoded()
    for length in 2..<bytes.count {
      #expect(throws: ProfileError.self, "\(length) bytes") { try Profile(decoding: Array(bytes.prefix(length))) }
    }
    #expect(throws: ProfileError.gzip(reason: "the data end too early", offset: bytes.count - 1)) {
      try Profile(decoding: bytes.dropLast())
    }
  }

  @Test func wrongChecksum() throws {
    var bytes = try Profile.full.encoded()
    bytes[bytes.count - 5] ^= 1
    #expect(throws: ProfileError.gzip(reason: "incorrect data check", offset: bytes.count - 4)) {
      try Profile(decoding: bytes)
    }
  }

  @Test func rubbishBehind() throws {
    let bytes = try Profile.full.encoded()
    #expect(throws: ProfileError.gzip(reason: "incorrect header check", offset: bytes.count + 2)) {
      try Profile(decoding: bytes + [1, 2, 3])
    }
  }

  @Test func bombsGoOffHarmlessly() throws {
    let bomb = try compressed(Array(repeating: 0, count: 4 << 20))
    #expect(bomb.count < 5000)
    let limits = DecodingLimits(trustedBytes: 1 << 20)
    #expect(throws: ProfileError.overLimit(.bytes, limit: 1 << 20, at: nil)) {
      try Profile(decoding: bomb, limits: limits)
    }
    let nested = Array(repeating: bomb, count: 50).flatMap { $0 }
    #expect(throws: ProfileError.overLimit(.bytes, limit: 64 << 20, at: nil)) { try Profile(decoding: nested) }
  }

  @Test func limitIsExact() throws {
    let bytes = Array(repeating: UInt8(7), count: 1000)
    #expect(try inflated(compressed(bytes), limits: DecodingLimits(bytes: 1000)) == bytes)
    #expect(throws: ProfileError.overLimit(.bytes, limit: 999, at: nil)) {
      try inflated(compressed(bytes), limits: DecodingLimits(bytes: 999))
    }
  }

  @Test func ratioCountsBeyondWhatIsTrusted() {
    let limits = DecodingLimits(bytes: 10_000, inflationRatio: 10, trustedBytes: 100)
    #expect([1, 50, 5000, Int.max].map { limits.inflatedBytes(of: $0) } == [100, 500, 10_000, 10_000])
  }
}
