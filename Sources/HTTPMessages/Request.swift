/// What a client of a server asks for.
public struct Request: Sendable, Hashable {
  /// What is to be done. Whoever answers need not tell the first two apart: of `head` only the head is sent.
  public enum Method: String, Sendable, Hashable {
    case get = "GET"
    case head = "HEAD"
    case post = "POST"
  }

  /// What is to be done.
  public var method: Method
  /// The path, decoded; it begins with `/`.
  public var path: String
  /// What follows the question mark.
  public var query: URLQuery
  /// The same as it was sent, not decoded.
  public var rawQuery: String
  /// What was sent with it; not longer than the server's limit.
  public var body: [UInt8]

  /// A request.
  public init(method: Method = .get, path: String, query: URLQuery = URLQuery(), body: [UInt8] = []) {
    self.method = method
    self.path = path
    self.query = query
    rawQuery = query.text
    self.body = body
  }

  /// A request for a target as it stands in a request's first line: `/path?name=value`. Nil if it is another form.
  public init?(method: Method, target: String) {
    guard target.utf8.first == UInt8(ascii: "/") else { return nil }
    let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    let query = parts.dropFirst().first ?? ""
    self.init(method: method, path: parts[0].percentDecoded(plusIsSpace: false), query: URLQuery(query))
    rawQuery = String(query)
  }
}

/// The names and values of a query, in their order. A name may come several times.
public struct URLQuery: Sendable, Hashable {
  /// A name and its value.
  public struct Item: Sendable, Hashable {
    /// The name, decoded.
    public var name: String
    /// The value, decoded; empty without one.
    public var value: String
  }

  /// All of them.
  public var items: [Item]

  /// A query of the given items.
  public init(_ items: [(name: String, value: String)] = []) {
    self.items = items.map { Item(name: $0.name, value: $0.value) }
  }

  /// Reads `name=value&name=value` as forms write it. What is no encoding stands for itself.
  public init(_ text: some StringProtocol) {
    items = text.split(separator: "&").map { pair in
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return Item(
        name: parts[0].percentDecoded(plusIsSpace: true),
        value: parts.dropFirst().first?.percentDecoded(plusIsSpace: true) ?? "")
    }
  }

  /// The first value of a name; nil if it has none. Setting one replaces all of the name, in the first one's place.
  public subscript(name: String) -> String? {
    get { items.first { $0.name == name }?.value }
    set {
      let place = items.firstIndex { $0.name == name } ?? items.count
      items.removeAll { $0.name == name }
      if let newValue { items.insert(Item(name: name, value: newValue), at: min(place, items.count)) }
    }
  }

  /// The query as URLs have it, without the question mark.
  public var text: String {
    items.map { "\($0.name.percentEncoded)=\($0.value.percentEncoded)" }.joined(separator: "&")
  }
}

extension StringProtocol {
  /// The text with `%41` read as `A`; what is no such code stays as it is, bytes that are no text become U+FFFD.
  package func percentDecoded(plusIsSpace: Bool) -> String {
    func digit(_ byte: UInt8) -> UInt8? { Character(UnicodeScalar(byte)).hexDigitValue.map(UInt8.init) }
    var bytes: [UInt8] = []
    var rest = Array(utf8)[...]
    while let byte = rest.popFirst() {
      let next = rest.prefix(2)
      if byte == UInt8(ascii: "%"), next.count == 2, let high = digit(next[next.startIndex]),
        let low = digit(next[next.startIndex + 1])
      {
        bytes.append(high << 4 | low)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte == UInt8(ascii: "+") && plusIsSpace ? UInt8(ascii: " ") : byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The text as a name or value of a query.
  package var percentEncoded: String {
    let digits = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    for byte in utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"), UInt8(ascii: "/"), UInt8(ascii: ":"), UInt8(ascii: ","):
        bytes.append(byte)
      default: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
