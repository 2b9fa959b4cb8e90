import Platform

/// A file operation that failed.
struct FileError: Error, CustomStringConvertible {
  var path: String
  var action: String
  var code: Int32

  var description: String { "cannot \(action) \(path): \(String(cString: strerror(code)))" }
}

/// A file's size and time of change, by which an untouched file is known.
struct FileStamp: Hashable, Sendable {
  var size: Int
  /// Nanoseconds since 1970.
  var modified: Int
  var isDirectory = false

  /// What the file system says of a path; nil if nothing is there.
  init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    self.init(status)
  }

  init(size: Int, modified: Int) {
    self.size = size
    self.modified = modified
  }

  init(_ status: stat) {
    size = Int(status.st_size)
    let time = status.modificationTime
    modified = Int(time.tv_sec) &* 1_000_000_000 &+ Int(time.tv_nsec)
    isDirectory = status.st_mode & S_IFMT == S_IFDIR
  }
}

/// Reading and writing whole files.
enum Files {
  /// The largest file that is read as Markdown or theme.
  static let limit = 64 << 20

  static func read(_ path: String) throws(FileError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError(path: path, action: "read", code: errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw FileError(path: path, action: "read", code: errno) }
    let size = Int(status.st_size)
    guard size <= limit else { throw FileError(path: path, action: "read", code: EFBIG) }
    var failure: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      while count < size {
        let got = Platform.read(descriptor, buffer.baseAddress.map { $0 + count }, size - count)
        if got < 0 { failure = errno }
        guard got > 0 else { return }
        count += got
      }
    }
    guard failure == 0 else { throw FileError(path: path, action: "read", code: failure) }
    return bytes
  }

  /// Writes the pieces one after another. The file is whole or, if this fails, gone.
  static func write(_ pieces: [ArraySlice<UInt8>], to path: String) throws(FileError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileError(path: path, action: "write", code: errno) }
    defer { close(descriptor) }
    for piece in pieces {
      let failure: Int32 = piece.withUnsafeBytes { bytes in
        var done = 0
        while done < bytes.count {
          let put = Platform.write(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done)
          guard put > 0 else { return errno }
          done += put
        }
        return 0
      }
      guard failure == 0 else {
        unlink(path)
        throw FileError(path: path, action: "write", code: failure)
      }
    }
  }

  /// Puts a file in place under its name only once it is whole.
  static func replace(_ path: String, with bytes: [UInt8]) throws(FileError) {
    let temporary = path + ".new"
    try write([bytes[...]], to: temporary)
    guard rename(temporary, path) == 0 else { throw FileError(path: path, action: "write", code: errno) }
  }

  /// Writes a file unless it says the same already; whether it was written.
  static func update(_ path: String, with bytes: [UInt8]) throws(FileError) -> Bool {
    if let stamp = FileStamp(path), stamp.size == bytes.count, let old = try? read(path), old == bytes { return false }
    try write([bytes[...]], to: path)
    return true
  }

  static func copy(_ from: String, to path: String) throws(FileError) {
    try write([read(from)[...]], to: path)
  }

  /// Makes a directory and those above it.
  static func makeDirectory(_ path: String) throws(FileError) {
    guard !path.isEmpty, FileStamp(path)?.isDirectory != true else { return }
    let trimmed = path.hasSuffix("/") ? String(path.dropLast()) : path
    try makeDirectory(String(SitePath.directory(of: trimmed)))
    guard mkdir(trimmed, 0o755) == 0 || errno == EEXIST else {
      throw FileError(path: trimmed, action: "make", code: errno)
    }
  }

  /// All files below a directory with their stamps, by path relative to it, in the order of their paths. What begins
  /// with a dot is passed over. Links to directories are followed, but not in circles.
  ///
  /// - Parameter unreadable: What could not be looked at below the directory. Throws if it is the directory itself.
  static func tree(
    _ root: String, unreadable: inout [FileError]
  ) throws(FileError) -> [(path: String, stamp: FileStamp)] {
    var result: [(path: String, stamp: FileStamp)] = []
    var pending: [(path: String, above: [DirectoryIdentity])] = [("", [])]
    while let (directory, above) = pending.popLast() {
      let full = directory.isEmpty ? root : root + "/" + directory
      guard let stream = opendir(full) else {
        let error = FileError(path: full, action: "read", code: errno)
        if directory.isEmpty { throw error }
        unreadable.append(error)
        continue
      }
      defer { closedir(stream) }
      var own = stat()
      guard fstat(dirfd(stream), &own) == 0 else { continue }
      let identity = DirectoryIdentity(own)
      guard !above.contains(identity) else {
        unreadable.append(FileError(path: full, action: "follow", code: ELOOP))
        continue
      }
      while let entry = readdir(stream) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        guard !name.hasPrefix(".") else { continue }
        let path = directory.isEmpty ? name : directory + "/" + name
        var status = stat()
        guard fstatat(dirfd(stream), name, &status, 0) == 0 else {
          unreadable.append(FileError(path: root + "/" + path, action: "read", code: errno))
          continue
        }
        if status.st_mode & S_IFMT == S_IFDIR {
          pending.append((path, above + [identity]))
        } else if status.st_mode & S_IFMT == S_IFREG {
          result.append((path, FileStamp(status)))
        }
      }
    }
    return result.sorted { $0.path < $1.path }
  }

  /// The same of a directory that has to be readable throughout.
  static func tree(_ root: String) throws(FileError) -> [(path: String, stamp: FileStamp)] {
    var unreadable: [FileError] = []
    let files = try tree(root, unreadable: &unreadable)
    if let first = unreadable.first { throw first }
    return files
  }

  /// What makes a directory the same by whichever way one comes to it.
  private struct DirectoryIdentity: Equatable {
    var device: UInt64
    var number: UInt64

    init(_ status: stat) {
      device = UInt64(truncatingIfNeeded: status.st_dev)
      number = UInt64(truncatingIfNeeded: status.st_ino)
    }
  }
}

extension Files {
  /// Removes a file, if it is there.
  static func remove(_ path: String) { unlink(path) }
}
