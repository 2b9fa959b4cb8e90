import Analysis
import Pprof
import TestSupport
import Testing

@testable import lab

/// Whatever is in a profile, its reports are made or refused in words.
struct PprofFuzzTests {
  private static let flags = [
    "-top", "-text -lines -cum", "-tree", "-peek=.", "-traces", "-tags", "-dot", "-dot -call_tree -lines", "-callgrind",
    "-callgrind -call_tree", "-raw", "-proto", "-topproto", "-comments", "-list=.", "-top -mean", "-top -files",
    "-tree -focus=e -hide=walk", "-dot -tagroot=client -nodecount=3", "-top -addresses -noinlines", "-disasm=nothing",
    "-weblist=.",
    "-top -divide_by=1e-300", "-dot -drop_negative -relative_percentages",
  ]

  @Test("profiles with spoiled bytes and numbers at the edges of what there is")
  func spoiledProfiles() throws {
    var generator = SeededGenerator(seed: 2026)
    let whole = try Profile.decoder.encoded(compressed: false)
    var reports = 0
    for round in 0..<400 {
      var bytes = whole
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
      }
      guard var profile = try? Profile(decoding: bytes) else { continue }
      if round % 3 == 0 { Self.exaggerate(&profile, &generator) }
      let flags = Self.flags[Int.random(in: 0..<Self.flags.count, using: &generator)]
      let request = try PprofRequest(arguments: flags.split(separator: " ").map(String.init) + ["x"])
      if (try? request.contents(of: try request.report(of: profile))) != nil { reports += 1 }
    }
    #expect(reports > 40)
  }

  @Test("flame graphs of the same", arguments: [false, true])
  func spoiledFlames(isPage: Bool) throws {
    var generator = SeededGenerator(seed: 7)
    let folder = try TemporaryFolder()
    for _ in 0..<40 {
      var profile = Profile.decoder
      Self.exaggerate(&profile, &generator)
      try profile.write(to: folder.file("a.pb.gz"))
      let base = Bool.random(using: &generator) ? ["-base=\(folder.file("a.pb.gz"))"] : []
      let request = try PprofRequest(
        arguments: ["-flame", isPage ? "-o=x.html" : "-o=x.svg"] + base + [folder.file("a.pb.gz")])
      #expect(try !request.flame { _ in }.isEmpty)
    }
  }

  /// Puts numbers at the edges of what there is into the places where any may stand.
  private static func exaggerate(_ profile: inout Profile, _ generator: inout SeededGenerator) {
    let edges: [Int64] = [.min, .max, -1, 0, 1, .min + 1, 1 << 53]
    for _ in 0..<4 {
      let sample = Int.random(in: 0..<max(profile.samples.count, 1), using: &generator)
      guard profile.samples.indices.contains(sample) else { continue }
      for value in profile.samples[sample].values.indices {
        profile.samples[sample].values[value] = edges[Int.random(in: 0..<edges.count, using: &generator)]
      }
      if let location = profile.samples[sample].locations.first {
        profile.locations[location].address = Bool.random(using: &generator) ? .max : 0
        for line in profile.locations[location].lines.indices {
          profile.locations[location].lines[line].line = edges[Int.random(in: 0..<edges.count, using: &generator)]
        }
      }
    }
    profile.period = edges[Int.random(in: 0..<edges.count, using: &generator)]
    profile.durationNanoseconds = edges[Int.random(in: 0..<edges.count, using: &generator)]
  }
}
