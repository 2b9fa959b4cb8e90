// Habits of tasks that cost a program, and beside each what a careful author would do: `program HABIT`. Each prints
// numbers that it has measured itself, in nanoseconds, or counted.
import Dispatch
import Foundation
import Synchronization

let cores = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))

func now() -> Int {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return time.tv_sec * 1_000_000_000 + time.tv_nsec
}

@inline(never) func work(_ nanoseconds: Int) {
  let end = now() + nanoseconds
  while now() < end {}
}

func say(_ numbers: Int...) {
  print(numbers.map { "\($0)" }.joined(separator: " "))
  fflush(nil)
}

func onThread(_ body: @escaping @Sendable () -> Void) -> DispatchSemaphore {
  let done = DispatchSemaphore(value: 0)
  var thread = pthread_t()
  let box = Unmanaged.passRetained(Body(body, done)).toOpaque()
  pthread_create(
    &thread, nil,
    { pointer in
      guard let pointer else { return nil }
      let body = Unmanaged<Body>.fromOpaque(pointer).takeRetainedValue()
      body.run()
      body.done.signal()
      return nil
    }, box)
  return done
}

final class Body: Sendable {
  let run: @Sendable () -> Void
  let done: DispatchSemaphore
  init(_ run: @escaping @Sendable () -> Void, _ done: DispatchSemaphore) {
    self.run = run
    self.done = done
  }
}

// MARK: - Runs

/// Functions that do the same are one in an optimized program, whatever their constants: those of one result take
/// numbers of different types. And none ends with a call.
let asked = Mutex<[String]>([])

func note(_ name: String) { asked.withLock { $0.append(name) } }

@inline(never) func report(_ nanoseconds: Int) -> Task<Int, Never> {
  note("report")
  return Task.detached {
    let began = now()
    work(nanoseconds)
    return now() - began
  }
}

@inline(never) func reportPolitely(_ nanoseconds: Int) -> Task<Void, Never> {
  note("reportPolitely")
  return Task.detached {
    for _ in 0..<(nanoseconds / 5_000_000) {
      work(5_000_000)
      // Neither a yield nor a short sleep suspends what another thread goes on with at once.
      try? await Task.sleep(nanoseconds: 2_000_000)
    }
  }
}

@inline(never) func look(_ times: Int32) -> Task<Void, Never> {
  note("look")
  return Task.detached { for _ in 0..<times { await Task.yield() } }
}

@inline(never) func compute(_ times: Int16) -> Task<Void, Never> {
  note("compute")
  return Task.detached {
    for _ in 0..<times {
      work(500_000)
      await Task.yield()
    }
  }
}

@inline(never) func scatter(_ count: Int, _ nanoseconds: Int) async -> Int {
  await withTaskGroup(of: Int.self) { group in
    for number in 0..<count {
      group.addTask {
        if nanoseconds > 0 { work(nanoseconds) }
        return number
      }
    }
    return await group.reduce(0, &+)
  }
}

// MARK: - The pool

let pause = 60_000_000

@inline(never) func nap(_ nanoseconds: Int) {
  usleep(UInt32(nanoseconds / 1000))
  note("nap")
}

@inline(never) func askDirectory() {
  usleep(UInt32(pause / 1000))
  note("askDirectory")
}

@inline(never) func askSemaphore() {
  _ = DispatchSemaphore(value: 0).wait(timeout: .now() + .nanoseconds(pause))
  note("askSemaphore")
}

@inline(never) func askPipe() {
  var ends: [Int32] = [0, 0], byte: UInt8 = 0
  pipe(&ends)
  let (source, sink) = (ends[0], ends[1])
  let done = onThread {
    usleep(UInt32(pause / 1000))
    var byte: UInt8 = 1
    write(sink, &byte, 1)
  }
  read(source, &byte, 1)
  done.wait()
  close(source)
  close(sink)
}

@inline(never) func logIn(_ ask: @escaping @Sendable () -> Void) -> Task<Int, Never> {
  note("logIn")
  return Task.detached {
    let began = now()
    ask()
    return now() - began
  }
}

@inline(never) func logInAsync() -> Task<Int, Never> {
  note("logInAsync")
  return Task.detached {
    try? await Task.sleep(nanoseconds: UInt64(pause))
    return 0
  }
}

@inline(never) func checkHealth() -> Task<Int, Never> {
  note("checkHealth")
  let began = now()
  return Task.detached { now() - began }
}

func crowd(_ ask: @escaping @Sendable () -> Void) async {
  let tasks = (0..<4 * cores).map { _ in logIn(ask) }
  let check = checkHealth()
  var slept = 0
  for task in tasks { slept += await task.value }
  say(tasks.count, slept, await check.value)
}

/// Two threads, which are there to wait.
final class OwnThreads: TaskExecutor {
  private let jobs = Mutex<[UnownedJob]>([])
  private let ready = DispatchSemaphore(value: 0)

  init() {
    for _ in 0..<2 {
      _ = onThread { [self] in
        while true {
          ready.wait()
          jobs.withLock { $0.removeFirst() }.runSynchronously(on: asUnownedTaskExecutor())
        }
      }
    }
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    jobs.withLock { $0.append(job) }
    ready.signal()
  }
}

func crowdElsewhere(_ ask: @escaping @Sendable () -> Void) async {
  let threads = OwnThreads()
  let tasks = (0..<8).map { _ in Task(executorPreference: threads) { ask() } }
  let check = checkHealth()
  for task in tasks { await task.value }
  say(await check.value)
}

