/// A stretch of a trace that one thread has written: its header, and where its bytes are.
struct TraceChunk {
  static let magic: UInt32 = 0x4b48_434c
  /// Bytes that a header has to have, and those that are written.
  static let size = 96
  static let writtenSize = 112
  static let sealed: UInt8 = 1

  enum Kind: UInt8 { case events = 1, tables }

  /// Of the header.
  var offset = 0
  var kind: UInt8 = 0
  var flags: UInt8 = 0
  var headerBytes = Self.writtenSize
  var length = Self.writtenSize
  var used = 0
  var sequence: UInt64 = 0
  /// From when on its events' times count.
  var ticks: UInt64 = 0
  /// One moment by both clocks.
  var clock: UInt64 = 0
  var monotonic: UInt64 = 0
  /// What the ids of its tasks are told from.
  var task: UInt64 = 0
  var thread: UInt32 = 0
  var tid: UInt32 = 0
  /// Events of its thread that are missing before it.
  var lost: UInt64 = 0
  var events: UInt32 = 0
  var checksum: UInt32 = 0
  var name = ""
  /// When it was sealed, in ticks; 0 if that is not known.
  var end: UInt64 = 0
  /// Events of its thread that are missing after it, if there is no next one.
  var lostAfter: UInt64 = 0
  /// The trace's number of the first text that an event of it has; 0: none of them counts.
  var firstText: UInt32 = 0

  init() {}

  var isSealed: Bool { flags & Self.sealed != 0 }
  var isOfMain: Bool { flags & 2 != 0 }
  var isOfPool: Bool { flags & 4 != 0 }
  var isOfProfiler: Bool { flags & 8 != 0 }
  /// Whether it says what tasks were at.
  var tellsLiving: Bool { flags & 16 != 0 && kind == Kind.events.rawValue }
  /// Whether events of it have texts.
  var hasTexts: Bool { flags & 32 != 0 && kind == Kind.events.rawValue }
  /// Where the bytes behind the header are.
  var payload: Range<Int> { offset + headerBytes..<offset + headerBytes + used }

  /// The chunk at an offset; nil if there is none, or it does not fit into its place.
  init?(_ bytes: TraceBytes, at offset: Int) {
    guard offset <= bytes.count - Self.size, bytes.load(offset, as: UInt32.self) == Self.magic else { return nil }
    self.offset = offset
    kind = bytes.load(offset + 4, as: UInt8.self)
    flags = bytes.load(offset + 5, as: UInt8.self)
    headerBytes = Int(bytes.load(offset + 6, as: UInt16.self))
    length = Int(bytes.load(offset + 8, as: UInt32.self))
    used = Int(bytes.load(offset + 12, as: UInt32.self))
    sequence = bytes.load(offset + 16, as: UInt64.self)
    ticks = bytes.load(offset + 24, as: UInt64.self)
    clock = bytes.load(offset + 32, as: UInt64.self)
    monotonic = bytes.load(offset + 40, as: UInt64.self)
    task = bytes.load(offset + 48, as: UInt64.self)
    thread = bytes.load(offset + 56, as: UInt32.self)
    tid = bytes.load(offset + 60, as: UInt32.self)
    lost = bytes.load(offset + 64, as: UInt64.self)
    events = bytes.load(offset + 72, as: UInt32.self)
    checksum = bytes.load(offset + 76, as: UInt32.self)
    name = String(decoding: bytes.slice(offset + 80..<offset + 96).prefix { $0 != 0 }, as: UTF8.self)
    if headerBytes >= Self.writtenSize, offset <= bytes.count - Self.writtenSize {
      end = bytes.load(offset + 96, as: UInt64.self)
      lostAfter = bytes.load(offset + 104, as: UInt64.self)
    }
    guard headerBytes >= Self.size, length >= headerBytes, used <= length - headerBytes else { return nil }
  }

  /// Whether all of it is there.
  func isWhole(in bytes: TraceBytes) -> Bool { payload.upperBound <= bytes.count }

  /// Whether the bytes are those that it was sealed with.
  func isIntact(in bytes: TraceBytes) -> Bool {
    var sum = CRC32C()
    sum.add(bytes.slice(offset..<offset + 76))
    sum.add(zeros: 4)
    let tail = headerBytes >= Self.writtenSize ? Self.writtenSize : 80
    if tail > 80 {
      // What is counted after it was sealed counts as 0.
      sum.add(bytes.slice(offset + 80..<offset + 104))
      sum.add(zeros: 8)
    }
    sum.add(bytes.slice(offset + tail..<payload.upperBound))
    return sum.value == checksum
  }
}

/// The chunks of a trace in the order in which they lie there, with what is wrong with it.
struct TraceChunks {
  private(set) var all: [TraceChunk] = []
  private(set) var losses: [TraceLoss] = []

  init(_ bytes: TraceBytes, _ header: TraceHeader) {
    var offset = header.bytes
    var damaged = 0
    var cut = 0
    while offset < bytes.count {
      let slabEnd = header.slab == 0 ? Int.max : offset + header.slab - (offset - header.bytes) % header.slab
      guard let chunk = TraceChunk(bytes, at: offset), chunk.length <= slabEnd - offset else {
        if header.slab == 0 {
          if offset <= bytes.count - TraceChunk.size { damaged += 1 } else { cut += 1 }
          break
        }
        offset = slabEnd
        continue
      }
      offset += chunk.length
      guard chunk.used > 0 else { continue }
      if !chunk.isWhole(in: bytes) {
        cut += 1
      } else if chunk.isSealed && !chunk.isIntact(in: bytes) {
        // Of a window what was written over while it was copied.
        if header.window == 0 || chunk.end == 0 { damaged += 1 }
      } else {
        all.append(chunk)
      }
    }
    if damaged > 0 { losses.append(TraceLoss("chunks are damaged, and what they held is left out", count: damaged)) }
    if cut > 0 { losses.append(TraceLoss("chunk is cut off where the file ends, at byte \(bytes.count)", count: cut)) }
  }
}
