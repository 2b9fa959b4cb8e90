#if ServiceLifecycle
  import Logging
  import ProfilingHTTP
  import ServiceLifecycle

  /// The server of profiles as a service of swift-service-lifecycle's: it begins and ends with a program's others, and says in
  /// their log where it is.
  ///
  ///     let profiles = DebugServerService(logger: logger)
  ///     try await ServiceGroup(services: [profiles, server], logger: logger).run()
  ///
  /// For the trait `ServiceLifecycle`.
  public struct DebugServerService: Service {
    private let host: String
    private let port: Int
    private let options: DebugServer.Options
    private let logger: Logger

    /// A service that serves there; see `DebugServer.start`.
    public init(
      host: String = "127.0.0.1", port: Int = 6060, options: DebugServer.Options = DebugServer.Options(), logger: Logger
    ) {
      (self.host, self.port, self.options, self.logger) = (host, port, options, logger)
    }

    /// Serves until the services are to end. That it cannot be started is logged, and ends no other service: they are what
    /// the program is for.
    public func run() async throws {
      let server: DebugServer
      do {
        server = try DebugServer.start(host: host, port: port, options: options)
      } catch {
        logger.error("profiles are not served", metadata: ["reason": "\(error)"])
        try? await gracefulShutdown()
        return
      }
      var metadata: Logger.Metadata = ["url": "\(server.url)"]
      // One that was made has to be told somewhere; one that was given is known.
      if let token = server.token, options.token == nil { metadata["token"] = "\(token)" }
      logger.info("profiles are served", metadata: metadata)
      try? await gracefulShutdown()
      server.stop()
    }
  }
#endif
