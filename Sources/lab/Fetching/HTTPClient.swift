import ChildProcesses
import Platform
import Pprof

/// Fetches what one address has, within bounds of time and size.
///
/// Plain HTTP is spoken here. For TLS there is the program `curl`, which is given one request and hands back the answer
/// as it came, so that redirects, sizes and errors are treated in one way.
struct HTTPClient: Sendable {
  /// Files for TLS, as pprof's flags name them; empty for none.
  struct Certificates: Sendable, Hashable {
    /// The client's certificate and its key.
    var certificate = "", key = ""
    /// Who is trusted beside whom the system trusts.
    var authority = ""
  }

  static let mostRedirects = 10

  var certificates = Certificates()
  /// The most bytes of an answer.
  var limit = DecodingLimits().bytes

  /// The body at an address, decompressed as far as the server compressed it for the way.
  func body(of url: ProfileURL) throws -> [UInt8] {
    var url = url
    let deadline = ContinuousClock.now + url.timeout
    for _ in 0...Self.mostRedirects {
      let answer = url.isSecure ? try askCurl(for: url, until: deadline) : try ask(for: url, until: deadline)
      switch answer.status {
      case 200:
        let isCompressed = ["gzip", "x-gzip"].contains(answer["content-encoding"]?.lowercased())
        return isCompressed ? try gunzip(answer.body, limits: DecodingLimits(bytes: limit)) : answer.body
      case 301, 302, 303, 307, 308:
        let location = answer["location"] ?? ""
        guard let next = url.redirected(to: location) else { throw HTTPError.badRedirect(location.shown) }
        url = next
      default: throw refusal(answer)
      }
    }
    throw HTTPError.endlessRedirects
  }

  /// What a server says when it does not give the profile: those of pprof give a reason in words.
  private func refusal(_ answer: HTTPAnswer) -> HTTPError {
    let isReason = answer["x-go-pprof"] != nil && answer["content-type"]?.contains("text/plain") == true
    let message = isReason ? String(decoding: answer.body.prefix(2_000), as: UTF8.self).shown : ""
    return .refused(status: answer.status, reason: answer.reason.shown, message: message)
  }

  private func ask(for url: ProfileURL, until deadline: ContinuousClock.Instant) throws(HTTPError) -> HTTPAnswer {
    let patience = Patience(deadline: deadline, limit: url.timeout)
    let connection = try Connection(host: url.host, port: url.port, patience: patience)
    try connection.send(Array(url.request.utf8), patience: patience)
    var answer = HTTPAnswer(limit: limit)
    while !answer.isComplete {
      let bytes = try connection.receive(patience: patience)
      if bytes.isEmpty { try answer.end() } else { try answer.read(bytes) }
    }
    return answer
  }

  private func askCurl(for url: ProfileURL, until deadline: ContinuousClock.Instant) throws(HTTPError) -> HTTPAnswer {
    let left = max(ContinuousClock.now.duration(to: deadline), .milliseconds(1))
    var command = ["curl", "--disable", "--silent", "--show-error", "--globoff", "--http1.1", "--raw", "--include"]
    command += ["--suppress-connect-headers", "--header", "Accept-Encoding: identity", "--user-agent", "lab-pprof"]
    if url.trustsAnyone { command.append("--insecure") }
    for (option, file) in [
      ("--cert", certificates.certificate), ("--key", certificates.key), ("--cacert", certificates.authority),
    ] where !file.isEmpty { command += [option, file] }
    command += ["--url", url.text]
    var process: pid_t = 0
    var answer = HTTPAnswer(limit: limit)
    var failure: HTTPError?
    let run: ChildProcess.Outcome
    do throws(ChildProcessError) {
      run = try ChildProcess.run(command, limit: left, onStart: { process = $0 }) { bytes in
        do throws(HTTPError) {
          if failure == nil { try answer.read(bytes) }
        } catch {
          failure = error
          kill(process, SIGKILL)
        }
      }
    } catch {
      switch error {
      case .notFound: throw .noCurl
      case .system(let operation, let code): throw .system(operation, code: code)
      }
    }
    if let failure { throw failure }
    if run.ending == .overTime { throw .overTime(url.timeout) }
    guard run.ending == .exited(0) else { throw .curl(run.messages.isEmpty ? "curl failed" : run.messages) }
    if !answer.isComplete { try answer.end() }
    return answer
  }
}

