import Foundation
import Platform
import Synchronization
import TestSupport

/// A server on the loopback that answers each request with what a test gives it, and then closes the connection.
final class ScriptedServer: Sendable {
  /// What is sent, piece by piece; `.silence` keeps the connection open until the client goes.
  enum Piece: Sendable {
    case bytes([UInt8])
    case silence

    static func text(_ text: String) -> Piece { .bytes(Array(text.utf8)) }
  }

  let port: Int
  private let listener: Int32
  private let asked = Mutex([String]())

  /// The requests so far, heads whole.
  var requests: [String] { asked.withLock { $0 } }

  init(_ answer: @escaping @Sendable (_ request: String) -> [Piece]) throws {
    #if canImport(Glibc)
      let stream = Int32(SOCK_STREAM.rawValue)
    #else
      let stream = SOCK_STREAM
    #endif
    listener = socket(AF_INET, stream, 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let listener = listener
    let code = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        bind(listener, pointer, size) == 0 && listen(listener, 16) == 0 && getsockname(listener, pointer, &size) == 0
      }
    }
    guard code else { throw Tool.Failure(description: "no server: \(String(cString: strerror(errno)))") }
    port = Int(UInt16(bigEndian: address.sin_port))
    Thread.detachNewThread { [weak self] in
      while true {
        let connection = accept(listener, nil, nil)
        if connection < 0 { return }
        guard let self else {
          close(connection)
          return
        }
        Thread.detachNewThread { self.serve(connection, answer) }
      }
    }
  }

  deinit {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }

  private func serve(_ connection: Int32, _ answer: (String) -> [Piece]) {
    defer { close(connection) }
    var request: [UInt8] = []
    var byte: UInt8 = 0
    while !request.suffix(4).elementsEqual("\r\n\r\n".utf8) {
      guard recv(connection, &byte, 1, 0) == 1 else { return }
      request.append(byte)
    }
    let text = String(decoding: request, as: UTF8.self)
    asked.withLock { $0.append(text) }
    for piece in answer(text) {
      switch piece {
      case .bytes(let bytes): if send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL)) < 0 { return }
      case .silence: while recv(connection, &byte, 1, 0) > 0 {}
      }
    }
  }
}
