#if canImport(Glibc)
  import Foundation
  import Platform

  /// A conversation with a running program by its control socket: one line, and one answer with a file in memory.
  struct ControlConnection: ~Copyable {
    /// What the program took, and the lines that go with that.
    typealias Answer = (bytes: [UInt8], words: [Substring])

    private let descriptor: Int32
    private let process: Int32

    /// Connects, and makes sure that it is the process which answers.
    init(_ place: ControlSocket) throws {
      process = place.process
      descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
      var address = sockaddr_un()
      address.sun_family = sa_family_t(AF_UNIX)
      let bytes = Array(place.path.utf8)
      let fits = withUnsafeMutableBytes(of: &address.sun_path) { room in
        guard room.count > bytes.count else { return false }
        room.copyBytes(from: bytes)
        return true
      }
      guard fits else { throw LabError.failed("\(place.path): the path is too long for a socket") }
      let status = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
      }
      guard status == 0 else {
        let reason = String(cString: strerror(errno))
        throw LabError.failed("process \(process) does not answer by its control socket any more: \(reason)")
      }
      // The kernel's `ucred`: process, user, group.
      var peer: [Int32] = [0, 0, 0]
      var size = socklen_t(MemoryLayout<Int32>.size * peer.count)
      guard getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0, peer[0] == process else {
        throw LabError.failed("\(place.path) is answered by another process (\(peer[0])) than \(process)")
      }
    }

    deinit { close(descriptor) }

    /// Asks, and waits for the answer as long as the program is there.
    /// - Throws: `LabError.failed` with the program's reason, or if it has ended without an answer.
    func ask(_ line: String) throws -> Answer {
      let bytes = Array((line + "\n").utf8)
      guard send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
        throw LabError.failed("process \(process) does not listen: \(String(cString: strerror(errno)))")
      }
      var text: [UInt8] = [], file: Int32 = -1
      defer { if file >= 0 { close(file) } }
      while try receive(&text, &file) {}
      let lines = String(decoding: text, as: UTF8.self).split(separator: "\n")
      switch lines.first {
      case "ok" where file >= 0: return Answer(bytes: try contents(of: file), words: Array(lines.dropFirst()))
      case "error": throw LabError.failed("process \(process): \(lines.dropFirst().joined(separator: " "))")
      default: throw LabError.failed("process \(process) ended before it answered; nothing is written")
      }
    }

    /// Takes the next piece, and the descriptor that comes with it; whether there may be more.
    private func receive(_ text: inout [UInt8], _ file: inout Int32) throws -> Bool {
      var piece = [UInt8](repeating: 0, count: 4096)
      // A header, and the descriptor behind it.
      var control = [UInt64](repeating: 0, count: 8)
      let (count, passed) = piece.withUnsafeMutableBytes { piece in
        control.withUnsafeMutableBytes { control -> (Int, Int32?) in
          var content = iovec(iov_base: piece.baseAddress, iov_len: piece.count)
          return withUnsafeMutablePointer(to: &content) { content in
            var message = msghdr()
            message.msg_iov = content
            message.msg_iovlen = 1
            message.msg_control = control.baseAddress
            message.msg_controllen = control.count
            let count = recvmsg(descriptor, &message, Int32(MSG_CMSG_CLOEXEC))
            let header = MemoryLayout<cmsghdr>.size
            guard count > 0, message.msg_controllen >= header + 4,
              control.load(as: cmsghdr.self).cmsg_type == Int32(SCM_RIGHTS)
            else { return (count, nil) }
            return (count, control.load(fromByteOffset: header, as: Int32.self))
          }
        }
      }
      if let passed {
        if file >= 0 { close(file) }
        file = passed
      }
      if count < 0, errno == EINTR { return true }
      guard count > 0, text.count < 1 << 16 else { return false }
      text += piece[..<count]
      return true
    }

    /// Nobody can change it any more: it is sealed.
    private func contents(of file: Int32) throws -> [UInt8] {
      var status = stat()
      guard fstat(file, &status) == 0 else { throw LabError.failed("what was handed over cannot be read") }
      let size = Int(status.st_size)
      let bytes = try [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
        while count < size {
          let step = pread(file, buffer.baseAddress.map { $0 + count }, size - count, off_t(count))
          if step < 0, errno == EINTR { continue }
          guard step > 0 else { throw LabError.failed("what was handed over cannot be read") }
          count += step
        }
      }
      return bytes
    }
  }
#endif
