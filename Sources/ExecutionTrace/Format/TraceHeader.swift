/// The first page of a trace.
struct TraceHeader {
  static let magic = Array("LabTrace".utf8)
  /// Bytes that have to be there, and that are written; more may follow before the first chunk.
  static let size = 80
  static let writtenSize = 88

  var version: UInt32
  /// Where the first chunk begins.
  var bytes: Int
  /// Chunks do not reach over multiples of it, counted from the first; 0: they follow one another.
  var slab: Int
  var flags: UInt32
  var shift: UInt32
  var processors: UInt32
  var ticks: UInt64
  var monotonic: UInt64
  var realtime: UInt64
  /// How many nanoseconds are kept; 0: all.
  var window: UInt64
  /// How many events were lost, as of shortly before the end.
  var lost: UInt64
  /// Of a window, from when on all events are there, in ticks; 0: from the start on.
  var since: UInt64

  /// Whether a tick is one of the processor's cycles; else it is a nanosecond.
  var countsCycles: Bool { flags & 1 != 0 }

  /// - Throws: what is wrong with it.
  init(_ bytes: TraceBytes) throws(TraceError) {
    guard bytes.count >= Self.magic.count, bytes.slice(0..<Self.magic.count).elementsEqual(Self.magic) else {
      throw .notATrace
    }
    guard bytes.count >= Self.size else { throw .truncatedHeader }
    version = bytes.load(8, as: UInt32.self)
    self.bytes = Int(bytes.load(12, as: UInt32.self))
    slab = Int(bytes.load(16, as: UInt32.self))
    flags = bytes.load(20, as: UInt32.self)
    shift = bytes.load(24, as: UInt32.self)
    processors = bytes.load(28, as: UInt32.self)
    ticks = bytes.load(40, as: UInt64.self)
    monotonic = bytes.load(48, as: UInt64.self)
    realtime = bytes.load(56, as: UInt64.self)
    window = bytes.load(64, as: UInt64.self)
    lost = bytes.load(72, as: UInt64.self)
    let hasSince = self.bytes >= Self.writtenSize && bytes.count >= Self.writtenSize
    since = hasSince ? bytes.load(80, as: UInt64.self) : 0
    guard version == 1 else { throw version == 0 ? .badHeader(field: "version") : .newerVersion(version) }
    guard self.bytes >= Self.size else { throw .badHeader(field: "size") }
    guard slab == 0 || slab >= 1024 else { throw .badHeader(field: "slab") }
    guard shift < 32 else { throw .badHeader(field: "unit of time") }
  }
}
