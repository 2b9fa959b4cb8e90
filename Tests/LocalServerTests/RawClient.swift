import Foundation
import Platform
import TestSupport

/// A client that sends what a test says, byte for byte.
final class RawClient {
  private let connection: Int32

  init(port: Int) throws {
    #if canImport(Glibc)
      let stream = Int32(SOCK_STREAM.rawValue)
    #else
      let stream = SOCK_STREAM
    #endif
    connection = socket(AF_INET, stream, 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    address.sin_port = UInt16(port).bigEndian
    let (descriptor, size) = (connection, socklen_t(MemoryLayout<sockaddr_in>.size))
    let code = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, size) }
    }
    guard code == 0 else {
      let reason = String(cString: strerror(errno))
      close(connection)
      throw Tool.Failure(description: "no connection: \(reason)")
    }
    // A test that waits in vain ends nevertheless.
    var patience = timeval(tv_sec: 120, tv_usec: 0)
    setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
  }

  deinit { close(connection) }

  /// Sends bytes; whether the other side took them.
  @discardableResult
  func send(_ bytes: [UInt8]) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Platform.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      if count < 0 { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }

  @discardableResult
  func send(_ text: String) -> Bool { send(Array(text.utf8)) }

  /// What comes until the connection is closed; nil if it is not closed for a long time.
  func readToEnd() -> [UInt8]? {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = recv(connection, &chunk, chunk.count, 0)
      if count < 0 { return errno == EAGAIN ? nil : bytes }
      if count == 0 { return bytes }
      bytes += chunk.prefix(count)
    }
  }
}

/// An answer, taken apart.
struct Answer {
  var status = 0
  var head = ""
  var body = ""

  init(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
    let parts = text.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
    head = String(parts[0])
    body = parts.dropFirst().first.map(String.init) ?? ""
    let words = head.split(separator: " ")
    status = words.count > 1 ? Int(words[1]) ?? 0 : 0
  }

  func header(_ name: String) -> String? {
    head.split(separator: "\r\n").first { $0.lowercased().hasPrefix(name.lowercased() + ":") }
      .map { $0.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces) }
  }
}

/// Sends one request on a connection of its own and takes the answer apart.
func exchange(_ port: Int, _ request: String) throws -> Answer {
  let client = try RawClient(port: port)
  client.send(request)
  return Answer(client.readToEnd() ?? [])
}
