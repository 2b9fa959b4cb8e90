import Platform

/// A request for a profile, by HTTP over the loopback interface, as any client would send it.
final class EndpointRequest {
  private let descriptor: Int32

  /// Sends it: `target` is the path and the query.
  init(port: Int, target: String) throws {
    descriptor = socket(AF_INET, streamSocket, 0)
    var server = sockaddr_in()
    server.sin_family = sa_family_t(AF_INET)
    server.sin_port = UInt16(port).bigEndian
    server.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    let isConnected = withUnsafePointer(to: &server) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
    guard isConnected else { throw ScenarioError.noAnswer(String(cString: strerror(errno))) }
    let text = "GET \(target) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\n\r\n"
    guard write(descriptor, text, text.utf8.count) == text.utf8.count else {
      throw ScenarioError.noAnswer(String(cString: strerror(errno)))
    }
  }

  deinit { close(descriptor) }

  /// Waits for the answer's body.
  /// - Throws: what the server says, if it gives none.
  func body() throws -> [UInt8] {
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = read(descriptor, &piece, piece.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      bytes += piece[..<count]
    }
    guard let head = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else {
      throw ScenarioError.noAnswer("nothing came")
    }
    let body = Array(bytes[head.upperBound...])
    guard bytes.starts(with: Array("HTTP/1.1 200 ".utf8)) else {
      throw ScenarioError.noAnswer(String(decoding: body.prefix(1_000), as: UTF8.self))
    }
    return body
  }
}

#if canImport(Glibc)
  private let streamSocket = Int32(SOCK_STREAM.rawValue)
#else
  private let streamSocket = Int32(SOCK_STREAM)
#endif
