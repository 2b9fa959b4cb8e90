import Platform
import Pprof
import Profiling

// What may befall a program whose heap is profiled.

/// Runs `body` on threads of their own, to their ends.
func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
  final class Start {
    let number: Int
    let body: @Sendable (Int) -> Void
    init(_ number: Int, _ body: @escaping @Sendable (Int) -> Void) {
      self.number = number
      self.body = body
    }
  }
  var threads: [pthread_t] = []
  for number in 0..<count {
    var thread = pthread_t()
    let start = Unmanaged.passRetained(Start(number, body)).toOpaque()
    pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
        start.body(start.number)
        return nil
      }, start)
    threads.append(thread)
  }
  for thread in threads { pthread_join(thread, nil) }
}

struct Blocks: @unchecked Sendable {
  let pointers = UnsafeMutablePointer<UnsafeMutableRawPointer?>.allocate(capacity: 8 * 1000)
}

/// Blocks of threads that have ended are freed by others.
func threads() throws {
  let blocks = Blocks()
  try recording {
    onThreads(8) { number in
      for index in 0..<1000 { blocks.pointers[number * 1000 + index] = use(malloc(733)) }
    }
    report("ended", size: 733)
    onThreads(4) { number in
      for index in 0..<1000 { free(blocks.pointers[number * 1000 + index]) }
    }
    report("half", size: 733)
    for index in 4000..<8000 { free(blocks.pointers[index]) }
    report("none", size: 733)
    for _ in 0..<200 { onThreads(4) { _ in free(use(malloc(734))) } }
    report("short", size: 734)
  }
}

private func fork() -> pid_t {
  typealias Fork = @convention(c) () -> pid_t
  guard let symbol = dlsym(nil, "fork") else { return -1 }
  return unsafeBitCast(symbol, to: Fork.self)()
}

private func status(of child: pid_t) -> Int32 {
  var status: Int32 = 0
  waitpid(child, &status, 0)
  return status & 0x7f == 0 ? status >> 8 & 0xff : -(status & 0x7f)
}

/// The child goes on with a table of its own.
func forking() throws {
  try recording {
    let before = use(malloc(74_001))
    let child = fork()
    if child == 0 {
      free(before)
      let own = use(malloc(74_003))
      let profile = HeapProfiler.snapshot()
      let isRight = profile.values(size: 74_001)[2] == 0 && profile.values(size: 74_003)[2] == 1
      free(own)
      HeapProfiler.stop()
      _exit(isRight ? 7 : 8)
    }
    say("child", status(of: child))
    report("parent", size: 74_001)
    report("childs", size: 74_003)
    free(before)
  }
}

/// Forks while other threads allocate: no child may hang on something that another thread held.
func forkStorm() throws {
  try recording {
    onThreads(3) { number in
      if number > 0 {
        for round in 0..<20_000 { free(use(malloc(100 + round % 1000))) }
        return
      }
      var good = 0
      for _ in 0..<50 {
        let child = fork()
        if child == 0 {
          for size in 0..<100 { free(use(malloc(size))) }
          alarm(10)
          _exit(HeapProfiler.isRunning ? 7 : 8)
        }
        if status(of: child) == 7 { good += 1 }
      }
      say("good", good)
    }
  }
}

/// The kernel has no memory for the table, but the program has for its block.
func noMemory() throws {
  try recording {
    guard let file = fopen("/proc/self/statm", "r") else { return }
    var pages = 0
    withUnsafeMutablePointer(to: &pages) { pointer in
      withVaList([pointer]) { _ = vfscanf(file, "%ld", $0) }
    }
    fclose(file)
    var old = rlimit()
    getrlimit(__rlimit_resource_t(9), &old)  // RLIMIT_AS
    var tight = old
    tight.rlim_cur = rlim_t(pages * 4096 + 12 << 20)
    setrlimit(__rlimit_resource_t(9), &tight)
    // Apart from all other blocks, so that the table has no leaf for it yet.
    let block = use(malloc(8_000_003))
    setrlimit(__rlimit_resource_t(9), &old)
    say("block", block == nil ? 0 : 1)
    say("lost", HeapProfiler.statistics.lost)
    let profile = HeapProfiler.snapshot()
    report("lost-block", size: 8_000_003, in: profile)
    say("comment", profile.comments.contains { $0.contains("lost for want of memory") } ? 1 : 0)
    free(block)
    let next = use(malloc(75_001))
    report("next", size: 75_001)
    free(next)
  }
}

/// A signal interrupts the hooks a thousand times a second.
func bothProfilers() throws {
  try CPUProfiler.start(rate: .hertz(1000))
  try recording {
    let kept = (0..<1000).map { _ in use(malloc(761)) }
    for round in 0..<2_000_000 { free(use(malloc(100 + round % 100))) }
    report("kept", size: 761)
    for block in kept { free(block) }
    report("freed", size: 761)
  }
  let profile = try CPUProfiler.stop()
  say("samples", profile.samples.reduce(0) { $0 + $1.values[0] })
  say("hooks-shown", profile.functions.contains { $0.name.contains("sampling_malloc") } ? 1 : 0)
}

/// A library goes, its blocks stay.
func unloading() throws {
  guard let path = getenv("MODULE"), let module = dlopen(path, RTLD_NOW), let symbol = dlsym(module, "module_blocks")
  else {
    say("error", String(cString: dlerror()))
    return
  }
  typealias Make = @convention(c) (Int, UnsafeMutablePointer<UnsafeMutableRawPointer?>) -> Void
  let blocks = Blocks()
  try recording {
    unsafeBitCast(symbol, to: Make.self)(10, blocks.pointers)
    say("closed", dlclose(module))
    let profile = HeapProfiler.snapshot()
    let named = profile.sum { profile.names(of: $0).contains("module_blocks") }
    say("named", named.map(String.init).joined(separator: " "))
    say("mapping", profile.mappings.contains { $0.file == String(cString: path) } ? 1 : 0)
    for index in 0..<10 { free(blocks.pointers[index]) }
  }
}

