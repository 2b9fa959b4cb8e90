import TestSupport
import Testing

@testable import ExecutionTrace

/// Files that were cut off, damaged, or made to harm whoever reads them.
@Suite struct DamagedTraceTests {
  /// Several threads with several chunks, and tables.
  private static func sample(slab: UInt32 = 0, using generator: inout SeededGenerator) -> TraceFile {
    var file = TraceFile(slab: slab)
    var sequence: UInt64 = 0
    for thread in 1...3 as ClosedRange<UInt32> {
      for part in 0..<4 as Range<UInt64> {
        sequence += 1
        var payload: [UInt8] = []
        for _ in 0..<Int.random(in: 1...20, using: &generator) {
          let task = Int64.random(in: -3...9, using: &generator)
          let time = UInt8.random(in: 0...14, using: &generator)
          switch Int.random(in: 0..<6, using: &generator) {
          case 0: payload += join([0x20 | time], zigzag(task), zigzag(1))
          case 1: payload += join([0x50 | time], zigzag(task))
          case 2: payload += [0x70 | time, .random(in: 0...20, using: &generator)]
          case 3: payload += [0x90 | time]
          case 4: payload += join([0x60 | time], zigzag(task), varint(2))
          default:
            payload += join(
              [0xf0 | time, .random(in: 1...25, using: &generator), 0x3f], zigzag(task), varint(70_000), varint(2),
              varint(1), zigzag(-9), [3])
          }
        }
        let chunk = TraceFile.Chunk(
          sequence: sequence, ticks: 1000 + 500 * part, thread: thread, isSealed: slab == 0 || part < 3,
          length: slab == 0 ? nil : 1024)
        file.add(chunk, payload)
      }
    }
    let tables = join(
      entry(1, join(varint(1), Array("name".utf8))), entry(2, join(varint(1), varint(1), zigzag(4096))))
    file.add(.init(kind: 2, sequence: sequence + 1, length: slab == 0 ? nil : 1024), tables)
    return file
  }

  /// Reads all there is.
  private static func read(_ bytes: [UInt8]) -> (events: [TraceEvent], losses: [TraceLoss])? {
    guard let trace = try? Trace(bytes: bytes) else { return nil }
    _ = try? RecordedTrace(fileBytes: bytes).renamingFiles { $0 + "x" }.bytes(forFile: "x.trace")
    let events = Array(trace.events())
    #expect(zip(events, events.dropFirst()).allSatisfy { $0.time <= $1.time }, "events are in the order of time")
    #expect(events.allSatisfy { trace.threads.indices.contains(Int($0.thread)) })
    #expect(events.allSatisfy { trace.executors.indices.contains(Int($0.executor)) })
    return (events, trace.losses)
  }

  @Test(arguments: [0, 1024] as [UInt32])
  func aFileThatIsCutReadsUpToItsLastWholeChunk(slab: UInt32) throws {
    var generator = SeededGenerator(seed: 7)
    let file = Self.sample(slab: slab, using: &generator)
    let whole = try #require(Self.read(file.bytes))
    #expect(whole.losses.isEmpty)
    var seen = 0
    // Every place in the header and the first chunks, and then some.
    for count in Array(0..<600) + Array(stride(from: 600, through: file.bytes.count, by: 29)) + [file.bytes.count] {
      guard let read = Self.read(Array(file.bytes.prefix(count))) else {
        #expect(count < 80)
        continue
      }
      #expect(read.events.count >= seen, "what is longer reads no less")
      seen = read.events.count
      #expect(seen <= whole.events.count)
      // Behind the header, unless it ends right at a chunk, something is missing, and that is said.
      if slab == 0 {
        let ends = file.chunks.reduce(into: [80]) { $0.append($0[$0.count - 1] + $1.count) }
        let isWhole = ends.contains { end in end - 8 < count && count <= end }
        #expect(isWhole || !read.losses.isEmpty, "\(count)")
      }
    }
    #expect(seen == whole.events.count)
  }

  @Test func aDamagedChunkIsLeftOutAndSaid() throws {
    var generator = SeededGenerator(seed: 3)
    let file = Self.sample(using: &generator)
    let whole = try #require(Self.read(file.bytes))
    var bytes = file.bytes
    bytes[80 + 96] ^= 0x10
    let read = try #require(Self.read(bytes))
    #expect(read.losses == [TraceLoss("chunks are damaged, and what they held is left out", count: 1)])
    #expect(read.events.count < whole.events.count && !read.events.isEmpty)
  }

  @Test(arguments: 0..<8 as Range<UInt64>)
  func noBytesAreAnythingButEventsOrAnError(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    // Unsealed chunks have no checksum before their bytes.
    let whole = Self.sample(slab: seed % 2 == 0 ? 1024 : 0, using: &generator).bytes
    for _ in 0..<60 {
      var bytes = whole
      for _ in 0..<Int.random(in: 1...12, using: &generator) {
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: bytes[place] = UInt8.random(in: .min ... .max, using: &generator)
        case 1: bytes[place] ^= 1 << UInt8.random(in: 0...7, using: &generator)
        case 2: bytes[place] = 0xff
        default: bytes.replaceSubrange(place..<min(place + 8, bytes.count), with: [UInt8](repeating: 0xff, count: 8))
        }
      }
      _ = Self.read(bytes)
    }
  }

  /// The same where the checksums are right: of payloads of nothing but chance.
  @Test(arguments: 10..<14 as Range<UInt64>)
  func noEventsOfChanceAreATrap(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<60 {
      var file = TraceFile(flags: .random(in: 0...1, using: &generator), shift: .random(in: 0...31, using: &generator))
      for number in 1...3 as ClosedRange<UInt64> {
        let chunk = TraceFile.Chunk(
          kind: .random(in: 1...2, using: &generator), sequence: number,
          ticks: .random(in: .min ... .max, using: &generator), clock: .random(in: .min ... .max, using: &generator),
          monotonic: .random(in: .min ... .max, using: &generator), task: .random(in: .min ... .max, using: &generator),
          thread: .random(in: 1...2, using: &generator), lost: .random(in: .min ... .max, using: &generator))
        file.add(chunk, (0..<200).map { _ in .random(in: .min ... .max, using: &generator) })
      }
      _ = Self.read(file.bytes)
    }
  }
}
