import HTTPMessages

/// Whom a server answers: the person who started it, and no page of another site that their browser shows.
///
/// Other machines do not reach the loopback interface, but two kinds of strangers do. A page of any site can send
/// requests to `localhost`, by a name of its own that leads there, too (DNS rebinding): that name is then in `Host`.
/// Other users of the machine can connect: they do not know the token, which is made anew for each run, comes in the
/// address that is printed, and from then on in a cookie.
struct AccessPolicy: Sendable {
  /// What becomes of a request.
  enum Verdict: Sendable, Hashable {
    /// It is answered.
    case allowed
    /// It has brought the token in its address: it is sent on to the same address without, and keeps the cookie.
    case enter(target: String)
    /// It is not answered, for this reason.
    case refused(status: Int, String)
  }

  let port: Int
  let token: String
  /// The host names by which the server may be called, in lower case, with the port.
  private let hosts: Set<String>

  /// The name of a token in a query.
  static let parameter = "token"

  init(host: String, port: Int, token: String) {
    self.port = port
    self.token = token
    let names = ["localhost", "127.0.0.1", "[::1]", host]
    hosts = Set(names.map { "\($0):\(port)" } + (port == 80 ? names : []))
  }

  /// The cookie that has the token. Cookies do not know ports, so its name does.
  var cookie: String { "lab-\(port)" }

  /// The header line by which a browser keeps the token.
  var setCookie: Response.Header {
    Response.Header("Set-Cookie", "\(cookie)=\(token); Path=/; HttpOnly; SameSite=Lax")
  }

  /// - Parameters:
  ///   - request: what is asked for; nil if its first line cannot be understood.
  ///   - header: all values of a header.
  func verdict(on request: Request?, header: (String) -> [String]) -> Verdict {
    let host = header("Host")
    guard host.count == 1, hosts.contains(host[0].lowercased()) else {
      return .refused(status: 421, "This server is called localhost:\(port).")
    }
    guard let request else { return .refused(status: 400, "The request's first line cannot be understood.") }
    // A form or a stream of another site must not be sent with its cookie. Who follows a link sends no origin.
    let origins = header("Origin")
    guard origins.count <= 1, origins.allSatisfy({ isOurs(origin: $0) }) else {
      return .refused(status: 403, "The request comes from another site.")
    }
    if let given = request.query[Self.parameter] {
      guard SecretToken(token).matches(given) else { return refusal }
      guard request.method == .get, header("Accept").contains(where: { $0.contains("text/html") }) else {
        return .allowed
      }
      var query = request.query
      query[Self.parameter] = nil
      let path = request.path.percentEncoded
      // An address that begins with two slashes would be another host's.
      let local = "/" + path.drop { $0 == "/" }
      return .enter(target: query.items.isEmpty ? local : "\(local)?\(query.text)")
    }
    return header("Cookie").contains(where: hasToken) ? .allowed : refusal
  }

  private var refusal: Verdict {
    .refused(status: 403, "Open the address that the command printed: it has the token of this run.")
  }

  private func isOurs(origin: String) -> Bool {
    origin.hasPrefix("http://") && hosts.contains(origin.dropFirst(7).lowercased())
  }

  private func hasToken(_ cookies: String) -> Bool {
    cookies.split(separator: ";").contains { pair in
      let parts = pair.drop { $0 == " " }.split(separator: "=", maxSplits: 1)
      return parts.count == 2 && parts[0] == cookie && SecretToken(token).matches(parts[1])
    }
  }
}
