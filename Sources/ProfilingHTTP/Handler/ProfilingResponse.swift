import HTTPMessages

/// What is asked of a server of profiles: method, path, query and body.
public typealias ProfilingRequest = HTTPMessages.Request
/// A header line.
public typealias ProfilingHeader = HTTPMessages.Header

/// What a request for a profile is answered.
public struct ProfilingResponse: Sendable {
  /// What is sent after the head.
  public enum Body: Sendable {
    /// These bytes.
    case bytes([UInt8])
    /// What the sequence makes, piece by piece, when it is asked for the next: of what is long. Making one takes some
    /// milliseconds.
    case pieces(any Sequence<[UInt8]> & Sendable)
  }

  /// The status, e.g. 200.
  public var status: Int
  /// Header lines. What a transport has to say of the length is not among them.
  public var headers: [ProfilingHeader]
  /// What is sent after the head.
  public var body: Body

  init(status: Int = 200, type: String, headers: [ProfilingHeader] = [], body: Body) {
    self.status = status
    self.headers = Self.usual + [Header("Content-Type", type)] + headers
    self.body = body
  }

  /// Bytes that are a file of this name.
  static func file(_ bytes: [UInt8], name: String) -> ProfilingResponse {
    ProfilingResponse(
      type: "application/octet-stream", headers: [Header("Content-Disposition", "attachment; filename=\"\(name)\"")],
      body: .bytes(bytes))
  }

  /// A text.
  static func text(_ text: String, type: String = "text/plain; charset=utf-8") -> ProfilingResponse {
    ProfilingResponse(type: type, body: .bytes(Array(text.utf8)))
  }

  /// What is wrong, in words, as tools that ask for profiles know it.
  static func error(_ status: Int, _ words: String) -> ProfilingResponse {
    ProfilingResponse(
      status: status, type: "text/plain; charset=utf-8", headers: [Header("X-Go-Pprof", "1")],
      body: .bytes(Array("\(words)\n".utf8)))
  }

  static func redirect(to target: String) -> ProfilingResponse {
    ProfilingResponse(
      status: 301, type: "text/plain; charset=utf-8", headers: [Header("Location", target)],
      body: .bytes(Array("\(target)\n".utf8)))
  }

  /// All in one.
  public var bytes: [UInt8] {
    switch body {
    case .bytes(let bytes): bytes
    case .pieces(let pieces): pieces.flatMap { $0 }
    }
  }

  /// Nothing is kept or guessed.
  private static let usual = [Header("X-Content-Type-Options", "nosniff"), Header("Cache-Control", "no-store")]
}
