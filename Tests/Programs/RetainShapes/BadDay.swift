import Platform

/// What may stand in a scan's way.
enum BadDay: String {
  /// A thread that blocks the signal and runs.
  case stubborn = "--stubborn"
  /// A thread that blocks the signal and sleeps in the kernel.
  case blocked = "--blocked"
  /// Threads that block the signal, sleep and wake without pause, and move what they have when they do.
  case waking = "--waking"
  /// A program that has its own handler for the signal.
  case ownHandler = "--own-handler"
  /// The kernel does not let the program read its own memory by a call, as in some containers.
  case noReading = "--no-reading"
  /// Nobody armed the detector.
  case unarmed = "--unarmed"

  func begin() {
    switch self {
    case .stubborn: Self.start { while true {} }
    case .blocked:
      Self.start { while true { pause() } }
      onAnotherThread { Straggler.leave() }
    case .waking:
      for _ in 0..<3 { Self.start { Wanderer.wander() } }
    case .ownHandler: signal(SIGPROF) { _ in }
    case .noReading: denyReading()
    case .unarmed: break
    }
  }

  /// The number of `process_vm_readv`.
  #if arch(arm64)
    private static let readsMemory: UInt32 = 270
  #else
    private static let readsMemory: UInt32 = 310
  #endif

  /// Has the kernel refuse `process_vm_readv` from now on, with EPERM, and allow all else.
  private func denyReading() {
    typealias Control = @convention(c) (CInt, UInt, UnsafeRawPointer?, UInt, UInt) -> CInt
    guard let symbol = dlsym(nil, "prctl") else { return }
    let control = unsafeBitCast(symbol, to: Control.self)
    // Of sock_filter: code, jumps if true and if not, value. Source: linux/filter.h, linux/seccomp.h.
    let steps: [(UInt16, UInt8, UInt8, UInt32)] = [
      (0x20, 0, 0, 0), (0x15, 0, 1, Self.readsMemory), (0x06, 0, 0, 0x0005_0001), (0x06, 0, 0, 0x7fff_0000),
    ]
    steps.withUnsafeBytes { steps in
      var filter = (UInt64(4), UInt(bitPattern: steps.baseAddress))
      // That no program run later has more rights, which the kernel asks for; then the filter.
      let refused = control(38, 1, nil, 0, 0) != 0 || control(22, 2, &filter, 0, 0) != 0
      print(refused ? "no filter" : "filtered")
    }
  }

  /// Runs on a thread with SIGPROF blocked; comes back when that is so.
  private static func start(_ body: @escaping () -> Void) {
    tasksOnTheWay.add(1, ordering: .relaxed)
    var thread = pthread_t()
    let argument = Unmanaged.passRetained(Body(body)).toOpaque()
    pthread_create(
      &thread, nil,
      { argument -> UnsafeMutableRawPointer? in
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPROF)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        tasksOnTheWay.subtract(1, ordering: .relaxed)
        if let argument { Unmanaged<Body>.fromOpaque(argument).takeUnretainedValue().run() }
        return nil
      }, argument)
    while tasksOnTheWay.load(ordering: .relaxed) > 0 { sched_yield() }
  }

  private final class Body {
    let run: () -> Void
    init(_ run: @escaping () -> Void) { self.run = run }
  }
}

/// Objects that are handed from one place to the next, each time by a thread that has just woken.
final class Wanderer {
  var next: Wanderer?

  static func wander() {
    // Nothing but the list itself leads to these. While one is moved only a register has it.
    var list: [Wanderer] = (0..<100).map { _ in Wanderer() }
    while true {
      usleep(100)
      for index in list.indices {
        let fresh = Wanderer()
        fresh.next = list[index].next == nil ? list[index] : nil
        list[index] = fresh
      }
    }
  }
}

/// A leaked object whose address is left on the stack of a thread that has ended.
final class Straggler {
  var me: Straggler?

  @inline(never)
  static func leave() {
    let straggler = escaping(Straggler())
    straggler.me = straggler
    withUnsafeTemporaryAllocation(of: UInt.self, capacity: 64) { words in
      words.initialize(repeating: UInt(bitPattern: ObjectIdentifier(straggler)))
      _ = escaping(UnsafeMutableRawPointer(words.baseAddress))
    }
  }
}