/// How long is still waited.
struct Patience {
  let deadline: ContinuousClock.Instant
  /// How long there was in all, for the error.
  let limit: Duration

  /// Waits until something can be read from a socket, or written to it.
  func wait(for events: Int32, on socket: Int32) throws(HTTPError) {
    while true {
      let left = ContinuousClock.now.duration(to: deadline)
      guard left > .zero else { throw .overTime(limit) }
      let milliseconds = left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000 + 1
      var watched = pollfd(fd: socket, events: Int16(events), revents: 0)
      let found = poll(&watched, 1, Int32(clamping: milliseconds))
      if found > 0 { return }
      if found < 0, errno != EINTR { throw .system("wait for the server", code: errno) }
    }
  }
}

/// A TCP connection to a server.
struct Connection: ~Copyable {
  private let socket: Int32

  /// Connects to the first of the server's addresses that answers.
  init(host: String, port: Int, patience: Patience) throws(HTTPError) {
    var hints = addrinfo()
    hints.ai_family = AF_UNSPEC
    hints.ai_socktype = streamSocket
    var found: UnsafeMutablePointer<addrinfo>?
    let code = getaddrinfo(host, "\(port)", &hints, &found)
    guard code == 0 else { throw .unknownHost(host, reason: String(cString: gai_strerror(code))) }
    defer { freeaddrinfo(found) }
    var failure = HTTPError.unknownHost(host, reason: "no address")
    var next = found
    while let address = next?.pointee {
      do throws(HTTPError) {
        socket = try Self.connect(to: address, "\(host):\(port)", patience: patience)
        return
      } catch {
        failure = error
      }
      next = address.ai_next
    }
    throw failure
  }

  deinit { close(socket) }

  func send(_ bytes: [UInt8], patience: Patience) throws(HTTPError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      try patience.wait(for: Int32(POLLOUT), on: socket)
      let count = rest.withUnsafeBytes { Platform.send(socket, $0.baseAddress, $0.count, withoutSignal) }
      if count < 0, errno == EINTR || errno == EAGAIN { continue }
      if count < 0 { throw .system("send to the server", code: errno) }
      rest = rest.dropFirst(count)
    }
  }

  /// The next bytes; none at the end.
  func receive(patience: Patience) throws(HTTPError) -> ArraySlice<UInt8> {
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      try patience.wait(for: Int32(POLLIN), on: socket)
      let count = recv(socket, &bytes, bytes.count, 0)
      if count >= 0 { return bytes.prefix(count) }
      if errno != EINTR, errno != EAGAIN { throw .system("read from the server", code: errno) }
    }
  }

  private static func connect(to address: addrinfo, _ name: String, patience: Patience) throws(HTTPError) -> Int32 {
    let socket = Platform.socket(address.ai_family, address.ai_socktype, address.ai_protocol)
    guard socket >= 0 else { throw .system("open a socket", code: errno) }
    var isConnected = false
    defer { if !isConnected { close(socket) } }
    _ = fcntl(socket, F_SETFD, FD_CLOEXEC)
    _ = fcntl(socket, F_SETFL, O_NONBLOCK)
    if Platform.connect(socket, address.ai_addr, address.ai_addrlen) != 0 {
      guard errno == EINPROGRESS || errno == EINTR else { throw .system("connect to \(name)", code: errno) }
      try patience.wait(for: Int32(POLLOUT), on: socket)
      var code: Int32 = 0
      var size = socklen_t(MemoryLayout<Int32>.size)
      getsockopt(socket, SOL_SOCKET, SO_ERROR, &code, &size)
      guard code == 0 else { throw .system("connect to \(name)", code: code) }
    }
    isConnected = true
    return socket
  }
}

#if canImport(Glibc)
  private let streamSocket = Int32(SOCK_STREAM.rawValue)
#else
  private let streamSocket = SOCK_STREAM
#endif
#if canImport(Darwin)
  /// SIGPIPE is not sent for sockets that were set up so; a request is sent whole before the server answers.
  private let withoutSignal: Int32 = 0
#else
  /// A server that has gone is an error, not the end of this program.
  private let withoutSignal = Int32(MSG_NOSIGNAL)
#endif

extension String {
  /// The text in one line, for a message: what a server says may be anything.
  fileprivate var shown: String {
    let line = String(
      String.UnicodeScalarView(unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
    return line.split(separator: " ").joined(separator: " ")
  }
}
