import Platform

/// A connection over the loopback, or what listens for some, that sends and receives what a test says, byte for byte.
public final class LoopbackSocket: Sendable {
  private let descriptor: Int32
  /// The port of whoever listens: this side, or the other one.
  public let port: Int

  private init(descriptor: Int32, port: Int) { (self.descriptor, self.port) = (descriptor, port) }

  /// Connects to a port.
  /// - Parameter room: Bytes that the system keeps until they are read, about; nil: as many as it likes.
  public convenience init(port: Int, room: Int32? = nil) throws {
    let descriptor = try Self.open(port: port, "no connection") { descriptor, address, length in
      if var room { setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &room, socklen_t(MemoryLayout<Int32>.size)) }
      return connect(descriptor, address, length) == 0
    }
    self.init(descriptor: descriptor, port: port)
    // A test that waits in vain ends nevertheless.
    var patience = timeval(tv_sec: 120, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
  }

  /// Listens on a free port.
  public static func listening() throws -> LoopbackSocket {
    let descriptor = try open(port: 0, "no server") { bind($0, $1, $2) == 0 && listen($0, 16) == 0 }
    var address = sockaddr_in()
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    _ = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
    }
    return LoopbackSocket(descriptor: descriptor, port: Int(UInt16(bigEndian: address.sin_port)))
  }

  private static func open(
    port: Int, _ failure: String, _ use: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Bool
  ) throws -> Int32 {
    #if canImport(Glibc)
      let stream = Int32(SOCK_STREAM.rawValue)
    #else
      let stream = SOCK_STREAM
    #endif
    let descriptor = socket(AF_INET, stream, 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    address.sin_port = UInt16(port).bigEndian
    let isOpen = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        use(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    if isOpen { return descriptor }
    let reason = String(cString: strerror(errno))
    close(descriptor)
    throw Tool.Failure(description: "\(failure): \(reason)")
  }

  deinit { close(descriptor) }

  /// The next connection; nil once `stopListening` was called.
  public func accepted() -> LoopbackSocket? {
    let connection = accept(descriptor, nil, nil)
    return connection < 0 ? nil : LoopbackSocket(descriptor: connection, port: port)
  }

  /// Ends what waits for a connection.
  public func stopListening() { shutdown(descriptor, Int32(SHUT_RDWR)) }

  /// Sends bytes; whether the other side took them.
  @discardableResult
  public func send(_ bytes: [UInt8]) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Platform.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      if count < 0 { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }

  /// Sends a text; whether the other side took it.
  @discardableResult
  public func send(_ text: String) -> Bool { send(Array(text.utf8)) }

  /// The bytes up to an end, which is one of them; nil if the connection is closed before.
  public func read(upTo end: String) -> [UInt8]? {
    var bytes: [UInt8] = []
    var byte: UInt8 = 0
    while !bytes.suffix(end.utf8.count).elementsEqual(end.utf8) {
      let count = recv(descriptor, &byte, 1, 0)
      if count < 0, errno == EINTR { continue }
      guard count == 1 else { return nil }
      bytes.append(byte)
    }
    return bytes
  }

  /// What comes until the connection is closed; nil if it is not closed for a long time.
  @discardableResult
  public func readToEnd() -> [UInt8]? {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = recv(descriptor, &chunk, chunk.count, 0)
      // A profiler in the process that asks threads where they are: a wait with a limit ends early.
      if count < 0, errno == EINTR { continue }
      if count < 0 { return errno == EAGAIN ? nil : bytes }
      if count == 0 { return bytes }
      bytes += chunk.prefix(count)
    }
  }
}
