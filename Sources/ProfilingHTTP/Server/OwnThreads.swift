import CProfiler
import Platform

/// Threads of the server's own: in no profile, and none of the program's pool.
enum OwnThreads {
  /// Runs `body` on a new one; false if there is none to be had. What it allocates is not the program's.
  static func start(_ body: @escaping @Sendable () -> Void) -> Bool {
    lab_heap_ignore_begin()
    defer { lab_heap_ignore_end() }
    let job = Unmanaged.passRetained(Job(body))
    if lab_thread_detach_own(run, job.toOpaque()) == 0 { return true }
    // Where there is no profiler, its threads are like others.
    if lab_engine_is_present() == 0, startPlain(job.toOpaque()) { return true }
    job.release()
    return false
  }

  private static let run: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { argument in
    lab_heap_ignore_begin()
    if let argument { Unmanaged<Job>.fromOpaque(argument).takeRetainedValue().body() }
    lab_heap_ignore_end()
    lab_program_leave()
    return nil
  }

  private static func startPlain(_ argument: UnsafeMutableRawPointer) -> Bool {
    #if canImport(Glibc)
      var thread = pthread_t()
    #else
      var thread: pthread_t?
    #endif
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    defer { pthread_attr_destroy(&attributes) }
    return pthread_create(
      &thread, &attributes,
      { argument in
        let argument: UnsafeMutableRawPointer? = argument
        return OwnThreads.run(argument)
      }, argument) == 0
  }

  private final class Job: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
}
