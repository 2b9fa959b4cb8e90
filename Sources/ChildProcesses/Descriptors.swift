import Platform
import Synchronization

/// Held while a process is started, and while a new descriptor is not yet marked as none of its business.
let starting = Mutex(())

/// An open file of this process, closed when nobody refers to it any more. Programs started meanwhile do not get it.
package final class Descriptor {
  package private(set) var descriptor: Int32

  init(_ descriptor: Int32) { self.descriptor = descriptor }

  deinit { close() }

  package func close() {
    if descriptor >= 0 { Platform.close(descriptor) }
    descriptor = -1
  }
}

/// The two ends of a pipe.
package struct Pipe {
  package let reading: Descriptor
  package let writing: Descriptor

  package init() throws(ChildProcessError) {
    var ends: [Int32] = [-1, -1]
    let code = starting.withLock { _ in
      if pipe(&ends) != 0 { return errno }
      for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
      return 0
    }
    guard code == 0 else { throw .system(operation: "make a pipe", code: code) }
    reading = Descriptor(ends[0])
    writing = Descriptor(ends[1])
  }
}

/// A file without a name, gone when it is closed.
struct TemporaryFile {
  let file: Descriptor

  /// An empty file.
  init() throws(ChildProcessError) { try self.init([]) }

  /// A file of these bytes, to be read from its start.
  init(_ bytes: [UInt8]) throws(ChildProcessError) {
    let stream = starting.withLock { _ in
      let stream = tmpfile()
      if let stream { _ = fcntl(fileno(stream), F_SETFD, FD_CLOEXEC) }
      return stream
    }
    guard let stream else { throw .system(operation: "make a file", code: errno) }
    defer { fclose(stream) }
    guard fwrite(bytes, 1, bytes.count, stream) == bytes.count, fflush(stream) == 0 else {
      throw .system(operation: "write a file", code: errno)
    }
    let copy = fcntl(fileno(stream), F_DUPFD_CLOEXEC, 0)
    guard copy >= 0 else { throw .system(operation: "keep a file", code: errno) }
    lseek(copy, 0, SEEK_SET)
    file = Descriptor(copy)
  }

  /// What somebody else wrote into the file: its first 64 KiB, without white space at its ends.
  var text: String {
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    let count = max(0, pread(file.descriptor, &bytes, bytes.count, 0))
    let isBlank: (UInt8) -> Bool = { $0 <= 0x20 }
    let text = bytes.prefix(count).drop(while: isBlank)
    let end = text.lastIndex { !isBlank($0) }.map { $0 + 1 } ?? text.startIndex
    return String(decoding: text[..<end], as: UTF8.self)
  }
}
