import Platform
import Pprof

/// The bytes of a trace, kept as long as anybody reads them.
final class TraceBytes: @unchecked Sendable {
  let start: UnsafeRawPointer
  let count: Int
  private let release: @Sendable () -> Void

  /// A copy of bytes.
  init(copying bytes: UnsafeRawBufferPointer) {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: max(bytes.count, 1), alignment: 16)
    memory.copyMemory(from: bytes)
    start = UnsafeRawPointer(memory.baseAddress.unsafelyUnwrapped)
    count = bytes.count
    nonisolated(unsafe) let owned = memory
    release = { owned.deallocate() }
  }

  /// Bytes that somebody else keeps as long as this is used.
  init(borrowing bytes: UnsafeRawBufferPointer) {
    start = bytes.baseAddress ?? UnsafeRawPointer(bitPattern: 16).unsafelyUnwrapped
    count = bytes.count
    release = {}
  }

  deinit { release() }

  /// The bytes of a file.
  /// - Throws: `TraceError.file`, or `.tooLarge`.
  static func read(_ path: String, limit: Int) throws(TraceError) -> TraceBytes {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .file(path: path, code: errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .file(path: path, code: errno) }
    // Not mapped: whoever shortens the file meanwhile would end this program.
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: max(Int(status.st_size), 1 << 16), alignment: 16)
    var memory = bytes
    var filled = 0
    func give(_ error: TraceError) -> TraceError {
      memory.deallocate()
      return error
    }
    while true {
      if filled == memory.count {
        guard filled <= limit else { throw give(.tooLarge(limit: limit)) }
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: filled * 2, alignment: 16)
        larger.copyMemory(from: UnsafeRawBufferPointer(memory))
        memory.deallocate()
        memory = larger
      }
      let free = UnsafeMutableRawBufferPointer(rebasing: memory[filled...])
      let count = Platform.read(descriptor, free.baseAddress, free.count)
      if count == 0 { break }
      if count < 0 {
        if errno == EINTR { continue }
        throw give(.file(path: path, code: errno))
      }
      filled += count
    }
    guard filled <= limit else { throw give(.tooLarge(limit: limit)) }
    return TraceBytes(owning: memory, count: filled)
  }

  private init(owning memory: UnsafeMutableRawBufferPointer, count: Int) {
    start = UnsafeRawPointer(memory.baseAddress.unsafelyUnwrapped)
    self.count = count
    nonisolated(unsafe) let owned = memory
    release = { owned.deallocate() }
  }

  /// The bytes of the trace, which may be compressed with gzip.
  /// - Throws: `TraceError.compression`, or `.tooLarge`.
  func unpacked() throws(TraceError) -> TraceBytes {
    guard count > 2, load(0, as: UInt16.self) == 0x8b1f else { return self }
    do throws(ProfileError) {
      let limits = DecodingLimits(bytes: Trace.largestFile)
      return try gunzip(Array(slice(0..<count)), limits: limits).withUnsafeBytes { TraceBytes(copying: $0) }
    } catch {
      if case .overLimit(_, let limit, _) = error { throw .tooLarge(limit: limit) }
      throw .compression("\(error)")
    }
  }

  /// The number at an offset, which must lie in the bytes with all of it.
  @inline(__always)
  func load<Number: FixedWidthInteger>(_ offset: Int, as type: Number.Type) -> Number {
    precondition(offset >= 0 && offset <= count - MemoryLayout<Number>.size)
    return Number(littleEndian: start.loadUnaligned(fromByteOffset: offset, as: type))
  }

  /// Some of the bytes, which must be there.
  func slice(_ range: Range<Int>) -> UnsafeRawBufferPointer {
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    return UnsafeRawBufferPointer(start: start + range.lowerBound, count: range.count)
  }
}
