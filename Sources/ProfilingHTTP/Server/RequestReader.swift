import HTTPMessages

/// The head of a request.
struct RequestHead: Sendable, Hashable {
  var method: String
  var target: String
  /// Whether it is of HTTP/1.0.
  var isOld: Bool
  /// In their order, names in lower case.
  var headers: [Header] = []

  func values(of name: String) -> [String] { headers.lazy.filter { $0.name == name }.map(\.value) }

  /// Whether the connection may have another request after it.
  var keepsAlive: Bool {
    let words = values(of: "connection").flatMap { value in
      value.lowercased().split(separator: ",").map { word in String(word.filter { $0 != " " }) }
    }
    return !words.contains("close") && (!isOld || words.contains("keep-alive"))
  }
}

/// Reads requests of HTTP/1 out of bytes as they come, within bounds.
///
/// Source: RFC 9112. Of what it leaves to servers the strict way is taken: lines end with CR LF, names have no spaces, bodies
/// say how long they are.
struct RequestReader {
  /// What has come.
  enum Step {
    /// Not enough.
    case waits
    case request(RequestHead, body: [UInt8])
    /// What cannot be understood, or is too much. Nothing that follows is read.
    case refused(ProfilingResponse)
  }

  /// Bytes of a head, and of a body.
  static let mostHead = 16 << 10, mostBody = 64 << 10
  private static let mostHeaders = 128

  private var bytes: [UInt8] = []
  /// Where to look on for the head's end.
  private var searched = 0
  private var head: (head: RequestHead, body: Range<Int>)?

  /// Whether nothing has come of a next request.
  var isEmpty: Bool { bytes.isEmpty }

  /// Whether more may come before a request is complete: else it is left to the system, which has the client wait.
  var takesMore: Bool { bytes.count <= Self.mostHead + Self.mostBody }

  mutating func append(_ more: some Collection<UInt8>) { bytes += more }

  /// The next request, if it is there.
  mutating func next() -> Step {
    if head == nil {
      switch readHead() {
      case nil: break
      case .some(let step): return step
      }
    }
    guard let (read, body) = head else { return .waits }
    guard bytes.count >= body.upperBound else { return .waits }
    let contents = Array(bytes[body])
    bytes.removeSubrange(..<body.upperBound)
    head = nil
    searched = 0
    return .request(read, body: contents)
  }

  /// Nil if there is a head now.
  private mutating func readHead() -> Step? {
    // Empty lines before a request are those of a former one's careless client.
    var empty = 0
    while bytes[empty...].starts(with: [13, 10]) { empty += 2 }
    if empty > 0 {
      bytes.removeFirst(empty)
      searched = 0
    }
    let end: [UInt8] = [13, 10, 13, 10]
    var at = max(searched - 3, 0), found: Int?
    while found == nil, at + 4 <= bytes.count {
      if bytes[at] == 13, bytes[at + 1] == 10, bytes[at..<at + 4].elementsEqual(end) { found = at } else { at += 1 }
    }
    searched = bytes.count
    guard let found, found <= Self.mostHead else {
      guard bytes.count > Self.mostHead else { return .waits }
      return .refused(.error(431, "The request's head is too long."))
    }
    guard let read = parse(bytes[..<found]) else { return .refused(.error(400, "The request cannot be understood.")) }
    guard read.values(of: "transfer-encoding").isEmpty else {
      return .refused(.error(411, "Say how long the body is, by Content-Length."))
    }
    let lengths = Set(read.values(of: "content-length"))
    var length = 0
    if let text = lengths.first {
      guard lengths.count == 1, !text.isEmpty, text.utf8.count < 12,
        text.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }), let number = Int(text)
      else { return .refused(.error(400, "The request cannot be understood.")) }
      length = number
    }
    guard length <= Self.mostBody else { return .refused(.error(413, "What is sent is too long.")) }
    head = (read, found + 4..<found + 4 + length)
    return nil
  }

  private func parse(_ head: ArraySlice<UInt8>) -> RequestHead? {
    var lines: [ArraySlice<UInt8>] = [], start = head.startIndex
    while let end = head[start...].firstIndex(of: 13) {
      guard end + 1 < head.endIndex, head[end + 1] == 10 else { return nil }
      lines.append(head[start..<end])
      start = end + 2
    }
    lines.append(head[start...])
    guard lines.count <= Self.mostHeaders, lines.allSatisfy({ $0.allSatisfy { $0 >= 0x20 && $0 != 0x7f || $0 == 9 } })
    else { return nil }
    let words = lines[0].split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
    guard words.count == 3, !words[0].isEmpty, !words[1].isEmpty else { return nil }
    let version = String(decoding: words[2], as: UTF8.self)
    guard version == "HTTP/1.1" || version == "HTTP/1.0" else { return nil }
    var read = RequestHead(
      method: String(decoding: words[0], as: UTF8.self), target: String(decoding: words[1], as: UTF8.self),
      isOld: version == "HTTP/1.0")
    for line in lines.dropFirst() {
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex,
        line[..<colon].allSatisfy({ $0 > 0x20 })
      else { return nil }
      let value = line[(colon + 1)...].drop { $0 == 32 || $0 == 9 }
      let trimmed = value.prefix(value.count - value.reversed().prefix { $0 == 32 || $0 == 9 }.count)
      read.headers.append(
        Header(String(decoding: line[..<colon], as: UTF8.self).lowercased(), String(decoding: trimmed, as: UTF8.self)))
    }
    return read
  }
}
