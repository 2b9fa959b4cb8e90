import Dispatch
import Platform
import Profiling
import Synchronization

// What may befall a profiled program.

/// Forks while sampling. The child works, may profile itself, and leaves the parent's profile alone.
@Sendable func forking(_ run: Run) async throws {
  try await run.profile {
    typealias Fork = @convention(c) () -> pid_t
    guard let symbol = dlsym(nil, "fork") else { return }
    let child = unsafeBitCast(symbol, to: Fork.self)()
    if child == 0 {
      burn(50 * millisecond)
      let stopped = (try? stopHere()) == nil
      _exit(stopped ? 7 : 8)
    }
    burn(200 * millisecond)
    var status: Int32 = 0
    waitpid(child, &status, 0)
    say("child", (status >> 8) & 0xff)
  }
}

/// A signal of the profiler's that comes after it has stopped must not kill.
@Sendable func lateSignal(_ run: Run) async throws {
  for _ in 0..<50 {
    try CPUProfiler.start(rate: .hertz(1000))
    onThreads(4) { _ in burn(5 * millisecond) }
    _ = try stopHere()
    burn(5 * millisecond)
  }
  say("alive", 1)
}

/// A signal that the program sends itself when the profiler has stopped.
@Sendable func ownSignal(_ run: Run) async throws {
  try await run.profile { burn(50 * millisecond) }
  kill(getpid(), SIGPROF)
  // The kernel may give it to another thread than this one, which gets on meanwhile.
  sleep(10)
  say("alive", 1)
}

/// The program uses SIGPROF itself.
@Sendable func taken(_ run: Run) async throws {
  signal(SIGPROF) { _ in }
  do {
    try CPUProfiler.start()
    say("error", "none")
  } catch {
    say("error", error)
  }
}

/// No timer may be made.
@Sendable func noTimers(_ run: Run) async throws {
  var limit = rlimit(rlim_cur: 0, rlim_max: 0)
  setrlimit(__rlimit_resource_t(11), &limit)  // RLIMIT_SIGPENDING
  do {
    try CPUProfiler.start()
    say("error", "none")
  } catch {
    say("error", error)
  }
}

/// The list of threads cannot be read at the start, for there is no descriptor left, but later. What a thread used before
/// is not the profile's.
@Sendable func noDescriptors(_ run: Run) async throws {
  let gate = DispatchSemaphore(value: 0), ready = DispatchSemaphore(value: 0), done = DispatchSemaphore(value: 0)
  DispatchQueue.global().async {
    burn(400 * millisecond)
    ready.signal()
    gate.wait()
    burn(600 * millisecond)
    done.signal()
  }
  ready.wait()
  var limit = rlimit()
  getrlimit(__rlimit_resource_t(7), &limit)  // RLIMIT_NOFILE
  var none = rlimit(rlim_cur: 0, rlim_max: limit.rlim_max)
  setrlimit(__rlimit_resource_t(7), &none)
  try CPUProfiler.start(rate: run.rate)
  setrlimit(__rlimit_resource_t(7), &limit)
  let before = time(CLOCK_PROCESS_CPUTIME_ID)
  gate.signal()
  done.wait()
  let used = time(CLOCK_PROCESS_CPUTIME_ID) - before
  try stopHere().write(to: run.path)
  say("cpu", used)
  run.sayStatistics()
}

/// There is no memory for the tables of the first recording; there is for the second.
@Sendable func noMemory(_ run: Run) async throws {
  guard let file = fopen("/proc/self/statm", "r") else { return }
  var pages = 0
  withUnsafeMutablePointer(to: &pages) { pointer in withVaList([pointer]) { _ = vfscanf(file, "%ld", $0) } }
  fclose(file)
  let addressSpace = __rlimit_resource_t(9)  // RLIMIT_AS
  var old = rlimit()
  getrlimit(addressSpace, &old)
  for kibibytes in [0, 64, 256, 512, 768] {
    var tight = old
    tight.rlim_cur = rlim_t(pages * 4096 + kibibytes << 10)
    setrlimit(addressSpace, &tight)
    var thrown: ProfilingError?
    do { try CPUProfiler.start() } catch { thrown = error }
    setrlimit(addressSpace, &old)
    say("error", thrown.map { "\($0)" } ?? "none")
  }
  try await run.profile { _ = heavy(200 * millisecond) }
}