// MARK: - Actors

actor Counter {
  var count = 0
  func next(_ nanoseconds: Int) -> Int {
    if nanoseconds > 0 { work(nanoseconds) }
    count += 1
    return count
  }
  func rest(_ nanoseconds: Int) {
    nap(nanoseconds)
    count += 1
  }
}

@inline(never) func visit(_ times: Int, _ nanoseconds: Int) -> Task<Int, Never> {
  note("visit")
  return Task.detached {
    let counter = Counter()
    var sum = 0
    for _ in 0..<times { sum &+= await counter.next(nanoseconds) }
    return sum
  }
}

// MARK: - Locks

final class Locks: @unchecked Sendable {
  var mutex = pthread_mutex_t()
  var lock = pthread_rwlock_t()
  let queue = DispatchQueue(label: "habits")
  let swift = Mutex(0)

  init() {
    pthread_mutex_init(&mutex, nil)
    pthread_rwlock_init(&lock, nil)
  }

  func with(_ kind: String, _ body: () -> Void) {
    switch kind {
    case "pthread":
      pthread_mutex_lock(&mutex)
      body()
      pthread_mutex_unlock(&mutex)
    case "rwlock":
      pthread_rwlock_wrlock(&lock)
      body()
      pthread_rwlock_unlock(&lock)
    case "queue": queue.sync(execute: body)
    default: swift.withLock { _ in body() }
    }
  }
}

let locks = Locks()
let holds = DispatchSemaphore(value: 0)

@inline(never) func store(_ kind: String, holding: Bool) {
  locks.with(kind) {
    holds.signal()
    if holding { nap(250_000_000) }
  }
  if !holding { nap(250_000_000) }
}

@inline(never) func resumeHolding(_ continuation: UnsafeContinuation<Void, Never>) {
  pthread_mutex_lock(&locks.mutex)
  continuation.resume()
  pthread_mutex_unlock(&locks.mutex)
  note("resumeHolding")
}

@inline(never) func resumeFreely(_ continuation: UnsafeContinuation<Void, Never>) {
  pthread_mutex_lock(&locks.mutex)
  pthread_mutex_unlock(&locks.mutex)
  continuation.resume()
  note("resumeFreely")
}

let waiting = Mutex<UnsafeContinuation<Void, Never>?>(nil)

func resumeTimes(_ times: Int, _ resume: @escaping @Sendable (UnsafeContinuation<Void, Never>) -> Void) async {
  // The task is suspended for sure when its continuation is taken a while later.
  let done = onThread {
    var left = times
    while left > 0 {
      usleep(2_000)
      guard let continuation = waiting.withLock({ $0.take() }) else { continue }
      usleep(5_000)
      resume(continuation)
      left -= 1
    }
  }
  for _ in 0..<times {
    await withUnsafeContinuation { continuation in waiting.withLock { $0 = continuation } }
  }
  _ = done
}

// MARK: - What is asked for

@main struct Program {
  static func main() async {
    let arguments = CommandLine.arguments
    let kind = arguments.count > 2 ? arguments[2] : ""
    switch arguments[1] {
    case "never-suspends":
      let began = now()
      let ran = await report(1_200_000_000).value
      say(ran, now() - began)
    case "still-runs":
      let began = now()
      _ = report(60_000_000_000)
      try? await Task.sleep(nanoseconds: 1_500_000_000)
      say(now() - began)
      exit(0)
    case "suspends": await reportPolitely(1_200_000_000).value
    case "self-wakes":
      await look(5_000).value
      say(5_000)
    case "yields": await compute(200).value
    case "too-small": say(await scatter(5_000, 0), 5_000)
    case "sleeps":
      // Each sleep has a task within the library, that ends at once.
      await withTaskGroup(of: Void.self) { group in
        for _ in 0..<4 { group.addTask { for _ in 0..<600 { try? await Task.sleep(nanoseconds: 1) } } }
      }
      say(2_400)
    case "large-enough": say(await scatter(5_000, 20_000), 5_000)
    case "blocks":
      switch kind {
      case "semaphore": await crowd { askSemaphore() }
      case "read": await crowd { askPipe() }
      default: await crowd { askDirectory() }
      }
    case "blocks-own": await crowdElsewhere { askDirectory() }
    case "awaits":
      let tasks = (0..<4 * cores).map { _ in logInAsync() }
      let check = checkHealth()
      for task in tasks { _ = await task.value }
      say(await check.value)
    case "hops-back": say(await visit(5_000, 0).value, 5_000)
    case "works-there": say(await visit(5_000, 20_000).value, 5_000)
    case "resumes-locked": await resumeTimes(20) { resumeHolding($0) }
    case "resumes-free": await resumeTimes(20) { resumeFreely($0) }
    case "holds-lock", "lets-go":
      let holding = arguments[1] == "holds-lock"
      let first = onThread { store(kind, holding: holding) }
      let second = onThread {
        holds.wait()
        locks.with(kind) {}
      }
      first.wait()
      second.wait()
    case "holds-actor":
      let counter = Counter()
      async let first: Void = counter.rest(250_000_000)
      async let second: Void = counter.rest(1_000)
      async let third: Void = counter.rest(1_000)
      _ = await (first, second, third)
    case "holds-alone":
      onThread { store("pthread", holding: true) }.wait()
    default: exit(2)
    }
  }
}
