import HTTPMessages

/// A connection as the server's loop has it: what it is at, what has come and what is to be sent.
struct Client {
  enum State: Equatable {
    /// For a request, or the rest of one.
    case reading
    /// For an answer; whether it is of a capture, which nobody needs any more when the client has gone.
    case working(isCapture: Bool)
    /// Until all is sent.
    case writing
  }

  let descriptor: Int32
  /// The address in digits that it has connected to.
  let local: String
  var reader = RequestReader()
  var state = State.reading
  /// When patience ends; nil while an answer is made.
  var deadline: ContinuousClock.Instant?
  /// Since when it has waited for a next request.
  var idleSince: ContinuousClock.Instant?
  private(set) var output: [UInt8] = []
  private var sent = 0
  /// What makes the next pieces of a long answer.
  var pieces: PieceSource?
  var keepsAlive = true
  var isHead = false
  /// Whether the request was of HTTP/1.0.
  var isOld = false
  private var isChunked = false

  init(descriptor: Int32, local: String) {
    self.descriptor = descriptor
    self.local = local
  }

  var pendingBytes: Int { output.count - sent }
  var unsent: ArraySlice<UInt8> { output[sent...] }

  mutating func didSend(_ count: Int) {
    sent += count
    guard sent == output.count else { return }
    output = []
    sent = 0
  }

  /// Makes an answer ready to be sent.
  mutating func begin(_ response: ProfilingResponse, isOld: Bool) {
    state = .writing
    var headers = response.headers
    switch response.body {
    case .bytes(let bytes): headers.append(Header("Content-Length", "\(bytes.count)"))
    case .pieces where isHead || isOld: keepsAlive = false
    case .pieces: headers.append(Header("Transfer-Encoding", "chunked"))
    }
    headers.append(Header("Connection", keepsAlive ? "keep-alive" : "close"))
    var head = "HTTP/1.1 \(response.status) \(Self.phrase(of: response.status))\r\n"
    for header in headers where header.isOneLine { head += "\(header.name): \(header.value)\r\n" }
    output += Array((head + "\r\n").utf8)
    guard !isHead else { return }
    switch response.body {
    case .bytes(let bytes): output += bytes
    case .pieces(let sequence):
      pieces = PieceSource(sequence)
      isChunked = !isOld
    }
  }

  /// Adds the next piece of a long answer; nil: there is no more.
  mutating func add(_ piece: [UInt8]?) {
    guard let piece else {
      if isChunked { output += Array("0\r\n\r\n".utf8) }
      pieces = nil
      return
    }
    guard !piece.isEmpty else { return }
    output += isChunked ? Array("\(String(piece.count, radix: 16))\r\n".utf8) + piece + [13, 10] : piece
  }

  private static func phrase(of status: Int) -> String {
    switch status {
    case 200: "OK"
    case 301: "Moved Permanently"
    case 400: "Bad Request"
    case 401: "Unauthorized"
    case 403: "Forbidden"
    case 404: "Not Found"
    case 405: "Method Not Allowed"
    case 411: "Length Required"
    case 413: "Content Too Large"
    case 421: "Misdirected Request"
    case 431: "Request Header Fields Too Large"
    case 503: "Service Unavailable"
    default: status < 500 ? "Refused" : "Internal Server Error"
    }
  }
}

/// The rest of a long answer, asked for by one thread at a time.
final class PieceSource: @unchecked Sendable {
  private var iterator: any IteratorProtocol<[UInt8]>

  init(_ pieces: any Sequence<[UInt8]>) { iterator = Self.iterator(of: pieces) }

  private static func iterator(of sequence: some Sequence<[UInt8]>) -> any IteratorProtocol<[UInt8]> {
    sequence.makeIterator()
  }

  func next() -> [UInt8]? { iterator.next() }
}
