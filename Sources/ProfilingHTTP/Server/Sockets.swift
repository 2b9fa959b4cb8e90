import Platform

/// The system's calls for sockets, as far as a server needs them.
enum Sockets {
  /// A socket that listens, and its port. The system keeps about so many bytes for each of its connections until the other
  /// side takes them.
  static func listen(
    on address: ListenAddress, keeping room: Int
  ) throws(DebugServerError) -> (descriptor: Int32, port: Int) {
    #if canImport(Glibc)
      let stream = Int32(SOCK_STREAM.rawValue)
    #else
      let stream = SOCK_STREAM
    #endif
    let descriptor = socket(address.isIPv6 ? AF_INET6 : AF_INET, stream, 0)
    guard descriptor >= 0 else { throw .system(reason()) }
    makeOurs(descriptor)
    var on: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
    // Connections have it of whoever listens.
    var size = Int32(clamping: room)
    setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &size, socklen_t(MemoryLayout<Int32>.size))
    let isBound = withSocketAddress(of: address) { bind(descriptor, $0, $1) == 0 }
    guard isBound, Platform.listen(descriptor, 512) == 0 else {
      let code = errno
      close(descriptor)
      if code == EADDRINUSE { throw .portInUse(address.port) }
      throw .system("\(address.authority):\(address.port): \(String(cString: strerror(code)))")
    }
    return (descriptor, name(of: descriptor)?.port ?? address.port)
  }

  /// The next connection; nil if there is none now. False second: the system has no room for one.
  static func accept(from listener: Int32) -> (descriptor: Int32?, hasRoom: Bool) {
    let descriptor = Platform.accept(listener, nil, nil)
    guard descriptor >= 0 else { return (nil, errno != EMFILE && errno != ENFILE) }
    makeOurs(descriptor)
    var on: Int32 = 1
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    return (descriptor, true)
  }

  /// The address of this side in digits, and its port.
  static func name(of descriptor: Int32) -> (host: String, port: Int)? {
    var storage = sockaddr_storage()
    var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
    return withUnsafeMutableBytes(of: &storage) { bytes in
      guard let start = bytes.baseAddress else { return nil }
      guard getsockname(descriptor, start.assumingMemoryBound(to: sockaddr.self), &size) == 0 else { return nil }
      var text = [CChar](repeating: 0, count: 64)
      let family = start.loadUnaligned(as: sockaddr.self).sa_family
      if family == sa_family_t(AF_INET6) {
        var address = start.loadUnaligned(as: sockaddr_in6.self)
        inet_ntop(AF_INET6, &address.sin6_addr, &text, socklen_t(text.count))
        return (plain(text), Int(UInt16(bigEndian: address.sin6_port)))
      }
      var address = start.loadUnaligned(as: sockaddr_in.self)
      inet_ntop(AF_INET, &address.sin_addr, &text, socklen_t(text.count))
      return (plain(text), Int(UInt16(bigEndian: address.sin_port)))
    }
  }

  /// An address of IPv4 that was reached by way of IPv6 is one of IPv4.
  private static func plain(_ text: [CChar]) -> String {
    let text = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return text.hasPrefix("::ffff:") && text.contains(".") ? String(text.dropFirst(7)) : text
  }

  /// What came; empty if there is nothing now, nil at the end.
  static func receive(from descriptor: Int32, into buffer: inout [UInt8]) -> ArraySlice<UInt8>? {
    let count = recv(descriptor, &buffer, buffer.count, 0)
    if count > 0 { return buffer[..<count] }
    return count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) ? [] : nil
  }

  /// How many bytes the system has taken; nil if the other side is gone.
  static func send(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) -> Int? {
    #if canImport(Darwin)
      let flags: Int32 = 0
    #else
      let flags = Int32(MSG_NOSIGNAL)
    #endif
    let count = bytes.withUnsafeBytes { Platform.send(descriptor, $0.baseAddress, $0.count, flags) }
    if count >= 0 { return count }
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? 0 : nil
  }

  /// Never waits, is not handed on to other programs, sends no signal.
  static func makeOurs(_ descriptor: Int32) {
    _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    #if canImport(Darwin)
      var on: Int32 = 1
      setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &on, socklen_t(MemoryLayout<Int32>.size))
    #endif
  }

  static func reason() -> String { String(cString: strerror(errno)) }

  private static func withSocketAddress<Result>(
    of address: ListenAddress, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
  ) -> Result {
    if address.isIPv6 {
      var made = sockaddr_in6()
      made.sin6_family = sa_family_t(AF_INET6)
      made.sin6_port = UInt16(address.port).bigEndian
      inet_pton(AF_INET6, address.host, &made.sin6_addr)
      return withUnsafePointer(to: &made) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in6>.size)) }
      }
    }
    var made = sockaddr_in()
    made.sin_family = sa_family_t(AF_INET)
    made.sin_port = UInt16(address.port).bigEndian
    inet_pton(AF_INET, address.host, &made.sin_addr)
    return withUnsafePointer(to: &made) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
  }
}
