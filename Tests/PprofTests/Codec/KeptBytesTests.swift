import Pprof
import Testing

/// Names whose bytes are not UTF-8.
@Suite struct KeptBytesTests {
  private typealias W = WireBytes

  /// A profile with these names, read from bytes.
  private func profile(_ names: [[UInt8]]) throws -> Profile {
    let functions = names.indices.flatMap { W.bytes(5, W.number(1, UInt64($0) + 1) + W.number(2, UInt64($0) + 3)) }
    let types = W.bytes(1, W.number(1, 1) + W.number(2, 2))
    let strings = ([[], Array("cpu".utf8), Array("count".utf8)] + names).flatMap { W.bytes(6, $0) }
    return try Profile(decoding: types + functions + strings)
  }

  private static let names: [[UInt8]] = [
    [0xff], [0xfe], [0x61, 0xff, 0x62], [0xc3, 0xa9], [0xc3], [0xe2, 0x82], [0xf4, 0x8f, 0xbf, 0xbf],
    [0xf4, 0x8f, 0xbe, 0x80], [0xf4, 0x8f, 0xbc, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80],
    Array("\u{10fffd}\u{fffd}é".utf8),
  ]

  @Test("Different bytes are different names, and are written as they were read")
  func roundTrip() throws {
    let profile = try profile(Self.names)
    #expect(Set(profile.functions.map { Array($0.name.utf8) }).count == Self.names.count)
    #expect(profile.functions.map(\.name.profileBytes) == Self.names)
    let again = try Profile(decoding: try profile.encoded())
    #expect(again.functions.map(\.name.profileBytes) == Self.names)
    #expect(profile.functions[3].name == "é")
  }

  @Test("Any bytes come back")
  func anyBytes() throws {
    var random = SystemRandomNumberGenerator()
    let some: [UInt8] = [0x61, 0xf4, 0x8f, 0xbe, 0xbf, 0xbc, 0x80, 0xff, 0xc3, 0xa9, 0xe2]
    let names = (0..<500).map { _ in (0..<Int.random(in: 0..<9)).map { _ in some.randomElement(using: &random)! } }
    #expect(try profile(names).functions.map(\.name.profileBytes) == names)
  }
}
