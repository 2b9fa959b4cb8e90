import CProfiler

/// The sessions of one engine: who keeps it running, and what part each has of what it records.
///
/// Whoever comes first starts it, at the rate asked for; whoever comes later shares it. It stops with the last, so that
/// nobody ends or pauses what another began. Any number may overlap.
final class Sessions<E: Engine>: Sendable {
  private struct State {
    /// The run that the sessions are of.
    var run = 0
    var parts: [SessionOwner: E.Part] = [:]
    /// The only session, whose pause is the engine's: its part stays open, for nothing is recorded.
    var suspended: SessionOwner?
    var recordings = 0

    /// Looks at what happened without us: the environment began a run before the program did anything, or a fork ended one.
    mutating func refresh() {
      let now = E.run
      guard now != run else { return }
      run = now
      suspended = nil
      parts = now == 0 ? [:] : [.environment: E.partOfEnvironment()]
    }
  }

  private let state = SessionState(State())

  /// What this allocates is the profiler's own.
  private func withState<Result, Failure: Error>(
    _ body: (inout State) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    lab_heap_ignore_begin()
    defer { lab_heap_ignore_end() }
    return try state.withLock { (state) throws(Failure) in
      state.refresh()
      return try body(&state)
    }
  }

  /// An owner that nobody else is.
  func newRecording() -> SessionOwner {
    withState { state in
      state.recordings += 1
      return .recording(state.recordings)
    }
  }

  /// Begins a session; starts the engine if it does not run.
  /// - Throws: `ProfilingError.alreadyRunning` if the owner has one, `.unsupportedPlatform`, or what the engine refuses.
  func begin(_ owner: SessionOwner, _ request: E.Request) throws(ProfilingError) {
    guard CHalf.isPresent else { throw .unsupportedPlatform }
    try withState { (state) throws(ProfilingError) in
      guard state.parts[owner] == nil else { throw .alreadyRunning(E.profiler) }
      if let part = try E.start(request) {
        state.run = E.run
        state.parts = [owner: part]
        return
      }
      state.refresh()
      var joined: Result<E.Part, ProfilingError> = .failure(.notRunning(E.profiler))
      let isRunning = E.hold {
        do throws(ProfilingError) {
          joined = .success(try E.join(request, environmentRuns: state.parts[.environment] != nil))
        } catch { joined = .failure(error) }
        if let suspended = state.suspended { state.parts[suspended]?.close() }
      }
      if isRunning, state.suspended != nil {
        state.suspended = nil
        E.wake()
      }
      state.parts[owner] = try joined.get()
    }
  }

  /// Ends a session and stops the engine if nobody else needs it. `read` gets the part when it has ended, and the engine's
  /// tables stay as they are meanwhile.
  /// - Throws: `ProfilingError.notRunning` if the owner has no session.
  func end<Result>(_ owner: SessionOwner, _ read: (E.Part) -> Result) throws(ProfilingError) -> Result {
    try withState { (state) throws(ProfilingError) in
      guard var part = state.parts.removeValue(forKey: owner) else { throw .notRunning(E.profiler) }
      var result: Result?
      func finish() {
        part.close()
        result = read(part)
      }
      if state.parts.isEmpty {
        E.stop()
        state.run = E.run
        state.suspended = nil
        finish()
      } else if E.hold(finish) {
        E.left(by: part, others: Array(state.parts.values))
      }
      guard let result else { throw .notRunning(E.profiler) }
      return result
    }
  }

  /// Takes a look at a session that goes on. `read` gets its part as if it ended now, and the engine's tables stay as they
  /// are meanwhile.
  /// - Throws: `ProfilingError.notRunning` if the owner has no session.
  func look<Result>(_ owner: SessionOwner, _ read: (E.Part) -> Result) throws(ProfilingError) -> Result {
    try withState { (state) throws(ProfilingError) in
      guard var part = state.parts[owner] else { throw .notRunning(E.profiler) }
      var result: Result?
      let isHeld = E.hold {
        part.close()
        result = read(part)
      }
      guard isHeld, let result else { throw .notRunning(E.profiler) }
      return result
    }
  }

  /// Leaves out what is recorded from now on, for that session alone. Does nothing if there is none.
  func pause(_ owner: SessionOwner) {
    withState { state in
      guard state.suspended == nil, state.parts[owner]?.isOpen == true else { return }
      if state.parts.count == 1, E.suspend() {
        state.suspended = owner
      } else {
        _ = E.hold { state.parts[owner]?.close() }
      }
    }
  }

  /// Goes on after `pause`.
  func resume(_ owner: SessionOwner) {
    withState { state in
      guard state.parts[owner] != nil else { return }
      if state.suspended != nil {
        state.suspended = nil
        E.wake()
      } else {
        _ = E.hold { state.parts[owner]?.open() }
      }
    }
  }

  /// Looks at a session, which cannot end meanwhile; nil if the owner has none.
  func with<Result>(_ owner: SessionOwner, _ body: (E.Part) -> Result) -> Result? {
    withState { state in state.parts[owner].map(body) }
  }
}