/// Works inside a handler of another signal, on a stack of its own.
@Sendable func ownHandler(_ run: Run) async throws {
  var action = sigaction()
  action.__sigaction_handler.sa_handler = { _ in _ = medium(300 * millisecond) }
  action.sa_flags = SA_ONSTACK
  sigaction(SIGUSR1, &action, nil)
  try await run.profile {
    onThreads(1) { _ in
      let size = 256 << 10
      var stack = stack_t(ss_sp: malloc(size), ss_flags: 0, ss_size: size)
      sigaltstack(&stack, nil)
      var none = sigset_t()
      sigemptyset(&none)
      pthread_sigmask(SIG_SETMASK, &none, nil)  // a pool's thread blocks nearly all, and its children inherit that
      _ = heavy(0) &+ UInt64(raise(SIGUSR1))
    }
  }
}

/// Signals while the allocator holds its locks, on several threads, many threads coming and going.
@Sendable func allocating(_ run: Run) async throws {
  try await run.profile {
    onThreads(60, atOnce: 6) { _ in
      let end = time(CLOCK_THREAD_CPUTIME_ID) + 20 * millisecond
      var kept: [[UInt8]] = []
      while time(CLOCK_THREAD_CPUTIME_ID) < end {
        kept.append([UInt8](repeating: 1, count: Int.random(in: 1...5000)))
        if kept.count > 100 { kept.removeAll() }
      }
    }
  }
}

/// Half of the work is done while the profiler pauses.
@Sendable func pause(_ run: Run) async throws {
  try await run.profile {
    for _ in 0..<15 {
      say("heavy", heavy(40 * millisecond))
      CPUProfiler.pause()
      say("medium", medium(40 * millisecond))
      CPUProfiler.resume()
    }
  }
}

/// Every thread of the cooperative pool is blocked; the profiler has a thread of its own.
@Sendable func blockedPool(_ run: Run) async throws {
  let gate = DispatchSemaphore(value: 0)
  try CPUProfiler.start(rate: run.rate)
  let before = time(CLOCK_PROCESS_CPUTIME_ID)
  for _ in 0..<16 { Task.detached { wait(gate) } }
  let done = DispatchSemaphore(value: 0)
  onThreads(1) { _ in
    burn(200 * millisecond)
    done.signal()
  }
  let used = time(CLOCK_PROCESS_CPUTIME_ID) - before
  try stopHere().write(to: run.path)
  for _ in 0..<16 { gate.signal() }
  say("cpu", used)
  run.sayStatistics()
}

private func wait(_ gate: DispatchSemaphore) { gate.wait() }

/// Modules come and go while their code is sampled; two of a size take each other's place.
@Sendable func modules(_ run: Run) async throws {
  let paths = ["MODULE", "OTHER_MODULE"].compactMap { (name: String) in getenv(name).map { String(cString: $0) } }
  typealias Work = @convention(c) (UInt64) -> Void
  try await run.profile {
    for _ in 0..<2 {
      for path in paths {
        guard let module = dlopen(path, RTLD_NOW), let symbol = dlsym(module, "module_work") else {
          say("error", String(cString: dlerror()))
          return
        }
        unsafeBitCast(symbol, to: Work.self)(300 * millisecond)
        say("address", Int(bitPattern: symbol))
        dlclose(module)
      }
    }
  }
}

/// Starts and stops many times; each profile stands for itself.
@Sendable func restart(_ run: Run) async throws {
  for _ in 0..<20 {
    try CPUProfiler.start(rate: run.rate)
    burn(10 * millisecond)
    let profile = try stopHere()
    if profile.samples.reduce(0, { $0 + $1.values[1] }) > 100_000_000 { say("error", "left over") }
  }
  try await run.profile { burn(400 * millisecond) }
}

/// Ends before anything can be written.
@Sendable func killed(_ run: Run) async throws {
  burn(50 * millisecond)
  kill(getpid(), SIGKILL)
}
