import Patterns
import PprofOperations
import Testing
import TestSupport

@testable import Pprof

/// Damaged files are refused or read as something valid; nothing else may happen.
@Suite struct FuzzTests {
  /// Decodes; what is accepted must be valid, survive encoding, and every operation.
  private func exercise(_ bytes: [UInt8]) throws -> Bool {
    let limits = DecodingLimits(bytes: 1 << 20, trustedBytes: 1 << 20)
    guard let profile = try? Profile(decoding: bytes, limits: limits) else { return false }
    try profile.checkValid()
    #expect(try Profile(decoding: profile.encoded(compressed: false)).samples.count == profile.samples.count)
    var changed = profile
    changed.filterSamplesByName(focus: try Pattern("m"), hide: try Pattern("memcpy"))
    changed.showFrom(try Pattern("main"))
    changed.prune(drop: try Pattern("decode"))
    changed.pruneFrom(try Pattern("work"))
    try? changed.removeUninteresting()
    changed.addLabelFrames(root: ["client"], leaf: ["bytes"])
    changed.aggregate(by: .lines, inlineFrames: false)
    try changed.checkValid()
    try changed.compacted().checkValid()
    try? profile.difference(from: changed, isLabelled: true, isNormalized: true).checkValid()
    return true
  }

  @Test(arguments: 0..<8) func mutatedBytes(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let whole = try Profile.full.encoded(compressed: false)
    var accepted = 0
    for _ in 0..<1500 {
      var bytes = whole
      for _ in 0..<Int.random(in: 1...4, using: &generator) { mutate(&bytes, &generator) }
      if try exercise(bytes) { accepted += 1 }
    }
    // Some damage goes unnoticed, most does not: the test would prove nothing if all were refused at once.
    #expect(accepted > 50 && accepted < 1450)
  }

  private func mutate(_ bytes: inout [UInt8], _ generator: inout SeededGenerator) {
    guard !bytes.isEmpty else { return }
    let position = Int.random(in: 0..<bytes.count, using: &generator)
    switch Int.random(in: 0..<6, using: &generator) {
    case 0: bytes[position] = UInt8.random(in: 0...255, using: &generator)
    case 1: bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
    case 2: bytes.remove(at: position)
    case 3: bytes.insert([0, 1, 0x7f, 0x80, 0xff].randomElement(using: &generator) ?? 0, at: position)
    case 4: bytes.removeSubrange(position...)
    default:
      let end = Int.random(in: position...min(position + 20, bytes.count), using: &generator)
      bytes.insert(contentsOf: bytes[position..<end], at: Int.random(in: 0...bytes.count, using: &generator))
    }
  }

  @Test func everyPrefix() throws {
    let whole = try Profile.full.encoded(compressed: false)
    for length in 0..<whole.count { _ = try exercise(Array(whole.prefix(length))) }
    #expect(try exercise(whole))
  }

  @Test func everyByteOfAGzipFile() throws {
    let whole = try Profile.full.encoded()
    var refused = 0
    for position in whole.indices {
      var bytes = whole
      bytes[position] ^= 0x55
      if try !exercise(bytes) { refused += 1 }
    }
    // Time, operating system and the like may be anything; all else is covered by the checksum.
    #expect(refused >= whole.count - 10)
  }

  @Test func randomBytes() throws {
    var generator = SeededGenerator(seed: 99)
    for _ in 0..<5000 {
      let count = Int.random(in: 0..<64, using: &generator)
      _ = try exercise((0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) })
    }
    #expect(try !exercise([0x1f, 0x8b]))
  }
}