/// A library that shows the slot its calls of malloc go through.
private struct SlotModule {
  let name: String
  let slot: @convention(c) () -> UnsafePointer<UnsafeRawPointer>
  let allocate: @convention(c) (Int) -> UnsafeMutableRawPointer?
  let release: @convention(c) (UnsafeMutableRawPointer?) -> Void
  let canWrite: @convention(c) () -> CInt

  init?(_ name: String, path: UnsafePointer<CChar>?) {
    guard let module = dlopen(path, RTLD_LAZY), let slot = dlsym(module, "module_slot"),
      let allocate = dlsym(module, "module_malloc"), let release = dlsym(module, "module_free"),
      let canWrite = dlsym(module, "module_can_write")
    else { return nil }
    self.name = name
    self.slot = unsafeBitCast(slot, to: type(of: self.slot))
    self.allocate = unsafeBitCast(allocate, to: type(of: self.allocate))
    self.release = unsafeBitCast(release, to: type(of: self.release))
    self.canWrite = unsafeBitCast(canWrite, to: type(of: self.canWrite))
  }

  /// To libc, to the program's hook, or at once to what the hook would jump to.
  func sayWhereCallsLead() {
    let libcs = UnsafeRawPointer(dlsym(dlopen("libc.so.6", RTLD_LAZY), "malloc"))
    let hook = UnsafeRawPointer(dlsym(nil, "malloc"))
    let target = slot().pointee
    say(name, target == libcs ? "libc" : target == hook ? "hook" : "ours")
  }
}

/// Modules loaded with the program and later allocate and free for each other, in two sessions.
func slots() throws {
  guard let first = SlotModule("first", path: getenv("LD_PRELOAD")) else { return say("error", "first") }
  first.sayWhereCallsLead()
  guard let later = SlotModule("later", path: getenv("MODULE")) else { return say("error", "later") }
  // A lazy slot is filled in by the first call.
  later.release(use(later.allocate(79_001)))
  later.sayWhereCallsLead()
  for _ in 0..<2 {
    try recording {
      first.sayWhereCallsLead()
      later.sayWhereCallsLead()
      let blocks = [first, later].map { (use($0.allocate(79_001)), use($0.allocate(79_001))) }
      later.release(blocks[0].0)
      first.release(blocks[1].0)
      report("recorded", size: 79_001)
      free(blocks[0].1)
      later.release(blocks[1].1)
      report("freed", size: 79_001)
    }
    first.sayWhereCallsLead()
    later.sayWhereCallsLead()
  }
  for module in [first, later] { say("writable", module.canWrite()) }
}

func labels() throws {
  try recording {
    let first = withLabels(["client": "a"]) { use(malloc(77_001)) }
    let second = withLabels(["client": "b"]) { use(malloc(77_001)) }
    let profile = HeapProfiler.snapshot()
    for client in ["a", "b"] {
      let values = profile.sum {
        $0.labels["client"] == [client] && $0.numericLabels["bytes"]?.first?.value == 77_001
      }
      say(client, values.map(String.init).joined(separator: " "))
    }
    free(first)
    free(second)
  }
}

/// Sessions do not see each other's blocks.
func restart() throws {
  var old: [UnsafeMutableRawPointer?] = []
  try recording { old = (0..<100).map { _ in use(malloc(78_001)) } }
  try recording {
    for block in old { free(block) }
    let new = (0..<50).map { _ in use(malloc(78_001)) }
    report("second", size: 78_001)
    for block in new { free(block) }
  }
  try HeapProfiler.start(rate: .kibibytes(64))
  let kept = use(malloc(10_000_019))
  report("sampled", size: 10_000_019)
  free(kept)
  HeapProfiler.stop()
  say("stopped", HeapProfiler.snapshot().samples.count)
}

/// Each session counts from its own start, whatever rates those before had.
func rates() throws {
  var sampled: [Int64] = []
  for _ in 0..<10 {
    try HeapProfiler.start(rate: ByteCount(1 << 40))
    free(use(malloc(100_003)))
    HeapProfiler.stop()
    try HeapProfiler.start(rate: .kibibytes(4))
    for _ in 0..<10_000 { free(use(malloc(1009))) }
    sampled.append(HeapProfiler.snapshot().values(size: 1009)[0])
    HeapProfiler.stop()
    try recording {
      free(use(malloc(78_013)))
      report("all", size: 78_013)
    }
  }
  say("sampled", sampled.map(String.init).joined(separator: " "))
}

/// What a thread allocates for the profiler is left out, what it frees is not.
func withoutRecording() throws {
  try recording {
    let before = (0..<3).map { _ in use(malloc(78_007)) }
    let inside = HeapProfiler.withoutRecording {
      onThreads(1) { _ in _ = use(malloc(78_011)) }
      free(before[0])
      return use(malloc(78_009))
    }
    for size in [78_007, 78_009, 78_011] { report("ignored", size: size) }
    free(inside)
  }
}

/// The program becomes another one.
func executing() throws {
  try recording {
    var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("echo"), strdup("other 1"), nil]
    fflush(nil)
    execv("/bin/echo", &arguments)
  }
}

/// Leaves profiling to the environment.
func plain() throws {
  let blocks = (0..<3).map { _ in use(malloc(79_003)) }
  free(blocks[0])
  say("blocks", blocks.count)
}
