import CProfiler
import Leaks
import Platform
import Pprof
import Profiling
import Synchronization

// Programs that profile themselves, several times, at once, or while the environment does so, too.

private func attempt(_ name: String, _ body: () throws -> Void) {
  do {
    try body()
    say(name, "done")
  } catch {
    say(name, "\(error)")
  }
}

private func sayState(_ name: String) {
  let parts = [
    HeapProfiler.isRunning ? "running" : "off", HeapProfiler.rate.map { "\($0.bytes)" } ?? "-",
    HeapProfiler.liveCounters == nil ? "-" : "counters", LeakDetector.isArmed ? "armed" : "unarmed",
  ]
  say(name, parts.joined(separator: " "))
}

/// A session has what is allocated between start and stop, without the pause.
func ownSession() throws {
  let before = (0..<3).map { _ in use(malloc(79_003)) }
  HeapProfiler.stop()
  LeakDetector.disarm()
  HeapProfiler.pause()
  sayState("before")
  say("empty", HeapProfiler.snapshot().samples.count)
  try HeapProfiler.start(rate: ByteCount(1))
  attempt("again") { try HeapProfiler.start() }
  sayState("meanwhile")
  free(before[0])
  let first = (0..<5).map { _ in use(malloc(79_019)) }
  for block in first[..<2] { free(block) }
  HeapProfiler.pause()
  let inPause = (0..<4).map { _ in use(malloc(79_019)) }
  free(first[2])
  let counters = HeapProfiler.liveCounters
  HeapProfiler.resume()
  let last = use(malloc(79_019))
  say("counted", (HeapProfiler.liveCounters?.size.bytes ?? 0) - (counters?.size.bytes ?? 0))
  report("earlier", size: 79_003)
  report("own", size: 79_019)
  HeapProfiler.stop()
  sayState("after")
  try HeapProfiler.start(rate: .kibibytes(64))
  report("second", size: 79_019)
  let huge = use(malloc(90_000_001))
  let profile = HeapProfiler.snapshot()
  report("huge", size: 90_000_001, in: profile)
  say("asked", profile.comments.contains { $0.contains("every 65536 bytes was asked for") } ? 1 : 0)
  say("period", profile.period)
  free(huge)
  HeapProfiler.stop()
  say("kept", inPause.count + (last == nil ? 0 : 1))
}

/// More sessions than there are marks, of which some leave blocks; each has its own.
func manySessions() throws {
  var kept: [UnsafeMutableRawPointer?] = []
  for number in 0..<2500 {
    try HeapProfiler.start(rate: ByteCount(1))
    if number % 100 == 0 { kept.append(use(malloc(79_031))) }
    HeapProfiler.stop()
  }
  try recording {
    kept += (0..<2).map { _ in use(malloc(79_031)) }
    report("last", size: 79_031)
  }
  for block in kept { free(block) }
}

private final class Lost {
  var me: Lost?
  var padding = (0, 0, 0)
}

@inline(never) private func lose(_ count: Int) {
  for _ in 0..<count {
    let lost = Lost()
    lost.me = lost
  }
}

/// How many of the objects lost above a report has.
private func sayLost(_ name: String) {
  onThreads(1) { _ in lose(10) }
  attempt(name) {
    let cycles = try LeakDetector.report().cycles
    say("\(name)-cycles", cycles.filter { $0.nodes.contains { $0.name.contains("Lost") } }.reduce(0) { $0 + $1.count })
  }
}

/// A heap profiler that records every block, and the leak detector, in every order.
func arming() throws {
  try HeapProfiler.start(rate: ByteCount(1))
  sayState("recording")
  attempt("unarmed-report") { _ = try LeakDetector.report() }
  attempt("arm") { try LeakDetector.arm() }
  attempt("arm-again") { try LeakDetector.arm() }
  sayLost("joined")
  HeapProfiler.stop()
  sayState("detector-alone")
  sayLost("alone")
  LeakDetector.disarm()
  sayState("off")
  say("rate", lab_heap_rate())

  try LeakDetector.arm()
  try HeapProfiler.start()
  sayState("both")
  say("period", HeapProfiler.snapshot().period)
  LeakDetector.disarm()
  attempt("disarmed-report") { _ = try LeakDetector.report() }
  sayState("profiler-alone")
  HeapProfiler.stop()
  say("rate", lab_heap_rate())

  try HeapProfiler.start()
  attempt("arm-sampled") { try LeakDetector.arm() }
  sayState("sampled")
  HeapProfiler.stop()
}

/// Arms the detector whatever the environment did.
func armingOnce() throws {
  attempt("arm") { try LeakDetector.arm() }
  sayState("state")
  let kept = (0..<3).map { _ in use(malloc(79_003)) }
  if LeakDetector.isArmed { sayLost("report") } else { onThreads(1) { _ in lose(10) } }
  LeakDetector.disarm()
  HeapProfiler.stop()
  sayState("after")
  say("kept", kept.count)
}

/// Sessions end while threads are inside the allocator: what they had is not met in the next, in which the same code
/// allocates again.
func restartStorm() throws {
  if getenv("LOCKED") != nil { say("locked", mlockall(MCL_CURRENT | MCL_FUTURE)) }
  var stale = 0
  var counted: Int64 = 0
  for round in 0..<50 {
    let isLast = round % 2 == 1
    let goesOn = Atomic<Bool>(!isLast)
    try HeapProfiler.start(rate: ByteCount(1))
    let kept = (0..<100).map { _ in use(malloc(78_101)) }
    try withThreads(4) {
      repeat {
        var blocks = (0..<50).map { _ in use(malloc(78_101)) }
        for index in blocks.indices { blocks[index] = use(realloc(blocks[index], 78_103)) }
        for block in blocks { free(block) }
      } while goesOn.load(ordering: .relaxed)
    } meanwhile: {
      guard !isLast else { return }
      usleep(2000)
      HeapProfiler.stop()
      for _ in 0..<3 {
        try HeapProfiler.start(rate: ByteCount(1))
        HeapProfiler.stop()
      }
      goesOn.store(false, ordering: .relaxed)
    }
    if isLast {
      for (size, live) in [(78_101, 100), (78_103, 0)] {
        stale += blocks(ofSize: size) - live
        counted += HeapProfiler.snapshot().values(size: size)[2] - Int64(live)
      }
    }
    HeapProfiler.stop()
    for block in kept { free(block) }
  }
  say("stale", stale)
  say("counted", counted)
}

private func blocks(ofSize size: Int) -> Int {
  let capacity = lab_heap_block_count() + 100_000
  let all = UnsafeMutableBufferPointer<lab_heap_block>.allocate(capacity: capacity)
  defer { all.deallocate() }
  return all[..<min(capacity, lab_heap_copy_blocks(all.baseAddress, capacity))].count { $0.size == size }
}

private func withThreads(
  _ count: Int, _ body: @escaping @Sendable () -> Void, meanwhile: () throws -> Void
) rethrows {
  final class Start {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
  var threads: [pthread_t] = []
  for _ in 0..<count {
    var thread = pthread_t()
    let start = Unmanaged.passRetained(Start(body)).toOpaque()
    pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        Unmanaged<Start>.fromOpaque(argument).takeRetainedValue().body()
        return nil
      }, start)
    threads.append(thread)
  }
  try meanwhile()
  for thread in threads { pthread_join(thread, nil) }
}

/// The C library sees a block that is freed twice, and ends the program.
func doubleFree() throws {
  if getenv("ARMED") != nil { try LeakDetector.arm() }
  let block = use(malloc(100))
  free(block)
  free(block)
  say("survived", 1)
}
