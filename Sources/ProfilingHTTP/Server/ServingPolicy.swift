import HTTPMessages

/// Whom a server answers.
///
/// A page of any site can have a browser ask `localhost`, by a name of its own that leads there (DNS rebinding): so the
/// server is called by names and addresses that are its own, and by others only if it was told so. Where other machines reach
/// it, they need a token.
struct ServingPolicy: Sendable {
  /// Other names by which it may be called, in lower case.
  let allowed: Set<String>
  /// What has to be brought; nil: nothing.
  let token: SecretToken?
  /// Where it listens, in digits.
  let host: String

  init(address: ListenAddress, allowed: some Sequence<String>, token: SecretToken?) {
    host = address.host
    self.allowed = Set(allowed.map { $0.lowercased() })
    self.token = token
  }

  /// Why a request is not answered; nil if it is.
  /// - Parameter local: The address in digits that the client has connected to.
  func refusal(of head: RequestHead, local: String) -> ProfilingResponse? {
    let hosts = head.values(of: "host")
    guard hosts.count == 1 || (hosts.isEmpty && head.isOld) else {
      return .error(400, "The request has to say once which host it is for.")
    }
    if let host = hosts.first, !isOurs(Self.name(in: host), local) {
      return .error(421, "This server is not called so: allow the name where the server is started, by --allow-host.")
    }
    // What a page of another site asks for.
    let sites = head.values(of: "sec-fetch-site"), modes = head.values(of: "sec-fetch-mode")
    let isForeign = sites.contains { $0 == "cross-site" || $0 == "same-site" } && modes != ["navigate"]
    let origins = head.values(of: "origin")
    guard !isForeign, origins.allSatisfy({ isOurs(Self.name(in: Self.withoutScheme($0)), local) }) else {
      return .error(403, "The request comes from another site.")
    }
    guard let token else { return nil }
    guard head.values(of: "authorization").contains(where: { Self.brings($0, token) }) else {
      var refusal = ProfilingResponse.error(401, "The server's token is needed: Authorization: Bearer TOKEN.")
      refusal.headers.append(Header("WWW-Authenticate", "Basic realm=\"profiles\", charset=\"UTF-8\""))
      return refusal
    }
    return nil
  }

  private func isOurs(_ name: String, _ local: String) -> Bool {
    if name == "localhost" || name == host || name == local || allowed.contains(name) { return true }
    return ListenAddress.isLoopback(name) && ListenAddress.isLiteral(name)
  }

  /// Without the port, in lower case.
  private static func name(in authority: some StringProtocol) -> String {
    var name = Substring(authority)
    if name.hasPrefix("["), let end = name.firstIndex(of: "]") {
      name = name[name.index(after: name.startIndex)..<end]
    } else if let colon = name.lastIndex(of: ":") {
      name = name[..<colon]
    }
    return name.lowercased()
  }

  private static func withoutScheme(_ origin: String) -> Substring {
    ["http://", "https://"].first { origin.hasPrefix($0) }.map { origin.dropFirst($0.count) } ?? origin[...]
  }

  /// Whether the header has the token: as it is, or as a password, of whatever user, for who can say only that.
  private static func brings(_ value: String, _ token: SecretToken) -> Bool {
    let words = value.split(separator: " ", maxSplits: 1).map(String.init)
    guard words.count == 2 else { return false }
    switch words[0].lowercased() {
    case "bearer": return token.matches(words[1])
    case "basic":
      let text = String(decoding: base64(words[1]), as: UTF8.self)
      guard let colon = text.firstIndex(of: ":") else { return false }
      return token.matches(text[text.index(after: colon)...])
    default: return false
    }
  }

  private static func base64(_ text: String) -> [UInt8] {
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var bytes: [UInt8] = [], bits: UInt32 = 0, count = 0
    for digit in text.utf8 {
      guard let value = digits.firstIndex(of: digit) else { break }
      bits = bits << 6 & 0xff_ffff | UInt32(value)
      count += 6
      guard count >= 8 else { continue }
      count -= 8
      bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
    }
    return bytes
  }
}
