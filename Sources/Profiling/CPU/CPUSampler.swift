import CProfiler

/// The one sampler of the process, shared by all who record CPU time.
///
/// Whoever comes first starts it: the environment, if that asks for a profile of the whole run. Whoever comes later gets a
/// window of what it records. It stops with the last of them, so that nobody can end what another began.
enum CPUSampler {
  struct State {
    /// Windows of the recording under way that have not ended.
    var windows = 0
    /// Whether the windows keep the sampler running, and not the environment.
    var isOurs = false
    /// What the program began by `CPUProfiler.start`.
    var session: CPUWindow?
    /// Whether the session pauses because the timers are off.
    var timersAreOff = false
    /// What the window that ended last had counted.
    var last: lab_cpu_statistics?
  }

  static let state = SessionState(State())

  /// What was recorded, ready to be named.
  struct Recorded {
    var samples: [CPUSample]
    var statistics: CPUStatistics
  }

  /// Opens a window; starts the sampler if it does not run.
  static func begin(_ rate: SamplingRate, in state: inout State) throws(ProfilingError) -> CPUWindow {
    let error = lab_cpu_start(Int32(rate.hertz))
    if error == LAB_CPU_OK {
      // Those of a recording that a fork ended, in the parent's name.
      state = State(windows: 1, isOurs: true, last: state.last)
      return CPUWindow(recording: lab_cpu_recording(), asked: rate)
    }
    guard error == LAB_CPU_ALREADY_RUNNING else { throw ProfilingError(error) }
    let recording = lab_cpu_hold()
    guard recording != 0 else { throw .notRunning }
    if state.timersAreOff { state.session?.close() }
    var window = CPUWindow(recording: recording, asked: rate)
    window.startNow()
    lab_cpu_release()
    if state.timersAreOff { lab_cpu_resume() }
    state.timersAreOff = false
    state.windows += 1
    return window
  }

  /// Ends a window; stops the sampler if nobody else needs it.
  static func end(_ window: consuming CPUWindow, in state: inout State) throws(ProfilingError) -> Recorded {
    guard lab_cpu_recording() == window.recording else { throw .notRunning }
    state.windows -= 1
    let stops = state.isOurs && state.windows == 0
    if stops {
      lab_cpu_stop()
      state.timersAreOff = false
    } else {
      lab_cpu_hold()
    }
    window.close()
    let samples = window.samples
    let statistics = window.statistics
    if !stops { lab_cpu_release() }
    state.last = statistics
    return Recorded(samples: samples, statistics: CPUStatistics(statistics, lab_unwind_statistics()))
  }

  /// Everything since the environment began to record, at its end; windows that are still open stay so. Nil if nothing
  /// is recorded any more.
  static func endEnvironment() -> Recorded? {
    state.withLock { state in
      guard lab_cpu_recording() != 0, !state.isOurs else { return nil }
      state.isOurs = true
      let stops = state.windows == 0
      if stops { lab_cpu_stop() } else { lab_cpu_hold() }
      let samples = CPUSample.all()
      let statistics: lab_cpu_statistics = lab_cpu_statistics()
      if !stops { lab_cpu_release() }
      return Recorded(samples: samples, statistics: CPUStatistics(statistics, lab_unwind_statistics()))
    }
  }

  /// Pauses the program's session, and nobody else's.
  static func pause() {
    state.withLock { state in
      guard let window = current(&state), window.isOpen, !state.timersAreOff else { return }
      if state.isOurs && state.windows == 1 {
        // Cheap, and what the kernel owes goes on with the next sample.
        lab_cpu_pause()
        state.timersAreOff = true
      } else if lab_cpu_hold() != 0 {
        state.session?.close()
        lab_cpu_release()
      }
    }
  }

  /// Goes on after `pause`.
  static func resume() {
    state.withLock { state in
      guard current(&state) != nil else { return }
      if state.timersAreOff {
        lab_cpu_resume()
        state.timersAreOff = false
      } else if lab_cpu_hold() != 0 {
        state.session?.open()
        lab_cpu_release()
      }
    }
  }

  /// The program's session, if its recording is still under way.
  static func current(_ state: inout State) -> CPUWindow? {
    if let session = state.session, session.recording != lab_cpu_recording() { state.session = nil }
    return state.session
  }
}
