import CProfiler
import HTTPMessages
import Platform
import Profiling
import Synchronization

/// Serves profiles of the program that it is in, at `http://127.0.0.1:6060/debug/pprof/`.
///
///     try DebugServer.start()
///
/// Whatever reads the profiles of a Go program reads these: `go tool pprof`, Pyroscope with Alloy, Parca; and Prometheus
/// `/metrics`. The server has threads of its own, which are in no profile, and answers when every thread of the program's
/// pool is blocked. It listens for this machine alone unless it is told another address; then a token is needed. The child
/// of a fork does not serve.
///
/// Without a word in the program `LAB_HTTP=127.0.0.1:6060` does the same for whatever links this library, and `lab record
/// --http` for programs that do not.
public final class DebugServer: Sendable {
  /// What is served, to whom, and with how much of the machine.
  public struct Options: Sendable, Hashable {
    /// What is recorded from the start on, so that it can be asked for.
    public var rates = ServedRates()
    /// What is told.
    public var handler = ProfilingHandler.Options()
    /// Names by which the server may be called beside `localhost` and its own addresses, such as that of a service in a
    /// container, without the port.
    public var allowedHosts: Set<String> = []
    /// What clients have to bring, as `Authorization: Bearer TOKEN` or as a password. Where other machines reach the server
    /// and none is given, one is made.
    public var token: String?
    /// What its clients get at most.
    public var limits = DebugServerLimits()

    /// What suits a program of which somebody on the same machine may ask for profiles.
    public init() {}
  }

  /// The address that it listens on, in digits.
  public let host: String
  /// The port, also if any free one was asked for.
  public let port: Int
  /// What clients have to bring; nil: nothing.
  public let token: String?

  private let loop: ServerLoop
  private let hasArmed: Bool

  /// Begins to serve, and to record what can be asked for.
  /// - Parameters:
  ///   - host: An address of this machine in digits, or `localhost`; `0.0.0.0` and `::` are all of its addresses.
  ///   - port: 0 for any that is free.
  /// - Throws: `DebugServerError`, or `ProfilingError` if what was asked for expressly cannot be recorded.
  @discardableResult
  public static func start(
    host: String = "127.0.0.1", port: Int = 6060, options: Options = Options()
  ) throws -> DebugServer {
    try HeapProfiler.withoutRecording {
      let address = try ListenAddress(host: host, port: port)
      try ProfilingHandler.arm(options.rates)
      do { return try DebugServer(address, options, hasArmed: true) } catch {
        ProfilingHandler.disarm()
        throw error
      }
    }
  }

  /// - Parameter begin: What answers; nil: a handler of profiles.
  init(
    _ address: ListenAddress, _ options: Options, hasArmed: Bool, answering begin: ServerLoop.Begin? = nil
  ) throws(DebugServerError) {
    let token = options.token.map { SecretToken($0) } ?? (address.isLoopback ? nil : SecretToken())
    let policy = ServingPolicy(address: address, allowed: options.allowedHosts, token: token)
    let handler = ProfilingHandler(options: options.handler)
    let loop = ServerLoop(
      policy: policy, limits: options.limits, begin: begin ?? { handler.begin($0, headers: $1) })
    port = try Self.run(loop, on: address)
    host = address.host
    self.token = token?.text
    self.loop = loop
    self.hasArmed = hasArmed
  }

  /// Has the loop run on a thread, and waits until it listens.
  private static func run(_ loop: ServerLoop, on address: ListenAddress) throws(DebugServerError) -> Int {
    let listening = Answer()
    let isStarted = OwnThreads.start {
      do throws(DebugServerError) {
        listening.give(.success(try loop.listen(on: address)))
      } catch { return listening.give(.failure(error)) }
      loop.run()
    }
    guard isStarted else { throw .system("there is no thread to be had") }
    return try listening.wait().get()
  }

  /// Where the profiles are.
  public var url: String {
    let authority = host.contains(":") ? "[\(host)]" : host
    return "http://\(authority):\(port)\(ProfilingHandler.root)"
  }

  /// Ends: closes all connections, and records no more for it.
  public func stop() {
    loop.stop()
    if hasArmed { ProfilingHandler.disarm() }
  }
}

/// What one thread waits for from another, without the pool's help.
private final class Answer: @unchecked Sendable {
  private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let bell = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var answer: Result<Int, DebugServerError>?

  init() {
    pthread_mutex_init(lock, nil)
    pthread_cond_init(bell, nil)
  }

  deinit {
    pthread_cond_destroy(bell)
    pthread_mutex_destroy(lock)
    bell.deallocate()
    lock.deallocate()
  }

  func give(_ answer: Result<Int, DebugServerError>) {
    pthread_mutex_lock(lock)
    self.answer = answer
    pthread_cond_signal(bell)
    pthread_mutex_unlock(lock)
  }

  func wait() -> Result<Int, DebugServerError> {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    while true {
      if let answer { return answer }
      pthread_cond_wait(bell, lock)
    }
  }
}
