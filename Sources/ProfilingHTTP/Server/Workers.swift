import Platform

/// A few threads that do what takes long, in the order in which it was asked for.
///
/// Made of the C library's lock and condition, since a thread of the cooperative pool may not be needed for it, nor wait.
final class Workers: @unchecked Sendable {
  private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let bell = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var jobs: [@Sendable () -> Void] = []
  private var isOver = false

  init() {
    pthread_mutex_init(lock, nil)
    pthread_cond_init(bell, nil)
  }

  deinit {
    pthread_cond_destroy(bell)
    pthread_mutex_destroy(lock)
    bell.deallocate()
    lock.deallocate()
  }

  /// Starts threads, by whoever shares its descriptors with them; whether there is one.
  func start(_ count: Int) -> Bool {
    (0..<count).reduce(false) { started, _ in OwnThreads.start { self.work() } || started }
  }

  func add(_ job: @escaping @Sendable () -> Void) {
    pthread_mutex_lock(lock)
    if !isOver { jobs.append(job) }
    pthread_cond_signal(bell)
    pthread_mutex_unlock(lock)
  }

  /// Has the threads end when they have done what they are at.
  func stop() {
    pthread_mutex_lock(lock)
    isOver = true
    jobs = []
    pthread_cond_broadcast(bell)
    pthread_mutex_unlock(lock)
  }

  private func work() {
    while let job = next() { job() }
  }

  private func next() -> (@Sendable () -> Void)? {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    while jobs.isEmpty, !isOver { pthread_cond_wait(bell, lock) }
    return isOver ? nil : jobs.removeFirst()
  }
}
