import Foundation
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

  private let listener: LoopbackSocket
  private let asked = Mutex([String]())

  var port: Int { listener.port }
  /// The requests so far, heads whole.
  var requests: [String] { asked.withLock { $0 } }

  init(_ answer: @escaping @Sendable (_ request: String) -> [Piece]) throws {
    listener = try .listening()
    Thread.detachNewThread { [weak self, listener] in
      while let connection = listener.accepted() {
        guard let self else { return }
        Thread.detachNewThread { self.serve(connection, answer) }
      }
    }
  }

  deinit { listener.stopListening() }

  private func serve(_ connection: LoopbackSocket, _ answer: (String) -> [Piece]) {
    guard let request = connection.read(upTo: "\r\n\r\n") else { return }
    let text = String(decoding: request, as: UTF8.self)
    asked.withLock { $0.append(text) }
    for piece in answer(text) {
      switch piece {
      case .bytes(let bytes): if !connection.send(bytes) { return }
      case .silence: connection.readToEnd()
      }
    }
  }
}
