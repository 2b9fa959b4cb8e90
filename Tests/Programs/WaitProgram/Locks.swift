import Foundation
import Platform
import Synchronization

/// Something that lets one thread at a time do its work.
protocol Lock: Sendable {
  func locked(_ body: () -> Void)
}

/// Every kind of lock, by the word in a scenario's name.
let locks: [String: @Sendable () -> any Lock] = [
  "mutex": { SwiftMutex() }, "nslock": { FoundationLock(NSLock()) },
  "nsrecursive": { FoundationLock(NSRecursiveLock()) }, "pthread": { PosixMutex() }, "rwlock": { Rwlock() },
  "queue": { SerialQueue() },
]

final class SwiftMutex: Lock {
  private let mutex = Mutex(0)
  func locked(_ body: () -> Void) { mutex.withLock { _ in body() } }
}

struct FoundationLock: Lock, @unchecked Sendable {
  private let lock: any NSLocking
  init(_ lock: any NSLocking) { self.lock = lock }
  func locked(_ body: () -> Void) {
    lock.lock()
    body()
    lock.unlock()
  }
}

final class PosixMutex: Lock, @unchecked Sendable {
  let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  init() { pthread_mutex_init(mutex, nil) }
  func locked(_ body: () -> Void) {
    pthread_mutex_lock(mutex)
    body()
    pthread_mutex_unlock(mutex)
  }
}

final class Rwlock: Lock, @unchecked Sendable {
  let lock = UnsafeMutablePointer<pthread_rwlock_t>.allocate(capacity: 1)
  init() { pthread_rwlock_init(lock, nil) }
  func locked(_ body: () -> Void) {
    pthread_rwlock_wrlock(lock)
    body()
    pthread_rwlock_unlock(lock)
  }
  func reading(_ body: () -> Void) {
    pthread_rwlock_rdlock(lock)
    body()
    pthread_rwlock_unlock(lock)
  }
}

final class SerialQueue: Lock {
  let queue = DispatchQueue(label: "turns")
  func locked(_ body: () -> Void) { queue.sync(execute: body) }
}

/// Threads that run until all have ended.
final class Threads {
  private final class Work: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
  private var threads: [pthread_t] = []

  func start(_ body: @escaping @Sendable () -> Void) {
    var thread = pthread_t()
    let code = pthread_create(
      &thread, nil,
      { work in
        if let work { Unmanaged<Work>.fromOpaque(work).takeRetainedValue().body() }
        return nil
      }, Unmanaged.passRetained(Work(body)).toOpaque())
    precondition(code == 0)
    threads.append(thread)
  }

  func join() {
    for thread in threads { pthread_join(thread, nil) }
    threads = []
  }
}
