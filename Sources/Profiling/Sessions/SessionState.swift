import CProfiler

/// What is known of the sessions of a profiler, guarded by the one lock that a fork waits for.
///
/// The lock is not reentrant, and it is held for short: starting and copying, never naming.
final class SessionState<Value>: @unchecked Sendable {
  private var value: Value

  init(_ value: Value) { self.value = value }

  func withLock<Result, Failure: Error>(_ body: (inout Value) throws(Failure) -> Result) throws(Failure) -> Result {
    lab_sessions_lock()
    defer { lab_sessions_unlock() }
    return try body(&value)
  }
}
