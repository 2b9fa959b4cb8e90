import Foundation

/// Where a server has a profile, and how long it may take until it is here.
///
/// Source: google/pprof, `internal/driver/fetch.go` (`adjustURL`), and Go's `cmd/pprof`, for which a server without a
/// path means its CPU profile.
struct ProfileURL: Sendable, Hashable {
  /// The address; its scheme is `http` or `https`.
  let components: URLComponents
  /// Whether the server's certificate is taken as it is: the scheme was `https+insecure`.
  let trustsAnyone: Bool
  /// How long it may take, from the first name looked up to the last byte.
  let timeout: Duration

  /// The address in one piece.
  var text: String { components.string ?? "" }

  /// The path that a server's CPU profile has.
  private static let cpuProfile = "/debug/pprof/profile"

  /// Understands what was given as a source; nil if it can be no more than the name of a file.
  /// - Parameters:
  ///   - seconds: for how long the server is asked to measure; 0 or less leaves that to the address.
  ///   - timeout: in seconds; 0 or less means half as long again as the server measures, or a minute.
  init?(_ source: String, seconds: Int = 0, timeout: Int = 0) {
    // "localhost:6060/x" has a scheme and no host until it is given one.
    let isBare =
      URLComponents(string: source).map { ($0.host ?? "").isEmpty && $0.scheme != nil && $0.scheme != "file" } ?? true
    guard var components = URLComponents(string: isBare ? "http://" + source : source),
      let scheme = components.scheme?.lowercased(), let host = components.host, !host.isEmpty,
      ["http", "https", "https+insecure"].contains(scheme)
    else { return nil }
    trustsAnyone = scheme == "https+insecure"
    components.scheme = trustsAnyone ? "https" : scheme
    components.fragment = nil
    if components.path.isEmpty || components.path == "/" { components.path = Self.cpuProfile }
    var items = components.queryItems ?? []
    var measured = items.first { $0.name == "seconds" }?.value.flatMap(Int32.init).map(Int.init) ?? 0
    if seconds > 0 {
      measured = seconds
      items.removeAll { $0.name == "seconds" }
      items.append(URLQueryItem(name: "seconds", value: "\(seconds)"))
      components.queryItems = items
    }
    self.components = components
    self.timeout = timeout > 0 ? .seconds(timeout) : measured > 0 ? .milliseconds(measured * 1500) : .seconds(60)
  }

  /// Where a server sends whoever asked for this address; nil if that is no place that one can go to.
  func redirected(to location: String) -> ProfileURL? {
    guard let base = components.url, let url = URL(string: location, relativeTo: base)?.absoluteURL,
      var components = URLComponents(url: url, resolvingAgainstBaseURL: true),
      let scheme = components.scheme?.lowercased(), ["http", "https"].contains(scheme),
      let host = components.host, !host.isEmpty
    else { return nil }
    components.scheme = scheme
    components.fragment = nil
    // What one server is told to know us by is no other server's business.
    if host != self.components.host || components.port != self.components.port || scheme != self.components.scheme {
      components.user = nil
      components.password = nil
    } else if components.user == nil {
      components.user = self.components.user
      components.password = self.components.password
    }
    return ProfileURL(components, trustsAnyone: trustsAnyone, timeout: timeout)
  }

  private init(_ components: URLComponents, trustsAnyone: Bool, timeout: Duration) {
    self.components = components
    self.trustsAnyone = trustsAnyone
    self.timeout = timeout
  }
}

extension ProfileURL {
  /// The address for messages, without a password.
  var shownText: String {
    var shown = components
    if shown.password != nil { shown.password = "xxxxx" }
    return shown.string ?? ""
  }
  var isSecure: Bool { components.scheme == "https" }
  /// The server's name or number, without the brackets that an IPv6 address has in a URL.
  var host: String { (components.host ?? "").trimmingCharacters(in: CharacterSet(charactersIn: "[]")) }
  var port: Int { components.port ?? (isSecure ? 443 : 80) }

  /// The request for it. Only what is percent-encoded comes from the address, so that no line of it is another's.
  var request: String {
    let path = components.percentEncodedPath.isEmpty ? "/" : components.percentEncodedPath
    let query = components.percentEncodedQuery.map { "?" + $0 } ?? ""
    let name = components.encodedHost ?? ""
    let host = components.port.map { "\(name):\($0)" } ?? name
    var lines = [
      "GET \(path)\(query) HTTP/1.1", "Host: \(host)", "User-Agent: lab-pprof", "Accept: */*",
      "Accept-Encoding: identity", "Connection: close",
    ]
    if let user = components.user {
      let credentials = Data("\(user):\(components.password ?? "")".utf8).base64EncodedString()
      lines.append("Authorization: Basic \(credentials)")
    }
    return lines.joined(separator: "\r\n") + "\r\n\r\n"
  }
}
