import Platform

/// The bytes of a file, mapped for reading as long as this object lives; only the pages that are read cost memory.
final class MappedFile {
  let path: String
  let bytes: UnsafeRawBufferPointer
  /// Which file it is; nil of borrowed memory.
  let identity: FileIdentity?
  private let isOwned: Bool

  init(path: String) throws(SymbolizationError) {
    self.path = path
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw SymbolizationError(path: path, reason: .unreadable(code: errno)) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw SymbolizationError(path: path, reason: .unreadable(code: errno))
    }
    let size = Int(status.st_size)
    guard size > 0, let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED else {
      throw SymbolizationError(path: path, reason: size > 0 ? .unreadable(code: errno) : .malformed("is empty"))
    }
    bytes = UnsafeRawBufferPointer(start: start, count: size)
    identity = FileIdentity(status)
    isOwned = true
  }

  /// Describes memory that someone else keeps mapped, such as the kernel's vDSO.
  init(path: String, borrowing bytes: UnsafeRawBufferPointer) {
    self.path = path
    self.bytes = bytes
    identity = nil
    isOwned = false
  }

  deinit {
    if isOwned, let start = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: start), bytes.count) }
  }
}

/// Tells a file from any other that has or had its path, and from itself before it was written to.
struct FileIdentity: Hashable, Sendable {
  private let device: UInt64
  private let inode: UInt64
  private let size: Int64
  private let seconds: Int
  private let nanoseconds: Int

  init(_ status: stat) {
    device = UInt64(truncatingIfNeeded: status.st_dev)
    inode = UInt64(status.st_ino)
    size = Int64(status.st_size)
    seconds = status.modificationTime.tv_sec
    nanoseconds = status.modificationTime.tv_nsec
  }

  /// Nil if there is no such file.
  init?(path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    self.init(status)
  }
}
