import HTTPMessages
import NIOCore
import NIOHTTP1

/// One connection: takes requests in, one after the other and within limits, and sends what they are answered.
///
/// Every state but that of thinking about an answer has a time limit. Where a request is too large or may not be
/// asked, the rest of it is read and thrown away first, for a client that is still sending does not read the answer.
final class Connection: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private enum State {
    /// Between requests, or in the midst of a head.
    case waiting
    /// A head is there, and so much of what follows it.
    case receiving(Incoming)
    /// The answer is made or sent.
    case answering(Task<Void, Never>)
    case closed
  }

  private struct Incoming {
    /// What is asked for; or what is answered without asking anybody.
    var request: Result<Request, Refusal>
    var keepsAlive: Bool
    /// Whether it brought the token in its address.
    var hasEntered = false
    /// Bytes that were thrown away.
    var discarded = 0
  }

  private struct Refusal: Error { var response: Response }

  private let limits: ServerLimits
  private let connections: Connections
  private let token: String
  private let host: String
  private let handler: LoopbackServer.Handler
  private var state = State.waiting
  private var alarm: Scheduled<Void>?

  init(
    limits: ServerLimits, connections: Connections, host: String, token: String,
    handler: @escaping LoopbackServer.Handler
  ) {
    self.limits = limits
    self.connections = connections
    self.host = host
    self.token = token
    self.handler = handler
  }

  func channelActive(context: ChannelHandlerContext) {
    restartAlarm(context)
    context.fireChannelActive()
  }

  func channelInactive(context: ChannelHandlerContext) {
    if case .answering(let task) = state { task.cancel() }
    state = .closed
    alarm?.cancel()
    connections.remove(context.channel)
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      guard case .waiting = state else { return }
      state = .receiving(incoming(head, context))
      connections.note(context.channel, isIdle: false)
      restartAlarm(context)
    case .body(let bytes): take(bytes, context)
    case .end:
      guard case .receiving(let incoming) = state else { return }
      alarm?.cancel()
      answer(incoming, context)
    }
  }

  /// What a request's head asks for.
  private func incoming(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) -> Incoming {
    func refused(_ status: Int, _ reason: String, _ headers: [Response.Header] = []) -> Incoming {
      var response = Response.text(reason + "\n", status: status)
      response.headers += headers
      return Incoming(request: .failure(Refusal(response: response)), keepsAlive: false)
    }
    let size = head.headers.reduce(head.uri.utf8.count) { $0 + $1.name.utf8.count + $1.value.utf8.count + 4 }
    if head.uri.utf8.count > limits.head { return refused(414, "The address is too long.") }
    if size > limits.head { return refused(431, "The request's headers are too long.") }
    guard let method = Request.Method(rawValue: head.method.rawValue) else {
      return refused(405, "Only GET, HEAD and POST are served.", [Response.Header("Allow", "GET, HEAD, POST")])
    }
    let policy = AccessPolicy(host: host, port: context.localAddress?.port ?? 0, token: token)
    let request = Request(method: method, target: head.uri)
    switch policy.verdict(on: request, header: { head.headers[$0] }) {
    case .refused(let status, let reason): return refused(status, reason)
    case .enter(let target):
      var response = Response.redirect(to: target)
      response.headers.append(policy.setCookie)
      return Incoming(request: .failure(Refusal(response: response)), keepsAlive: head.isKeepAlive)
    case .allowed:
      guard var request else { return refused(400, "The request's first line cannot be understood.") }
      request.query[AccessPolicy.parameter] = nil
      return Incoming(request: .success(request), keepsAlive: head.isKeepAlive)
    }
  }

  private func take(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
    guard case .receiving(var incoming) = state else { return }
    if case .success(var request) = incoming.request, request.body.count + bytes.readableBytes <= limits.body {
      request.body += bytes.readableBytesView
      incoming.request = .success(request)
    } else {
      if case .success = incoming.request {
        incoming.request = .failure(Refusal(response: .text("What is sent is too long.\n", status: 413)))
        incoming.keepsAlive = false
      }
      incoming.discarded += bytes.readableBytes
      if incoming.discarded > 16 * limits.body {
        context.close(promise: nil)
        return
      }
    }
    state = .receiving(incoming)
  }

  private func answer(_ incoming: Incoming, _ context: ChannelHandlerContext) {
    let sender = Sender(NIOLoopBound((self, context), eventLoop: context.eventLoop), context.eventLoop)
    let handler = handler
    let keepsAlive = incoming.keepsAlive && !connections.isClosing
    state = .answering(
      Task {
        var isHead = false
        let response: Response
        switch incoming.request {
        case .success(let request):
          isHead = request.method == .head
          response = await handler(request)
        case .failure(let refusal): response = refusal.response
        }
        do {
          try await sender.send(response, isHead: isHead, keepsAlive: keepsAlive)
        } catch {
          sender.close()
        }
      })
  }

  /// Writes a part; the client has the server's patience to take it.
  fileprivate func write(
    _ part: HTTPServerResponsePart, _ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>
  ) {
    if case .closed = state { return promise.fail(ChannelError.ioOnClosedChannel) }
    restartAlarm(context)
    context.writeAndFlush(wrapOutboundOut(part), promise: promise)
  }

  /// Writes the end of an answer. The next request may be here before it comes back, for it may have been waiting.
  fileprivate func end(_ context: ChannelHandlerContext, keepsAlive: Bool) {
    guard case .answering = state else { return }
    restartAlarm(context)
    let channel = context.channel
    if keepsAlive, !connections.isClosing {
      state = .waiting
      connections.note(channel, isIdle: true)
      context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    } else {
      context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in channel.close(promise: nil) }
    }
  }

  private func restartAlarm(_ context: ChannelHandlerContext) {
    alarm?.cancel()
    let channel = context.channel
    alarm = context.eventLoop.scheduleTask(in: TimeAmount(limits.patience)) { channel.close(promise: nil) }
  }

  fileprivate func isWritten() { alarm?.cancel() }
}

