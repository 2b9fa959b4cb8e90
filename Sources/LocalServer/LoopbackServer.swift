import HTTPMessages
import NIOCore
import NIOHTTP1
import NIOPosix
import Platform

/// What a browser asks for.
public typealias Request = HTTPMessages.Request
/// The names and values of a query.
public typealias URLQuery = HTTPMessages.URLQuery

/// A server for views on this machine: on the loopback interface, with a token of its own for each run, and bounds for
/// everything that clients can ask of it.
///
/// ```swift
/// let server = try LoopbackServer(on: LoopbackAddress(":8080")) { request in
///   request.path == "/" ? .text("Hello") : .text("There is nothing here.", status: 404)
/// }
/// print(server.url)   // http://127.0.0.1:8080/?token=…
/// ```
///
/// Connections are served on a thread of its own, answers are made in tasks.
public final class LoopbackServer: Sendable {
  /// Answers a request.
  public typealias Handler = @Sendable (Request) async -> Response

  /// The port, also if any free one was asked for.
  public let port: Int
  /// The server's address with the token, for whoever started it.
  public let url: String

  private let group: MultiThreadedEventLoopGroup
  private let listener: any Channel
  private let connections: Connections
  private let farewell: Duration

  /// Begins to serve.
  /// - Throws: if the port is in use, or the system refuses.
  public init(
    on address: LoopbackAddress, limits: ServerLimits = ServerLimits(), handler: @escaping Handler
  ) throws(ServerError) {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let connections = Connections(limit: limits.connections)
    let token = SecretToken().text
    let host = address.authority
    let bootstrap = ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 512)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          guard connections.admit(channel) else { throw ChannelError.alreadyClosed }
          try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: true)
          try channel.pipeline.syncOperations.addHandler(
            Connection(limits: limits, connections: connections, host: host, token: token, handler: handler))
        }
      }
    do {
      listener = try bootstrap.bind(host: address.host, port: address.port).wait()
    } catch {
      try? group.syncShutdownGracefully()
      throw ServerError(error, port: address.port)
    }
    port = listener.localAddress?.port ?? address.port
    url = "http://\(address.authority):\(port)/?\(AccessPolicy.parameter)=\(token)"
    self.group = group
    self.connections = connections
    farewell = limits.farewell
  }

  /// How many connections are open.
  var connectionCount: Int { connections.count }

  /// Ends: takes no more connections, lets answers that are on their way arrive, and comes back when all is closed.
  ///
  /// Not to be called from a task or a handler: it blocks its thread.
  public func stop() {
    try? listener.close().wait()
    connections.close(onlyIdle: true)
    let end = ContinuousClock.now + farewell
    let pause = group.next()
    while connections.count > 0, ContinuousClock.now < end {
      try? pause.scheduleTask(in: .milliseconds(10)) {}.futureResult.wait()
    }
    connections.close(onlyIdle: false)
    try? group.syncShutdownGracefully()
  }
}

extension ServerError {
  fileprivate init(_ error: any Error, port: Int) {
    switch error {
    case let error as IOError where error.errnoCode == EADDRINUSE: self = .portInUse(port)
    default: self = .system("\(error)")
    }
  }
}
