/// The bytes of a trace as TRACE-FORMAT.md has them, written by hand.
struct TraceFile {
  var version: UInt32 = 1
  /// 0: as a file that was written out.
  var slab: UInt32 = 0
  var flags: UInt32 = 0
  var shift: UInt32 = 0
  var window: UInt64 = 0
  var ticks: UInt64 = 1000
  var monotonic: UInt64 = 500
  private(set) var chunks: [[UInt8]] = []

  struct Chunk {
    var kind: UInt8 = 1
    var flags: UInt8 = 0
    var sequence: UInt64 = 1
    var ticks: UInt64 = 1000
    var clock: UInt64 = 1000
    var monotonic: UInt64 = 500
    var task: UInt64 = 0
    var thread: UInt32 = 1
    var lost: UInt64 = 0
    var name = "worker"
    var isSealed = true
    /// Nil: as long as it needs to be.
    var length: UInt32?
  }

  mutating func add(_ chunk: Chunk = Chunk(), _ payload: [UInt8]) {
    let flags = chunk.flags | (chunk.isSealed ? 1 : 0)
    let length = chunk.length ?? UInt32((96 + payload.count + 7) & ~7)
    let name = Array((Array(chunk.name.utf8) + [UInt8](repeating: 0, count: 16)).prefix(16))
    var out = join(
      Array("LCHK".utf8), [chunk.kind, flags], number(UInt16(96)), number(length), number(UInt32(payload.count)),
      number(chunk.sequence), number(chunk.ticks), number(chunk.clock), number(chunk.monotonic), number(chunk.task),
      number(chunk.thread), number(UInt32(4711)), number(chunk.lost), number(UInt64(0)), name)
    if chunk.isSealed { out.replaceSubrange(76..<80, with: number(Self.checksum(out + payload))) }
    out += payload
    chunks.append(out + [UInt8](repeating: 0, count: max(0, Int(length) - out.count)))
  }

  var bytes: [UInt8] {
    let size = UInt32(slab == 0 ? 80 : 4096)
    var out = join(
      Array("LabTrace".utf8), number(version), number(size), number(slab), number(flags), number(shift),
      number(UInt32(2)), number(UInt32(99)), number(UInt32(0)), number(ticks), number(monotonic),
      number(UInt64(1_700_000_000_000_000_000)), number(window))
    out += [UInt8](repeating: 0, count: Int(size) - out.count)
    return out + chunks.joined()
  }

  private func number<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
    withUnsafeBytes(of: number.littleEndian) { Array($0) }
  }

  /// CRC-32C bit by bit.
  static func checksum(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(UInt32.max) { sum, byte in
      (0..<8).reduce(sum ^ UInt32(byte)) { sum, _ in sum >> 1 ^ (sum & 1 == 0 ? 0 : 0x82f6_3b78) }
    }
  }
}

/// All of them, one behind the other.
func join(_ parts: [UInt8]...) -> [UInt8] { Array(parts.joined()) }
/// A number of seven bits a byte.
func varint(_ number: UInt64) -> [UInt8] {
  number < 0x80 ? [UInt8(number)] : [UInt8(number & 0x7f) | 0x80] + varint(number >> 7)
}
/// A difference.
func zigzag(_ number: Int64) -> [UInt8] { varint(UInt64(bitPattern: number << 1 ^ number >> 63)) }

/// An entry of a table.
func entry(_ kind: UInt8, _ contents: [UInt8]) -> [UInt8] { join([kind], varint(UInt64(contents.count)), contents) }
func counted(_ text: String) -> [UInt8] { join(varint(UInt64(text.utf8.count)), Array(text.utf8)) }
