import HTTPMessages

/// What a browser is answered.
public struct Response: Sendable {
  /// What is sent after the head.
  public enum Body: Sendable {
    /// These bytes.
    case bytes([UInt8])
    /// What the function writes, as it comes. If it throws, the connection is closed in the middle of the answer.
    case stream(@Sendable (BodyWriter) async throws -> Void)
  }

  /// A header line.
  public typealias Header = HTTPMessages.Header

  /// The status, e.g. 200.
  public var status: Int
  /// Header lines beside those that the server has for all answers; one of the same name replaces the server's.
  public var headers: [Header]
  /// What is sent after the head.
  public var body: Body

  /// An answer.
  public init(status: Int = 200, headers: [Header] = [], body: Body) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// A page, with the policy of what it may load and run.
  public static func html(_ page: String, status: Int = 200, policy: String) -> Response {
    Response(
      status: status,
      headers: [Header("Content-Type", "text/html; charset=utf-8"), Header("Content-Security-Policy", policy)],
      body: .bytes(Array(page.utf8)))
  }

  /// A text, which no browser takes for anything else.
  public static func text(_ text: String, status: Int = 200) -> Response {
    Response(
      status: status, headers: [Header("Content-Type", "text/plain; charset=utf-8")], body: .bytes(Array(text.utf8)))
  }

  /// A file to be kept.
  /// - Parameter name: what it is called; of letters, digits, `.`, `-` and `_`, all else is replaced.
  public static func file(_ bytes: [UInt8], name: String, type: String) -> Response {
    let plain = name.map { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) ? $0 : "_" }
    return Response(
      headers: [
        Header("Content-Type", type), Header("Content-Disposition", "attachment; filename=\"\(String(plain))\""),
      ], body: .bytes(bytes))
  }

  /// Sends the browser elsewhere on this server.
  public static func redirect(to target: String) -> Response {
    Response(status: 303, headers: [Header("Location", target)], body: .bytes([]))
  }

  /// Header lines of every answer: nothing is kept, guessed, framed, told to others or asked from elsewhere.
  static let usual = [
    Header(
      "Content-Security-Policy", "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
    Header("X-Content-Type-Options", "nosniff"), Header("X-Frame-Options", "DENY"),
    Header("Referrer-Policy", "no-referrer"), Header("Cross-Origin-Opener-Policy", "same-origin"),
    Header("Cross-Origin-Resource-Policy", "same-origin"), Header("Cache-Control", "no-store"),
  ]
}

/// Takes the pieces of an answer as they come.
public struct BodyWriter: Sendable {
  let send: @Sendable ([UInt8]) async throws -> Void

  /// Sends a piece, and comes back when the system has taken it: whoever waits for that keeps no more than one in memory.
  /// - Throws: when the other side has gone, or takes nothing for longer than the server's patience.
  public func write(_ bytes: [UInt8]) async throws {
    if !bytes.isEmpty { try await send(bytes) }
  }
}
