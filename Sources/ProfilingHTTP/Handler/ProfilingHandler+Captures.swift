import ExecutionTrace
import HTTPMessages
import Pprof
import Profiling
import Synchronization

/// What is recorded while it is asked for.
extension ProfilingHandler {
  /// CPU time, for whole seconds. Overlapping captures share the sampler.
  func cpu(_ request: ProfilingRequest) -> Reply {
    let seconds = request.query["seconds"].flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil } ?? 30
    guard let duration = duration(Double(seconds)) else { return tooLong() }
    var rate: Int?
    if let asked = request.query["rate"] {
      guard let hertz = Int(asked) else { return .at(once: .error(400, "rate is to be a number of samples a second")) }
      rate = hertz
    }
    let capture: CPUCapture
    do { capture = try CPUCapture(hertz: rate) } catch {
      if case ProfilingError.rateOutOfRange = error { return .at(once: .error(400, "\(error)")) }
      return .at(once: .error(500, "Could not enable CPU profiling: \(error)"))
    }
    return Reply(after: duration) { [self] in
      do {
        return .file(try told(capture.end()).encoded(compressed: true), name: "profile")
      } catch { return .error(500, "Could not write the profile: \(error)") }
    }
  }

  /// What happens, for seconds and parts of them. There is but one at a time.
  func trace(_ request: ProfilingRequest) -> Reply {
    guard options.tellsLabels else { return .at(once: .error(403, "Labels are not told here, and a trace has them.")) }
    let asked = request.query["seconds"].flatMap { Double($0) }.flatMap { $0 > 0 && $0.isFinite ? $0 : nil } ?? 1
    guard let duration = duration(asked) else { return tooLong() }
    let capture: TraceCapture
    do { capture = try TraceCapture() } catch { return .at(once: .error(500, "Could not enable tracing: \(error)")) }
    return Reply(after: duration) {
      do {
        return .file(try capture.end(), name: "trace")
      } catch { return .error(500, "Could not write the trace: \(error)") }
    }
  }

  /// Nil if it is longer than captures may be.
  func duration(_ seconds: Double) -> Duration? {
    let longest = Double(options.longestCapture.components.seconds)
    return seconds <= longest ? .nanoseconds(Int64(seconds * 1e9)) : nil
  }

  func tooLong() -> Reply {
    let longest = options.longestCapture.components.seconds
    return .at(once: .error(400, "profile duration exceeds what this server allows, \(longest) s"))
  }
}

/// A trace that is being recorded; given up if nobody ends it.
private final class TraceCapture: Sendable {
  private let isOver = Mutex(false)

  init() throws { try Trace.start() }

  func end() throws -> [UInt8] {
    isOver.withLock { $0 = true }
    return try Trace.stop().bytes(forFile: "trace")
  }

  deinit {
    if !isOver.withLock({ $0 }) { _ = try? Trace.stop() }
  }
}
