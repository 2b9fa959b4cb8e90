import CProfiler

/// The sessions by which a program is recorded for whoever may ask for a profile while it runs.
///
/// Where the environment has begun something before the program did, that is what is shown, for it knows more.
package enum ServedSessions {
  /// Begins what is not recorded for the environment already.
  /// - Throws: `ProfilingError` of the first that cannot be recorded, unless it is one of the usual: their profiles are then
  ///   empty, and threads can be told of without tasks.
  package static func arm(_ rates: ServedRates) throws(ProfilingError) {
    guard CHalf.isPresent else { throw .unsupportedPlatform }
    if rates.leaks || rates.taskLeaks {
      try begin(HeapEngine.sessions, .everyBlock)
    } else if let heap = rates.heap {
      try? begin(HeapEngine.sessions, .samples(rate: heap))
    }
    if rates.threadCreation { try? begin(ThreadCreationEngine.sessions, ()) }
    if rates.taskLeaks {
      try begin(TaskEngine.sessions, .all)
    } else if rates.tasks {
      try? begin(TaskEngine.sessions, .all)
    }
    if let block = rates.block {
      let accepted = BlockProfiler.acceptedRates
      try begin(BlockEngine.sessions, min(max(Int(block.nanoseconds), accepted.lowerBound), accepted.upperBound))
    }
    if let mutex = rates.mutex {
      let accepted = MutexProfiler.acceptedFractions
      try begin(MutexEngine.sessions, min(max(mutex, accepted.lowerBound), accepted.upperBound))
    }
  }

  /// Ends what `arm` has begun.
  package static func disarm() {
    try? HeapEngine.sessions.end(.server) { _ in }
    try? ThreadCreationEngine.sessions.end(.server) { _ in }
    try? TaskEngine.sessions.end(.server) { _ in }
    try? BlockEngine.sessions.end(.server) { _ in }
    try? MutexEngine.sessions.end(.server) { _ in }
  }

  /// Two servers in a program share one.
  private static func begin<E>(_ sessions: Sessions<E>, _ request: E.Request) throws(ProfilingError) {
    guard sessions.owner == nil else { return }
    try sessions.begin(.server, request)
  }
}

extension Sessions {
  /// Whose session is shown to whoever asks while the program runs; nil if there is none.
  var owner: SessionOwner? { [.environment, .server].first { with($0) { _ in true } ?? false } }
}
