import CProfiler
import Pprof

/// A capture of the CPU time that is under way. Any number may overlap: they share the one sampler of the process, and each
/// has a window of its own.
package final class CPUCapture: Sendable {
  private let owner: SessionOwner

  /// Begins one.
  /// - Parameter hertz: Samples a second of CPU time; nil: as many as are taken already, or 100.
  /// - Throws: `ProfilingError.otherRate` if the sampler runs at another rate, or what it refuses.
  package init(hertz: Int?) throws(ProfilingError) {
    if let hertz, !SamplingRate.accepted.contains(hertz) { throw .rateOutOfRange(hertz: hertz) }
    let owner = CPUSampler.sessions.newRecording()
    try CPUSampler.sessions.begin(owner, .hertz(hertz ?? Self.running ?? 100))
    if let hertz, let running = Self.running, running != hertz {
      try? CPUSampler.sessions.end(owner) { _ in }
      throw .otherRate(hertz: running)
    }
    self.owner = owner
  }

  /// The rate of the sampler, if it runs.
  private static var running: Int? {
    guard lab_cpu_recording() != 0 else { return nil }
    return Int(lab_cpu_rate())
  }

  /// Ends it, and names what was recorded.
  /// - Throws: `ProfilingError.notRunning` if it has ended.
  package func end() throws(ProfilingError) -> Profile {
    lab_heap_ignore_begin()
    defer { lab_heap_ignore_end() }
    return cpuProfile(try CPUSampler.end(owner))
  }

  deinit { try? CPUSampler.sessions.end(owner) { _ in } }
}
