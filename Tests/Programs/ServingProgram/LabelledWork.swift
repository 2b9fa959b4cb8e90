import Platform
import Profiling
import Synchronization

/// What each kind of profile is of, done with the labels by which tracing and profiles find each other; and a thread without
/// them, that wants the same lock.
enum LabelledWork {
  private static let labels = ["trace_id": "4bf92f35", "span_id": "00f067aa", "profile_id": "00f067ab"]
  private static let lock = Mutex(0)
  private static let pages = Mutex<[[UInt8]]>([])

  /// Goes on for ever.
  static func run() throws {
    let requests = try CustomProfile("requests")
    makeThread { while true { LabelledWork.lock.withLock { $0 += 1 } } }
    try withLabels(labels) {
      makeThread { while true { sleep(3600) } }
      makeTasks()
      try admit(requests)
    }
    var number = 0
    while true {
      withLabels(labels) {
        number = Program.compute(number)
        keepPage(number)
        holdLock()
        pause()
      }
    }
  }

  @inline(never) private static func makeThread(_ body: @escaping @convention(thin) () -> Void) {
    var thread = pthread_t()
    let job = UnsafeMutablePointer<@convention(thin) () -> Void>.allocate(capacity: 1)
    job.initialize(to: body)
    pthread_create(
      &thread, nil,
      { argument in
        argument?.assumingMemoryBound(to: (@convention(thin) () -> Void).self).pointee()
        return nil
      }, job)
  }

  @inline(never) private static func makeTasks() {
    for _ in 0..<3 { Task { await Program.waitForEver() } }
  }

  @inline(never) private static func admit(_ requests: CustomProfile) throws {
    for number in 0..<3 { try requests.add(number) }
  }

  @inline(never) private static func keepPage(_ number: Int) {
    pages.withLock { pages in
      if pages.count > 100 { pages.removeFirst(50) }
      pages.append([UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 20_000))
    }
  }

  @inline(never) private static func holdLock() {
    lock.withLock { number in
      usleep(1_000)
      number += 1
    }
  }

  @inline(never) private static func pause() { usleep(500) }
}
