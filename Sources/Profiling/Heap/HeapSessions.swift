import CProfiler

/// Who keeps the heap profiler running: the environment, the program's `HeapProfiler`, its `LeakDetector`.
///
/// Whoever comes first starts it, at the rate asked for; whoever comes later shares it. It stops with the last of them,
/// so that nobody can end what another began.
enum HeapSessions {
  struct State {
    /// What the program began by `HeapProfiler.start`.
    var profiler: HeapWindow?
    /// Whether the program has armed the leak detector.
    var isArmed = false
    /// Whether it was armed already when the program did so.
    var wasArmed = false
    /// Whether blocks from before it was armed are tracked, whose memory was not cleared.
    var wasTracking = false
    /// Whether the program keeps the profiler running, and not the environment.
    var isOurs = false
  }

  private static let state = SessionState(State())

  /// What this allocates is the profiler's own.
  static func withState<Result, Failure: Error>(
    _ body: (inout State) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    lab_heap_ignore_begin()
    defer { lab_heap_ignore_end() }
    return try state.withLock(body)
  }

  static func start(rate: ByteCount) throws(HeapProfilerError) {
    guard CHalf.isPresent else { throw .unsupportedPlatform }
    try withState { (state) throws(HeapProfilerError) in
      guard state.profiler == nil else { throw .alreadyRunning }
      let status = lab_heap_start(UInt64(max(rate.bytes, 1)))
      if status == LAB_HEAP_ALREADY_RUNNING {
        state.profiler = HeapWindow(joiningAt: rate)
      } else if let error = HeapProfilerError(status) {
        throw error
      } else {
        state.profiler = HeapWindow(ofSessionAt: rate)
        state.isOurs = true
      }
    }
  }

  static func stop() {
    withState { state in
      guard state.profiler != nil else { return }
      state.profiler = nil
      lab_heap_window_switch(0)
      stopIfUnused(&state)
    }
  }

  /// All or nothing.
  static func arm() throws(LeakError) {
    guard CHalf.isPresent else { throw .unsupportedPlatform }
    try withState { (state) throws(LeakError) in
      guard !state.isArmed else { throw .cannotTrack(.alreadyRunning) }
      let status = lab_heap_start(1)
      let joins = status == LAB_HEAP_ALREADY_RUNNING
      if joins {
        let rate = lab_heap_rate()
        guard rate == 1 else {
          throw .cannotTrack(state.isOurs ? .alreadyRunning : .heldByEnvironment(rate: ByteCount(Int(rate))))
        }
      } else if let error = HeapProfilerError(status) {
        throw .cannotTrack(error)
      }
      let wasArmed = lab_heap_clears_fresh()
      guard wasArmed || lab_leaks_armed() else {
        if !joins { lab_heap_stop() }
        throw .noMaps
      }
      // Memory still holds addresses of what it was before; they would keep leaked blocks from being found.
      lab_heap_clear_fresh(true)
      state.isArmed = true
      state.wasArmed = wasArmed
      state.wasTracking = joins && !wasArmed
      if !joins { state.isOurs = true }
    }
  }

  static func disarm() {
    withState { state in
      guard state.isArmed else { return }
      state.isArmed = false
      if !state.wasArmed { lab_heap_clear_fresh(false) }
      stopIfUnused(&state)
    }
  }

  /// Ends what the environment began; the program's own goes on.
  static func endEnvironment() {
    withState { state in
      guard !state.isOurs else { return }
      state.isOurs = true
      state.wasArmed = false
      if !state.isArmed { lab_heap_clear_fresh(false) }
      stopIfUnused(&state)
    }
  }

  private static func stopIfUnused(_ state: inout State) {
    guard state.isOurs, state.profiler == nil, !state.isArmed else { return }
    state.isOurs = false
    lab_heap_stop()
  }
}
