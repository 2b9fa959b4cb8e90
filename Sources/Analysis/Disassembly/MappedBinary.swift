import Platform
import Pprof

/// An ELF file as a mapping of a profile has it: where the code at an address of the process lies in the file's own
/// addresses.
///
/// Source: google/pprof, `internal/elfexec/elfexec.go` (`GetBase`, `ProgramHeadersForMapping`) and
/// `internal/binutils/binutils.go`; System V ABI, chapter 5.
struct MappedBinary {
  /// The file's path.
  let path: String
  private let mapping: Mapping
  private let type: UInt16
  /// What is loaded of the file, in the order of its table.
  private let segments: [Segment]
  /// What to take off an address, once it is known by the first one inside of the mapping.
  private var base: UInt64?

  private struct Segment {
    var flags: UInt32
    var offset, address, fileSize, memorySize, alignment: UInt64

    func contains(fileOffset: UInt64) -> Bool { fileOffset >= offset && fileOffset &- offset < memorySize }
  }

  /// - Throws: if the file cannot be read or is no ELF file of 64 bits.
  init(_ mapping: Mapping) throws(DisassemblyError) {
    path = mapping.file
    self.mapping = mapping
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { throw .unreadable(path: path, code: errno) }
    defer { close(file) }
    // A profile may name a pipe, which would never end.
    guard isRegularFile(file) else { throw .notAnObject(path: path) }
    let header = Self.read(file, at: 0, count: 64)
    guard header.count == 64, header.starts(with: [0x7f] + Array("ELF".utf8)), header[4] == 2, header[5] == 1 else {
      throw .notAnObject(path: path)
    }
    type = UInt16(header.number(at: 16, bytes: 2))
    let (start, size) = (header.number(at: 32, bytes: 8), Int(header.number(at: 54, bytes: 2)))
    let count = Int(header.number(at: 56, bytes: 2))
    guard size >= 56, start <= UInt64(Int.max / 2) else { throw .notAnObject(path: path) }
    let table = Self.read(file, at: Int(start), count: size * count)
    segments = stride(from: 0, to: table.count - 55, by: size).compactMap { entry in
      func number(_ offset: Int, _ bytes: Int = 8) -> UInt64 { table.number(at: entry + offset, bytes: bytes) }
      // Only what is loaded.
      guard number(0, 4) == 1 else { return nil }
      return Segment(
        flags: UInt32(number(4, 4)), offset: number(8), address: number(16), fileSize: number(32),
        memorySize: number(40), alignment: number(48))
    }
  }

  /// The file's own address of one in the process; nil if it is outside of the mapping.
  mutating func fileAddress(of address: UInt64) -> UInt64? {
    // A mapping of everything stands for addresses that are the file's already.
    if mapping.start == 0, mapping.offset == 0, mapping.limit == .max || mapping.limit == 0 { return address }
    guard address >= mapping.start, address < mapping.limit else { return nil }
    if base == nil { base = computedBase(for: address) }
    return base.map { address &- $0 }
  }

  private func computedBase(for address: UInt64) -> UInt64? {
    let found = segment(for: address)
    if found == nil, !segments.isEmpty { return nil }
    let unloaded = mapping.start &- mapping.offset
    let loaded = found.map { unloaded &+ $0.offset &- $0.address }
    switch type {
    case 1: return mapping.offset == 0 ? mapping.start : nil
    case 2: return mapping.start > 0 ? loaded ?? 0 : found.map { 0 &- $0.address } ?? 0
    case 3: return loaded ?? unloaded
    default: return nil
    }
  }

  /// The segment that is mapped at an address: the one that the mapping overlaps, or of several the one with the byte.
  private func segment(for address: UInt64) -> Segment? {
    if mapping.limit >= 1 << 63 { return segments.first { $0.flags & 1 != 0 } }
    let page: UInt64 = 4096
    let (start, end) = (mapping.offset, mapping.offset &+ (mapping.limit - mapping.start))
    let overlapping = segments.filter { segment in
      let segmentEnd = segment.offset &+ segment.memorySize
      guard segment.fileSize > 0, start < segmentEnd, segment.offset < end else { return false }
      // What is mapped begins with a whole page.
      let inPage = segment.alignment == 0 ? 0 : segment.address & (segment.alignment &- 1)
      if start < (segment.offset > inPage ? segment.offset - inPage : 0) { return false }
      return !(start > segment.offset && segmentEnd < start &+ page && end >= segmentEnd &+ page)
    }
    if overlapping.count < 2 { return overlapping.first }
    let holding = overlapping.filter { $0.contains(fileOffset: address &- mapping.start &+ mapping.offset) }
    return holding.count == 1 ? holding[0] : nil
  }

  private static func read(_ file: Int32, at offset: Int, count: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      initialized = max(0, pread(file, buffer.baseAddress, count, off_t(offset)))
    }
  }
}

extension [UInt8] {
  /// A number in little-endian order.
  fileprivate func number(at offset: Int, bytes: Int) -> UInt64 {
    self[offset..<(offset + bytes)].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}
