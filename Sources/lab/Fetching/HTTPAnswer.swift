import Platform

/// An answer of a server in HTTP/1, read as its bytes come in: a state machine that knows of no connection.
///
/// What a server says is not believed: its head may have 64 KiB, its body no more than the limit, however that is sent.
///
/// Source: RFC 9112.
struct HTTPAnswer {
  /// The code, e.g. 200; 0 until it is known.
  private(set) var status = 0
  /// The words after the code.
  private(set) var reason = ""
  /// The body so far, as sent: it may be compressed.
  private(set) var body: [UInt8] = []
  /// Whether all has come.
  var isComplete: Bool { state == .complete }

  private let limit: Int
  private var headers: [String: String] = [:]
  private var pending: [UInt8] = []
  private var headBytes = 0
  private var state = State.statusLine

  private enum State: Equatable {
    case statusLine, headers
    /// So many bytes are to come.
    case counted(Int)
    /// The body ends with the connection.
    case untilTheEnd
    case chunkSize, chunk(Int), chunkEnd, trailers
    case complete
  }

  private static let mostOfHead = 1 << 16

  /// - Parameter limit: how many bytes the body may have.
  init(limit: Int) { self.limit = limit }

  /// The value of a header; its name is in lower case.
  subscript(header: String) -> String? { headers[header] }

  /// Takes the next bytes; what comes after the end is left.
  mutating func read(_ bytes: ArraySlice<UInt8>) throws(HTTPError) {
    pending += bytes
    var rest = pending[...]
    while try step(&rest) {}
    pending = Array(rest)
  }

  /// Takes note that the connection was closed.
  mutating func end() throws(HTTPError) {
    if state == .untilTheEnd { state = .complete }
    guard isComplete else { throw .cutShort }
  }

  /// Reads one piece; false if there is too little for that.
  private mutating func step(_ rest: inout ArraySlice<UInt8>) throws(HTTPError) -> Bool {
    switch state {
    case .complete: return false
    case .counted(0), .chunk(0):
      state = state == .chunk(0) ? .chunkEnd : .complete
      return true
    case .counted(let count):
      let taken = try take(count, &rest)
      state = .counted(count - taken)
      return taken > 0
    case .chunk(let count):
      let taken = try take(count, &rest)
      state = .chunk(count - taken)
      return taken > 0
    case .untilTheEnd: return try take(.max, &rest) > 0
    case .statusLine, .headers, .chunkSize, .chunkEnd, .trailers:
      guard let line = try line(&rest) else { return false }
      try read(line: line)
      return true
    }
  }

  private mutating func read(line: String) throws(HTTPError) {
    switch state {
    case .statusLine:
      let words = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
      guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let code = Int(words[1]), (100...999).contains(code)
      else { throw .notHTTP }
      (status, reason) = (code, words.count > 2 ? String(words[2]) : "")
      state = .headers
    case .headers where line.isEmpty: state = try bodyState()
    case .headers:
      guard let colon = line.firstIndex(of: ":") else { throw .notHTTP }
      let name = line[..<colon].lowercased()
      let value = line[line.index(after: colon)...].trimmed
      if name == "content-length", let former = headers[name], former != value { throw .notHTTP }
      headers[name] = value
    case .chunkSize:
      let digits = line.prefix { $0 != ";" }.trimmed
      guard let count = Int(digits, radix: 16), count >= 0, digits.first != "+" else { throw .notHTTP }
      state = count == 0 ? .trailers : .chunk(count)
    case .chunkEnd:
      guard line.isEmpty else { throw .notHTTP }
      state = .chunkSize
    case .trailers where line.isEmpty: state = .complete
    default: break
    }
  }

  /// How the body comes, now that all headers are there.
  private mutating func bodyState() throws(HTTPError) -> State {
    if status < 200 {
      // Another answer follows.
      headers = [:]
      return .statusLine
    }
    if status == 204 || status == 304 { return .complete }
    if let coding = headers["transfer-encoding"]?.lowercased() {
      guard coding == "chunked" else { throw .notHTTP }
      return .chunkSize
    }
    guard let length = headers["content-length"] else { return .untilTheEnd }
    guard let count = Int(length), count >= 0, length.first != "+" else { throw .notHTTP }
    guard count <= limit else { throw .tooLarge(limit) }
    return .counted(count)
  }

  /// Moves at most so many bytes to the body.
  private mutating func take(_ count: Int, _ rest: inout ArraySlice<UInt8>) throws(HTTPError) -> Int {
    let taken = min(count, rest.count)
    guard body.count + taken <= limit else { throw .tooLarge(limit) }
    body += rest.prefix(taken)
    rest = rest.dropFirst(taken)
    return taken
  }

  /// The next line without its end; nil if it has not come whole.
  private mutating func line(_ rest: inout ArraySlice<UInt8>) throws(HTTPError) -> String? {
    // Chunks are counted anew, or a long body in small ones would be too much.
    if state == .chunkSize { headBytes = 0 }
    guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else {
      if headBytes + rest.count > Self.mostOfHead { throw .tooLarge(Self.mostOfHead) }
      return nil
    }
    headBytes += end - rest.startIndex + 1
    if headBytes > Self.mostOfHead { throw .tooLarge(Self.mostOfHead) }
    let line = rest[..<end]
    rest = rest[(end + 1)...]
    return String(decoding: line.last == UInt8(ascii: "\r") ? line.dropLast() : line, as: UTF8.self)
  }
}

/// Why no profile came from a server.
enum HTTPError: Error, Hashable, CustomStringConvertible {
  /// The server has no address.
  case unknownHost(String, reason: String)
  /// The system refused something.
  case system(String, code: Int32)
  /// The time was up.
  case overTime(Duration)
  /// The connection ended before the answer did.
  case cutShort
  /// What came is no answer in HTTP/1.
  case notHTTP
  /// There was more than so many bytes.
  case tooLarge(Int)
  /// The server refused, in its words.
  case refused(status: Int, reason: String, message: String)
  /// The server sends one elsewhere, again and again or to no place.
  case endlessRedirects
  case badRedirect(String)
  /// There is no program that could speak TLS.
  case noCurl
  /// What that program said.
  case curl(String)

  var description: String {
    switch self {
    case .unknownHost(let host, let reason): "cannot find the server \(host): \(reason)"
    case .system(let operation, let code): "cannot \(operation): \(String(cString: strerror(code)))"
    case .overTime(let limit): "no whole answer within \(limit.components.seconds) s; -timeout=… waits longer"
    case .cutShort: "the server closed the connection before the end of its answer"
    case .notHTTP: "the server does not answer in HTTP/1"
    case .tooLarge(let limit): "the server's answer is larger than \(limit) bytes"
    case .refused(let status, let reason, let message):
      "server response: \(status)\(reason.isEmpty ? "" : " \(reason)")\(message.isEmpty ? "" : " - \(message)")"
    case .endlessRedirects: "stopped after \(HTTPClient.mostRedirects) redirects"
    case .badRedirect(let location): "the server sends one to '\(location)', which is no address of HTTP"
    case .noCurl: "https needs the program \"curl\"; install it (apt-get install curl), or fetch the file otherwise"
    case .curl(let message): message
    }
  }
}

extension StringProtocol {
  fileprivate var trimmed: String {
    String(drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
  }
}
