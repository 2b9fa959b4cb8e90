import HTTPMessages
import Profiling
import Synchronization

/// Answers requests for profiles of the program that it is in, whatever server they came to.
///
///     let handler = ProfilingHandler()
///     let response = await handler.response(to: ProfilingRequest(path: "/debug/pprof/heap"))
///
/// It has the addresses of Go's `net/http/pprof`, so that `go tool pprof`, Pyroscope, Parca and whatever else reads those
/// reads these; and `/metrics` in Prometheus' text. What is recorded for it is what `arm` or the environment has begun;
/// without that profiles are valid and empty, but those of the CPU time and traces, which are recorded while they are asked
/// for. It looks at nothing but the request: who may ask is for the server to say.
public final class ProfilingHandler: Sendable {
  /// What is told, and for how long.
  public struct Options: Sendable, Hashable {
    /// Whether the program's arguments are told, in which there may be secrets.
    public var tellsCommandLine = true
    /// Whether the program's own labels are told, in which there may be secrets; without them no traces are.
    public var tellsLabels = true
    /// How long a capture may take at most.
    public var longestCapture = Duration.seconds(3600)

    /// All is told.
    public init() {}
  }

  /// What is to be done for an answer, in two steps.
  public struct Reply: Sendable {
    /// How long to wait between them; zero: not at all.
    public let delay: Duration
    /// Makes the answer. To be called once, where it may take up to a second. Who does not call it gives up what was begun.
    public let make: @Sendable () -> ProfilingResponse

    init(after delay: Duration = .zero, _ make: @escaping @Sendable () -> ProfilingResponse) {
      self.delay = delay
      self.make = make
    }

    static func at(once response: ProfilingResponse) -> Reply { Reply { response } }
  }

  /// What it tells.
  public let options: Options

  let deltas = DeltaProfiles()

  /// A handler of its own; those that send only what has changed since they were asked last count for each handler.
  public init(options: Options = Options()) { self.options = options }

  /// Begins to record what is served at these rates, unless the environment has. Custom profiles need nothing.
  /// - Throws: `ProfilingError` of what cannot be recorded.
  public static func arm(_ rates: ServedRates = ServedRates()) throws { try ServedSessions.arm(rates) }

  /// Ends what `arm` began.
  public static func disarm() { ServedSessions.disarm() }

  /// Where the profiles are.
  public static let root = "/debug/pprof/"

  /// Answers a request, which takes as long as what is asked for is recorded; if the task is cancelled meanwhile, no longer.
  /// What takes long otherwise is done on a thread of its own.
  public func response(to request: ProfilingRequest, headers: [ProfilingHeader] = []) async -> ProfilingResponse {
    let reply = await onOwnThread { self.begin(request, headers: headers) }
    if reply.delay > .zero {
      do { try await Task.sleep(for: reply.delay) } catch { return .error(503, "The request was given up.") }
    }
    return await onOwnThread { reply.make() }
  }

  /// Begins what a request asks for, for a server that does not wait by `await`. Takes up to a second: a capture begins, or
  /// a first look is taken, with which the second is compared.
  public func begin(_ request: ProfilingRequest, headers: [ProfilingHeader] = []) -> Reply {
    HeapProfiler.withoutRecording { route(request, headers) }
  }

  private func route(_ request: ProfilingRequest, _ headers: [ProfilingHeader]) -> Reply {
    switch request.path {
    case "/", "/debug/pprof": return .at(once: .redirect(to: Self.root))
    case "/metrics": return Reply { .text(metrics(.now), type: "text/plain; version=0.0.4; charset=utf-8") }
    default: break
    }
    guard request.path.hasPrefix(Self.root) else { return .at(once: .error(404, "404 page not found")) }
    let name = String(request.path.dropFirst(Self.root.count))
    if request.method == .post, name != "symbol" {
      return .at(once: .error(405, "Only symbol is asked by POST."))
    }
    switch name {
    case "": return Reply { .text(indexPage(), type: "text/html; charset=utf-8") }
    case "cmdline": return .at(once: commandLine())
    case "symbol": return Reply { [self] in symbols(request) }
    case "profile": return cpu(request)
    case "trace": return trace(request)
    case "leaks": return Reply { [self] in leaks(request, headers) }
    default: break
    }
    guard let look = ServedLook.named(name) else { return .at(once: .error(404, "Unknown profile")) }
    return self.look(look, request)
  }
}
