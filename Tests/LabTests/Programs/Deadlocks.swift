// A program that stands still in a way of which the truth is known, for the tests of the wait-for graph.
//
//     Deadlocks SCENARIO
//
// When all has come to rest it prints `ready` and goes on standing; SIGTERM ends it.
import Dispatch
import Foundation
import Synchronization

setvbuf(stdout, nil, _IOLBF, 0)

/// Waits until the kernel says that so many threads sleep on a word of memory, and as many for a while: the profiler
/// may have one of its own.
func rest(_ sleepers: Int) {
  var (last, same) = (0, 0)
  while same < 60 {
    var sleeping = 0
    for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? [] {
      let call = (try? String(contentsOfFile: "/proc/self/task/\(name)/syscall", encoding: .utf8)) ?? ""
      if call.hasPrefix("202 ") { sleeping += 1 }
    }
    same = sleeping == last && sleeping >= sleepers ? same + 1 : 0
    last = sleeping
    usleep(5_000)
  }
  ready()
}

func ready() { print("ready") }

/// Stands for ever.
func stand() -> Never { while true { pause() } }

/// Lets some arrive before any goes on.
final class Meeting: Sendable {
  private let arrived = Atomic<Int>(0)
  private let expected: Int
  init(_ expected: Int) { self.expected = expected }
  func arrive() {
    arrived.add(1, ordering: .sequentiallyConsistent)
    wait()
  }
  func wait() { while arrived.load(ordering: .sequentiallyConsistent) < expected { usleep(1_000) } }
}

/// Names the calling thread for the kernel.
func nameThread(_ name: String) {
  try? name.write(toFile: "/proc/thread-self/comm", atomically: false, encoding: .utf8)
}

func thread(_ name: String, _ body: @escaping @Sendable () -> Void) {
  Thread {
    nameThread(name)
    body()
  }.start()
}

// MARK: - Locks

// Of rings that are made of Mutexes alone the kernel finds the last, and Swift ends the program: "Recursive call to lock
// Mutex". So each ring has another lock in it.
let first = Mutex(1), second = Mutex(2), third = Mutex(3)
let ledger = NSLock()

func mixedThreads() {
  let meeting = Meeting(2)
  thread("debit") {
    first.withLock { _ in
      meeting.arrive()
      ledger.withLock {}
    }
  }
  thread("credit") {
    ledger.withLock {
      meeting.arrive()
      first.withLock { $0 += 1 }
    }
  }
  rest(2)
  stand()
}

func mixedTasks() {
  let meeting = Meeting(2)
  Task(name: "debit") {
    first.withLock { _ in
      meeting.arrive()
      ledger.withLock {}
    }
  }
  Task(name: "credit") {
    ledger.withLock {
      meeting.arrive()
      first.withLock { $0 += 1 }
    }
  }
  rest(2)
  stand()
}

final class Account: Sendable {
  let id: Int
  let balance = Mutex(0)
  let history = NSLock()
  init(_ id: Int) { self.id = id }
}

func accounts() {
  let meeting = Meeting(2), account = Account(1)
  thread("by balance") {
    account.balance.withLock { _ in
      meeting.arrive()
      account.history.withLock {}
    }
  }
  thread("by history") {
    account.history.withLock {
      meeting.arrive()
      account.balance.withLock { $0 += 1 }
    }
  }
  rest(2)
  stand()
}

func three() {
  let meeting = Meeting(3)
  thread("one") {
    first.withLock { _ in
      meeting.arrive()
      second.withLock { $0 += 1 }
    }
  }
  thread("two") {
    second.withLock { _ in
      meeting.arrive()
      ledger.withLock {}
    }
  }
  thread("three") {
    ledger.withLock {
      meeting.arrive()
      first.withLock { $0 += 1 }
    }
  }
  // And one who has nothing to do with it but to wait.
  let asks = Meeting(2)
  thread("victim") {
    meeting.wait()
    asks.arrive()
    first.withLock { $0 += 1 }
  }
  asks.arrive()
  rest(4)
  stand()
}

func lockCircle(_ make: () -> any NSLocking & Sendable) {
  let meeting = Meeting(2), a = make(), b = make()
  thread("left") {
    a.lock()
    meeting.arrive()
    b.lock()
  }
  thread("right") {
    b.lock()
    meeting.arrive()
    a.lock()
  }
  rest(2)
  stand()
}

func lockTasks() {
  let meeting = Meeting(2), a = NSLock(), b = NSLock()
  Task(name: "left") {
    a.withLock {
      meeting.arrive()
      b.withLock {}
    }
  }
  Task(name: "right") {
    b.withLock {
      meeting.arrive()
      a.withLock {}
    }
  }
  rest(2)
  stand()
}

func sameLock() {
  let lock = NSLock()
  thread("twice") {
    lock.lock()
    lock.lock()
  }
  rest(1)
  stand()
}

func recursiveHeld() {
  let lock = NSRecursiveLock()
  thread("holder") {
    lock.lock()
    lock.lock()
    stand()
  }
  usleep(100_000)
  thread("waiter") { lock.lock() }
  rest(1)
  stand()
}

