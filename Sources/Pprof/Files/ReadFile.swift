import Platform

/// The bytes of a file, or of a pipe until it ends, at most `limit` of them.
func readFile(_ path: String, limit: Int) throws(ProfileError) -> ByteBuffer {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { throw .file(.open, path: path, code: errno) }
  defer { close(descriptor) }
  var status = stat()
  guard fstat(descriptor, &status) == 0 else { throw .file(.open, path: path, code: errno) }

  let size = max(0, min(Int(status.st_size), limit))
  // One byte more than there should be, so that the end is noticed without growing.
  var contents = ByteBuffer(capacity: max(size + 1, 4096))
  while true {
    contents.reserve(1)
    let count = read(descriptor, contents.free.baseAddress, contents.free.count)
    if count == 0 { return contents }
    if count < 0 {
      if errno == EINTR { continue }
      throw .file(.read, path: path, code: errno)
    }
    contents.advance(by: count)
    guard contents.count <= limit else { throw .overLimit(.bytes, limit: limit, at: nil) }
  }
}