/// Sends an answer from outside of the connection's event loop.
private struct Sender: Sendable {
  /// Bytes in a piece; the patience with a slow client is for one.
  private static let piece = 64 << 10

  private let connection: NIOLoopBound<(Connection, ChannelHandlerContext)>
  private let loop: any EventLoop

  init(_ connection: NIOLoopBound<(Connection, ChannelHandlerContext)>, _ loop: any EventLoop) {
    self.connection = connection
    self.loop = loop
  }

  func send(_ response: Response, isHead: Bool, keepsAlive: Bool) async throws {
    var head = HTTPResponseHead(version: .http1_1, status: HTTPResponseStatus(statusCode: response.status))
    for header in Response.usual + response.headers where header.isOneLine {
      head.headers.replaceOrAdd(name: header.name, value: header.value)
    }
    var isUnended = false
    if case .bytes(let bytes) = response.body {
      head.headers.replaceOrAdd(name: "Content-Length", value: "\(bytes.count)")
    } else {
      // The end of a body in pieces would be a piece: the connection ends instead.
      isUnended = isHead
    }
    if !keepsAlive || isUnended { head.headers.replaceOrAdd(name: "Connection", value: "close") }
    try await write(.head(head))
    if isUnended { return close() }
    if !isHead {
      switch response.body {
      case .bytes(let bytes): try await write(bytes)
      case .stream(let run): try await run(BodyWriter { try await write($0) })
      }
    }
    loop.execute { connection.value.0.end(connection.value.1, keepsAlive: keepsAlive) }
  }

  func close() {
    loop.execute { connection.value.1.close(promise: nil) }
  }

  private func write(_ bytes: [UInt8]) async throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      try await write(.body(.byteBuffer(ByteBuffer(bytes: rest.prefix(Self.piece)))))
      rest = rest.dropFirst(Self.piece)
    }
  }

  private func write(_ part: HTTPServerResponsePart) async throws {
    try Task.checkCancellation()
    let promise = loop.makePromise(of: Void.self)
    loop.execute { connection.value.0.write(part, connection.value.1, promise) }
    try await promise.futureResult.get()
    loop.execute { connection.value.0.isWritten() }
  }
}