final class ReadWriteLock: @unchecked Sendable {
  let lock = UnsafeMutablePointer<pthread_rwlock_t>.allocate(capacity: 1)
  init() { pthread_rwlock_init(lock, nil) }
}

func writer() {
  let lock = ReadWriteLock()
  thread("writer") {
    pthread_rwlock_wrlock(lock.lock)
    stand()
  }
  usleep(100_000)
  thread("reader") { pthread_rwlock_rdlock(lock.lock) }
  thread("late writer") { pthread_rwlock_wrlock(lock.lock) }
  rest(2)
  stand()
}

func readers() {
  let lock = ReadWriteLock()
  thread("reader") {
    pthread_rwlock_rdlock(lock.lock)
    stand()
  }
  usleep(100_000)
  thread("writer") { pthread_rwlock_wrlock(lock.lock) }
  rest(1)
  stand()
}

/// A lock that is waited for up to a time ends a ring by itself.
func limited() {
  let meeting = Meeting(2), a = NSLock(), b = NSLock()
  thread("patient") {
    a.lock()
    meeting.arrive()
    b.lock()
  }
  thread("impatient") {
    b.lock()
    meeting.arrive()
    _ = a.lock(before: Date(timeIntervalSinceNow: 1000))
  }
  rest(2)
  stand()
}

// MARK: - Queues, threads, initialisers

func queueCircle() {
  let queue = DispatchQueue(label: "bank.ledger"), meeting = Meeting(2)
  queue.async {
    meeting.arrive()
    first.withLock { $0 += 1 }
  }
  thread("poster") {
    first.withLock { _ in
      meeting.arrive()
      queue.sync {}
    }
  }
  rest(2)
  stand()
}

func targetedQueue() {
  let target = DispatchQueue(label: "bank.target"), meeting = Meeting(2)
  let queue = DispatchQueue(label: "bank.above", target: target)
  target.async {
    meeting.arrive()
    first.withLock { $0 += 1 }
  }
  thread("poster") {
    first.withLock { _ in
      meeting.arrive()
      queue.sync {}
    }
  }
  rest(2)
  stand()
}

/// The main thread waits for a lock whose holder wants something done on it.
func mainQueue() {
  let meeting = Meeting(2)
  thread("asker") {
    first.withLock { _ in
      meeting.arrive()
      DispatchQueue.main.sync {}
    }
  }
  thread("clock") { rest(2) }
  meeting.arrive()
  first.withLock { $0 += 1 }
}

final class Threads: @unchecked Sendable { var ids: [pthread_t] = [] }

func joins() {
  let threads = Threads(), meeting = Meeting(3)
  func make(_ name: String, _ other: Int) {
    let body: @Sendable () -> Void = {
      nameThread(name)
      meeting.arrive()
      pthread_join(threads.ids[other], nil)
    }
    var id = pthread_t()
    pthread_create(
      &id, nil,
      { argument in
        if let argument { Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run() }
        return nil
      }, Unmanaged.passRetained(Body(body)).toOpaque())
    threads.ids.append(id)
  }
  make("first joiner", 1)
  make("second joiner", 0)
  meeting.arrive()
  rest(2)
  stand()
}

final class Body {
  let run: () -> Void
  init(_ run: @escaping () -> Void) { self.run = run }
}

let begun = Meeting(2)
enum Left { static let value: Int = begin { Right.value } }
enum Right { static let value: Int = begin { Left.value } }
func begin(_ other: () -> Int) -> Int {
  begun.arrive()
  return other() + 1
}

func initialisers() {
  thread("left") { print(Left.value) }
  thread("right") { print(Right.value) }
  // The other one runs for ever: the kernel does not let it sleep.
  rest(1)
  usleep(100_000)
  stand()
}

func semaphore() {
  let semaphore = DispatchSemaphore(value: 0), group = DispatchGroup(), condition = NSCondition()
  group.enter()
  thread("semaphore") { semaphore.wait() }
  thread("group") { group.wait() }
  thread("condition") {
    condition.lock()
    condition.wait()
  }
  rest(3)
  stand()
}

// MARK: - Tasks and actors

actor Vault {
  let opened = DispatchSemaphore(value: 0)
  func open() { opened.signal() }
  func wait() { opened.wait() }
  func locked(_ meeting: Meeting) {
    meeting.arrive()
    first.withLock { $0 += 1 }
  }
  func nothing() {}
}

/// A task on an actor waits for a semaphore that only another one would signal, which waits for the actor.
func actorSemaphore() {
  let vault = Vault()
  Task(name: "inside") { await vault.wait() }
  usleep(200_000)
  Task(name: "outside") { await vault.open() }
  usleep(200_000)
  ready()
  stand()
}

/// A task on an actor waits for a lock that is held by a thread that waits for a task that waits for the actor.
func actorLock() {
  let vault = Vault(), meeting = Meeting(2)
  thread("holder") {
    first.withLock { _ in
      meeting.arrive()
      let done = DispatchSemaphore(value: 0)
      Task(name: "visitor") {
        await vault.nothing()
        done.signal()
      }
      done.wait()
    }
  }
  Task(name: "inside") { await vault.locked(meeting) }
  rest(2)
  usleep(200_000)
  stand()
}

