import Platform

/// Writes bytes to a file, whole or not at all. A link is followed; a device or a pipe is written to as it is.
package func writeFile(_ path: String, _ bytes: [UInt8]) throws(ProfileError) {
  var status = stat()
  let exists = stat(path, &status) == 0
  if exists && status.st_mode & S_IFMT != S_IFREG {
    let descriptor = open(path, O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .file(.open, path: path, code: errno) }
    defer { close(descriptor) }
    return try write(bytes, to: descriptor, path)
  }

  let target = exists ? resolved(path) : path
  let (descriptor, temporary) = try createTemporary(beside: target)
  var isFinished = false
  defer { if !isFinished { unlink(temporary) } }
  do {
    defer { close(descriptor) }
    if exists { fchmod(descriptor, status.st_mode & 0o7777) }
    try write(bytes, to: descriptor, path)
    guard fsync(descriptor) == 0 else { throw ProfileError.file(.write, path: path, code: errno) }
  }
  guard rename(temporary, target) == 0 else { throw .file(.rename, path: path, code: errno) }
  isFinished = true
  syncDirectory(of: target)
}

/// The path of the file itself if `path` is a link to it.
private func resolved(_ path: String) -> String {
  guard let real = realpath(path, nil) else { return path }
  defer { free(real) }
  return String(cString: real)
}

/// A new file in the directory of `path`, hidden, under a name that nobody has.
private func createTemporary(beside path: String) throws(ProfileError) -> (descriptor: Int32, path: String) {
  let name = path.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
  let directory = path.dropLast(name.count)
  while true {
    // Short, since the name must not become longer than a directory takes.
    let temporary = "\(directory).\(UInt32.random(in: .min ... .max)).tmp"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    if descriptor >= 0 { return (descriptor, temporary) }
    if errno != EEXIST && errno != EINTR { throw .file(.open, path: path, code: errno) }
  }
}

private func write(_ bytes: [UInt8], to descriptor: Int32, _ path: String) throws(ProfileError) {
  var written = 0
  while written < bytes.count {
    let count = bytes.withUnsafeBytes { buffer in
      let rest = UnsafeRawBufferPointer(rebasing: buffer[written...])
      return Platform.write(descriptor, rest.baseAddress, rest.count)
    }
    if count < 0 {
      if errno == EINTR { continue }
      throw .file(.write, path: path, code: errno)
    }
    written += count
  }
}

/// Makes the new name last through a power cut. Not every file system can; the file itself is safe already.
private func syncDirectory(of path: String) {
  let name = path.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
  let directory = path.dropLast(name.count)
  let descriptor = open(directory.isEmpty ? "." : String(directory), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
  guard descriptor >= 0 else { return }
  fsync(descriptor)
  close(descriptor)
}
