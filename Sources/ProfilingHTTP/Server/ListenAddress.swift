import Platform

/// Where a server listens: an address of this machine in digits, and a port.
struct ListenAddress: Sendable, Hashable {
  /// In digits, e.g. `127.0.0.1` or `::1`.
  let host: String
  /// 0 for any that is free.
  let port: Int

  /// An address; `localhost` and no host are 127.0.0.1, whatever a resolver says.
  init(host: String, port: Int) throws(DebugServerError) {
    let literal = host.isEmpty || host == "localhost" ? "127.0.0.1" : host
    guard Self.isLiteral(literal) else { throw .badHost(host) }
    guard 0...65535 ~= port else { throw .badPort("\(port)") }
    (self.host, self.port) = (literal, port)
  }

  /// Reads `HOST:PORT` or `:PORT`; IPv6 stands in brackets.
  init(_ text: String) throws(DebugServerError) {
    guard let colon = text.lastIndex(of: ":") else { throw .noPort(text) }
    var host = text[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = host.dropFirst().dropLast()
    } else if host.contains(":") {
      throw .noPort(text)
    }
    let digits = text[text.index(after: colon)...]
    guard !digits.isEmpty, digits.utf8.count <= 5, digits.allSatisfy({ $0.isASCII && $0.isNumber }),
      let port = Int(digits)
    else { throw .badPort(String(digits)) }
    try self.init(host: String(host), port: port)
  }

  var isIPv6: Bool { host.contains(":") }

  /// Whether other machines cannot reach it.
  var isLoopback: Bool { Self.isLoopback(host) }

  static func isLoopback(_ host: some StringProtocol) -> Bool { host == "::1" || host.hasPrefix("127.") }

  /// As addresses of the web have it, without the port.
  var authority: String { isIPv6 ? "[\(host)]" : host }

  static func isLiteral(_ host: String) -> Bool {
    var bytes = in6_addr()
    return inet_pton(AF_INET, host, &bytes) == 1 || inet_pton(AF_INET6, host, &bytes) == 1
  }
}

/// Why a server of profiles cannot be started.
@nonexhaustive
public enum DebugServerError: Error, Sendable, Hashable {
  /// An address has no port.
  case noPort(String)
  /// A port is no number from 0 to 65535.
  case badPort(String)
  /// A host is neither `localhost` nor an address in digits.
  case badHost(String)
  /// Another program listens there.
  case portInUse(Int)
  /// The system refused, for this reason.
  case system(String)
}

extension DebugServerError: CustomStringConvertible {
  /// What went wrong and, where there is one, the way out.
  public var description: String {
    switch self {
    case .noPort(let text): "'\(text)' is not HOST:PORT, such as 127.0.0.1:6060"
    case .badPort(let text): "'\(text)' is no port: a number from 0 to 65535"
    case .badHost(let host): "'\(host)' is no address in digits, such as 127.0.0.1, 0.0.0.0 or [::1]"
    case .portInUse(let port): "port \(port) is in use by another program"
    case .system(let reason): reason
    }
  }
}
