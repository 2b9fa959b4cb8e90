/// Where a server of this machine listens: an address of the loopback interface, which no other machine reaches.
public struct LoopbackAddress: Sendable, Hashable {
  /// The address in digits: `127.0.0.1` or `::1`, or another of `127.0.0.0/8`.
  public let host: String
  /// The port; 0 for any that is free.
  public let port: Int

  /// Reads `HOST:PORT`, `:PORT`, or with a colon at its end any free port.
  ///
  /// `localhost` is not looked up: it is 127.0.0.1, whatever a resolver says.
  /// - Throws: what is wrong with it, in words.
  public init(_ text: String) throws(ServerError) {
    guard let colon = text.lastIndex(of: ":") else { throw .noPort(text) }
    let (name, digits) = (text[..<colon], text[text.index(after: colon)...])
    switch name {
    case "", "localhost": host = "127.0.0.1"
    case "[::1]": host = "::1"
    default:
      guard Self.isLoopback(name) else { throw .notLoopback(String(name)) }
      host = String(name)
    }
    guard digits.allSatisfy({ $0.isASCII && $0.isNumber }), let port = digits.isEmpty ? 0 : Int(digits), port <= 65535
    else { throw .badPort(String(digits)) }
    self.port = port
  }

  /// Whether a name is one of 127.0.0.0/8 in digits.
  private static func isLoopback(_ name: Substring) -> Bool {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127"
      && parts.allSatisfy { $0.allSatisfy { $0.isASCII && $0.isNumber } && UInt8($0) != nil }
  }

  /// The address as URLs and the header `Host` have it, without the port.
  var authority: String { host.contains(":") ? "[\(host)]" : host }
}

/// Why a server cannot be started.
public enum ServerError: Error, Sendable, Hashable, CustomStringConvertible {
  /// An address has no port.
  case noPort(String)
  /// A port is no number from 0 to 65535.
  case badPort(String)
  /// A host is not this machine.
  case notLoopback(String)
  /// Another program listens there.
  case portInUse(Int)
  /// The system refused, for the reason given.
  case system(String)

  /// What went wrong and, where there is one, the way out.
  public var description: String {
    switch self {
    case .noPort(let text): "“\(text)” is not HOST:PORT; say for instance localhost:8080, or : for any free port"
    case .badPort(let text): "“\(text)” is no port: a number from 0 to 65535"
    case .notLoopback(let host):
      "“\(host)” is not this machine's loopback interface, on which alone is served: say :PORT or localhost:PORT;"
        + " from elsewhere a tunnel leads to it, for instance ssh -L"
    case .portInUse(let port):
      "port \(port) is in use by another program; say another one, or : for any that is free"
    case .system(let reason): "cannot serve: \(reason)"
    }
  }
}
