import Platform
import Pprof
import Profiling
import Synchronization

/// `pthread_setname_np`, which Swift does not see.
private let setThreadName: @convention(c) (pthread_t, UnsafePointer<CChar>) -> Int32 = {
  let symbol = dlsym(UnsafeMutableRawPointer(bitPattern: 0), "pthread_setname_np")
  return unsafeBitCast(symbol, to: (@convention(c) (pthread_t, UnsafePointer<CChar>) -> Int32).self)
}()

/// Makes a thread of that name, with a small stack; false if there is none to be had.
func thread(named name: String, _ body: @escaping @Sendable () -> Void) -> Bool {
  final class Job: Sendable {
    let name: String
    let body: @Sendable () -> Void
    init(_ name: String, _ body: @escaping @Sendable () -> Void) { (self.name, self.body) = (name, body) }
  }
  var attributes = pthread_attr_t()
  pthread_attr_init(&attributes)
  pthread_attr_setstacksize(&attributes, 128 << 10)
  pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
  defer { pthread_attr_destroy(&attributes) }
  var thread = pthread_t()
  let job = Unmanaged.passRetained(Job(name, body))
  let error = pthread_create(
    &thread, &attributes,
    { argument in
      guard let argument else { return nil }
      let job = Unmanaged<Job>.fromOpaque(argument).takeRetainedValue()
      _ = setThreadName(pthread_self(), job.name)
      job.body()
      return nil
    }, job.toOpaque())
  if error != 0 { job.release() }
  return error == 0
}

/// Threads kept waiting, to be let go together.
private final class Barrier: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var isOpen = false
  let arrived = Atomic<Int>(0)

  init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  func pass() {
    pthread_mutex_lock(mutex)
    arrived.add(1, ordering: .relaxed)
    while !isOpen { pthread_cond_wait(condition, mutex) }
    pthread_mutex_unlock(mutex)
  }

  func open() {
    pthread_mutex_lock(mutex)
    isOpen = true
    pthread_cond_broadcast(condition)
    pthread_mutex_unlock(mutex)
  }
}

private let stops = Atomic<Bool>(false)
private let others = Atomic<Int>(0)

@inline(never) private func pollForEver(_ descriptor: Int32) {
  var one = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
  while poll(&one, 1, -1) < 0 {}
}
@inline(never) private func readOne(_ descriptor: Int32) {
  var byte: UInt8 = 0
  while read(descriptor, &byte, 1) < 0 {}
}
@inline(never) private func spin() { while !stops.load(ordering: .relaxed) {} }

extension Profile {
  /// How many threads of that name there are, with these labels.
  fileprivate func threads(_ name: String, under function: String = "", _ labels: [String: String] = [:]) -> Int {
    let wanted = labels.merging(["thread": name]) { $1 }
    return samples.reduce(0) { sum, sample in
      let fits = wanted.allSatisfy { sample.labels[$0] == [$1] }
      let isUnder = function.isEmpty || names(of: sample).contains { $0.contains(function) }
      return fits && isUnder ? sum + Int(sample.values[1]) : sum
    }
  }
}

/// Threads that run no task, in all that threads wait in, and some that run one: by the profile and by the dump.
func threadsWithoutTasks() async throws {
  try TaskProfiler.start()
  let barrier = Barrier(), gate = Gate()
  var ends: [Int32] = [0, 0]
  guard pipe(&ends) == 0 else { return }
  let (from, to) = (ends[0], ends[1])
  for _ in 0..<4 {
    _ = thread(named: "poller") {
      others.add(1, ordering: .relaxed)
      pollForEver(from)
    }
    _ = thread(named: "waiter") { barrier.pass() }
  }
  for _ in 0..<3 {
    _ = thread(named: "reader") {
      others.add(1, ordering: .relaxed)
      withLabels(["who": "reads"]) { readOne(from) }
    }
  }
  for _ in 0..<2 {
    _ = thread(named: "busy") {
      others.add(1, ordering: .relaxed)
      spin()
    }
  }
  for _ in 0..<5 { _ = thread(named: "tasking") { Task.immediate(name: "on a thread") { barrier.pass() } } }
  for _ in 0..<7 { Task { await gate.pass() } }
  await wait(for: "all threads") {
    barrier.arrived.load(ordering: .relaxed) == 9 && gate.count == 7 && others.load(ordering: .relaxed) == 9
  }
  // Who was just looked at may be on the way back into the kernel.
  var profile = Profile()
  await wait(for: "all threads to wait") {
    profile = TaskProfiler.snapshot()
    return profile.threads("poller", ["call": "poll"]) == 4 && profile.threads("reader", ["call": "read"]) == 3
      && profile.threads("waiter", ["call": "futex"]) == 4
  }
  say("types", profile.sampleTypes.map { "\($0.type)/\($0.unit)" }.joined(separator: " "))
  say("usual", profile.defaultSampleType)
  say("pollers", profile.threads("poller", under: "pollForEver", ["state": "waiting", "call": "poll"]))
  say("readers", profile.threads("reader", under: "readOne", ["state": "waiting", "call": "read", "who": "reads"]))
  say("waiters", profile.threads("waiter", under: "pass", ["state": "waiting", "call": "futex"]))
  say("busy", profile.threads("busy", under: "spin", ["state": "running"]))
  say("tasking", profile.threads("tasking"))
  say("on-threads", profile.tasks(["name": "on a thread", "state": "running"]))
  say("waiting", profile.tasks(["waits": "continuation"]))
  var dump = ""
  await wait(for: "all threads to wait again") {
    dump = TaskProfiler.dump().description
    return dump.components("\"poller\" [in poll]") == 4 && dump.components("\"reader\" [in read]") == 3
  }
  say("told", dump.components("\"poller\" [in poll]"))
  say("told-labels", dump.components("\"reader\" [in read], labels who=reads"))
  say("told-busy", dump.components("\"busy\" [running]"))
  say("told-tasks", dump.components("\"tasking\" [runs task "))
  stops.store(true, ordering: .relaxed)
  barrier.open()
  gate.open()
  await wait(for: "all to end") { (TaskProfiler.counts?.live ?? 0) <= 1 }
  await sayWhetherCountsAddUp()
  TaskProfiler.stop()
  close(to)
}

/// Ten thousand threads at once: each is there, and where it is.
func crowdOfThreads() async throws {
  let barrier = Barrier()
  var made = 0
  for _ in 0..<10_000 where thread(named: "crowd", { barrier.pass() }) { made += 1 }
  await wait(for: "all threads") { barrier.arrived.load(ordering: .relaxed) == made }
  try TaskProfiler.start()
  let dump = TaskProfiler.dump()
  // Who is late for an answer is told as such; none is so for ever.
  var profile = Profile()
  await wait(for: "all threads to answer") {
    profile = TaskProfiler.snapshot()
    return profile.threads("crowd", under: "pass") == made
  }
  say("many", made > 1_000)
  say("missing", made - profile.threads("crowd", under: "pass"))
  say("untold", made - dump.description.components("\"crowd\" ["))
  say("samples", profile.samples.count < 100)
  // For whoever measures: no test asks for a time.
  say("figures", "\(made) threads: \(dump.facts.map { "\($0.name) \($0.value)" }.joined(separator: ", "))")
  TaskProfiler.stop()
  barrier.open()
}
