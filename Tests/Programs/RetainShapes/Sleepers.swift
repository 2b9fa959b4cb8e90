import Platform
import Synchronization

/// Threads that sleep for an hour or for ever, each in another call of the kernel.
enum Sleepers {
  private static let woken = Atomic<Int>(0)
  private static let on = Atomic<Int>(0)

  private static let sleeps: [@Sendable () -> Void] = [
    { Platform.sleep(3600) },
    { usleep(3_600_000_000) },
    {
      var hour = timespec(tv_sec: 3600, tv_nsec: 0)
      nanosleep(&hour, nil)
    },
    {
      var hour = timespec(tv_sec: 3600, tv_nsec: 0)
      var rest = timespec()
      nanosleep(&hour, &rest)
    },
    {
      var then = timespec()
      clock_gettime(CLOCK_MONOTONIC, &then)
      then.tv_sec += 3600
      clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &then, nil)
    },
    { poll(nil, 0, -1) },
    {
      var hour = timeval(tv_sec: 3600, tv_usec: 0)
      select(0, nil, nil, nil, &hour)
    },
    {
      var hour = timespec(tv_sec: 3600, tv_nsec: 0)
      let ppoll = function("ppoll", as: (@convention(c) (Int, Int, UnsafePointer<timespec>, Int) -> CInt).self)
      _ = ppoll(0, 0, &hour, 0)
    },
    {
      let create = function("epoll_create1", as: (@convention(c) (CInt) -> CInt).self)
      let wait = function("epoll_wait", as: (@convention(c) (CInt, UnsafeMutableRawPointer, CInt, CInt) -> CInt).self)
      var event: (UInt64, UInt64) = (0, 0)
      _ = wait(create(0), &event, 1, -1)
    },
    {
      var signals = sigset_t()
      sigemptyset(&signals)
      sigaddset(&signals, SIGUSR2)
      sigwaitinfo(&signals, nil)
    },
  ]

  /// One that Swift's Glibc module leaves out.
  private static func function<F>(_ name: String, as type: F.Type) -> F { unsafeBitCast(dlsym(nil, name), to: type) }

  /// Puts all of them to sleep.
  static func start() {
    for index in sleeps.indices {
      var thread = pthread_t()
      pthread_create(
        &thread, nil,
        { argument in
          Sleepers.sleep(Int(bitPattern: argument) - 1)
          return nil
        }, UnsafeMutableRawPointer(bitPattern: index + 1))
    }
    while on.load(ordering: .relaxed) < sleeps.count { sched_yield() }
    settle()
  }

  private static func sleep(_ index: Int) {
    on.add(1, ordering: .relaxed)
    sleeps[index]()
    woken.add(1, ordering: .relaxed)
  }

  /// How many woke, after a while in which those who were about to had time to.
  static func awake() -> Int {
    usleep(50_000)
    settle()
    return woken.load(ordering: .relaxed)
  }
}
