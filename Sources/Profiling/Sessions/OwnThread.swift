import CProfiler
import Platform

/// Runs `body` on a thread of its own, so that no thread of the cooperative pool stands still for what takes long: naming
/// a profile, scanning memory. Where the system gives no thread it runs here.
package func onOwnThread<Value: Sendable, Failure: Error>(
  _ body: @escaping @Sendable () throws(Failure) -> Value
) async throws(Failure) -> Value {
  let result = await withCheckedContinuation { (continuation: CheckedContinuation<Result<Value, Failure>, Never>) in
    let job = Unmanaged.passRetained(
      Job {
        do throws(Failure) {
          continuation.resume(returning: .success(try body()))
        } catch {
          continuation.resume(returning: .failure(error))
        }
      })
    // Not all C libraries take the same for what may be missing.
    #if canImport(Glibc)
      var thread = pthread_t()
    #else
      var thread: pthread_t?
    #endif
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    // Not the program's: what it costs to make it is left out, and so is that it was made.
    lab_heap_ignore_begin()
    let status = pthread_create(
      &thread, &attributes,
      { argument in
        let argument: UnsafeMutableRawPointer? = argument
        if let argument { Unmanaged<Job>.fromOpaque(argument).takeRetainedValue().run() }
        return nil
      }, job.toOpaque())
    lab_heap_ignore_end()
    pthread_attr_destroy(&attributes)
    if status != 0 { job.takeRetainedValue().run() }
  }
  return try result.get()
}

/// What a thread is to do, as an object that a C function can be given.
private final class Job: Sendable {
  let run: @Sendable () -> Void
  init(run: @escaping @Sendable () -> Void) { self.run = run }
}