/// On the main actor a task waits for a lock; another wants the main actor.
func mainActor() {
  thread("holder") { first.withLock { (_: inout Int) -> Void in stand() } }
  usleep(200_000)
  Task(name: "above") { @MainActor in first.withLock { $0 += 1 } }
  Task.detached(name: "queued") {
    usleep(300_000)
    await MainActor.run { print("never") }
  }
  thread("clock") {
    usleep(800_000)
    ready()
  }
  dispatchMain()
}

final class Handles: @unchecked Sendable {
  var first: Task<Int, Never>?
  var second: Task<Int, Never>?
}

/// Two tasks want each other's value.
func awaiting() {
  let handles = Handles(), meeting = Meeting(3)
  handles.first = Task(name: "parent") {
    meeting.arrive()
    return await handles.second?.value ?? 0
  }
  handles.second = Task(name: "child") {
    meeting.arrive()
    return await handles.first?.value ?? 0
  }
  meeting.arrive()
  usleep(300_000)
  ready()
  stand()
}

/// A task waits for its group, of whose children one wants the task's value.
func group() {
  let handles = Handles()
  handles.first = Task(name: "parent") {
    usleep(100_000)
    return await withTaskGroup(of: Int.self) { group in
      group.addTask(name: "wants") { await handles.first?.value ?? 0 }
      var sum = 0
      for await value in group { sum += value }
      return sum
    }
  }
  usleep(500_000)
  ready()
  stand()
}

/// A continuation is resumed under a lock that the cancellation handler takes, too: the runtime holds the task's lock of
/// status records while the handler runs.
func resumedUnderLock() {
  let slot = Mutex<UnsafeContinuation<Void, Never>?>(nil)
  let meeting = Meeting(2)
  let task = Task(name: "waiting") {
    await withTaskCancellationHandler {
      await withUnsafeContinuation { continuation in slot.withLock { $0 = continuation } }
    } onCancel: {
      meeting.arrive()
      usleep(100_000)
      slot.withLock { _ in }
    }
  }
  usleep(200_000)
  thread("canceller") { task.cancel() }
  thread("resumer") {
    slot.withLock { continuation in
      meeting.arrive()
      usleep(300_000)
      continuation?.resume()
    }
  }
  usleep(900_000)
  ready()
  stand()
}

/// A lock of the C library is held by a task that is suspended; another that runs on its thread waits for it.
func heldAcrossAwait() {
  let lock = NSLock()
  @Sendable func take() { lock.lock() }
  @Sendable func give() { lock.unlock() }
  Task { @MainActor in
    take()
    try? await Task.sleep(for: .seconds(1))
    give()
    print("given back")
  }
  Task.detached {
    usleep(200_000)
    await MainActor.run {
      ready()
      take()
      give()
    }
    print("done")
  }
  dispatchMain()
}

/// Everybody is busy, and nobody for ever: locks in one order, queues, actors, tasks that await tasks.
func busy() {
  let queue = DispatchQueue(label: "busy"), vault = Vault(), lock = NSLock(), recursive = NSRecursiveLock()
  for number in 0..<4 {
    thread("busy \(number)") {
      while true {
        first.withLock { a in second.withLock { b in third.withLock { c in (a, b, c) = (b &+ 1, c &+ 1, a) } } }
        lock.withLock { recursive.withLock { queue.sync { first.withLock { $0 &+= 1 } } } }
      }
    }
  }
  for _ in 0..<8 {
    Task.detached {
      while true {
        await vault.nothing()
        await withTaskGroup(of: Void.self) { group in
          for _ in 0..<4 {
            group.addTask {
              await vault.nothing()
              first.withLock { a in second.withLock { $0 &+= a } }
            }
          }
        }
        lock.withLock { second.withLock { $0 &+= 1 } }
        async let value = Task { await vault.nothing() }.value
        await value
      }
    }
  }
  usleep(200_000)
  ready()
  stand()
}

let scenarios: [String: () -> Void] = [
  "mixed-threads": mixedThreads, "mixed-tasks": mixedTasks, "accounts": accounts, "three": three,
  "nslock": { lockCircle { NSLock() } }, "recursive": { lockCircle { NSRecursiveLock() } }, "nslock-tasks": lockTasks,
  "same": sameLock, "recursive-held": recursiveHeld, "writer": writer, "readers": readers, "limited": limited,
  "queue": queueCircle, "target": targetedQueue, "main-queue": mainQueue, "joins": joins,
  "initialisers": initialisers, "semaphore": semaphore, "actor-semaphore": actorSemaphore, "actor-lock": actorLock,
  "main-actor": mainActor, "awaiting": awaiting, "group": group, "resumed-under-lock": resumedUnderLock,
  "across-await": heldAcrossAwait, "busy": busy,
]
scenarios[CommandLine.arguments.dropFirst().first ?? ""]?()
