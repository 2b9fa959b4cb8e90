import Dispatch
import Platform
import Profiling
import Synchronization

/// One thread's turn at a lock, by the program's own clock; nanoseconds.
struct Turn {
  var isLong = false
  var arrived: UInt64 = 0
  var acquired: UInt64 = 0
  var released: UInt64 = 0
}

/// A place for each thread to note its turn.
final class Turns: @unchecked Sendable {
  let places: UnsafeMutablePointer<Turn>
  let count: Int
  let held = Atomic(0)

  init(_ count: Int) {
    self.count = count
    places = .allocate(capacity: count)
    places.initialize(repeating: Turn(), count: count)
  }

  /// What each moment of each wait is to be charged to: the turn whose end comes next.
  var blame: (long: UInt64, short: UInt64) {
    let turns = UnsafeBufferPointer(start: places, count: count)
    let ends = turns.sorted { $0.released < $1.released }
    var blame: (long: UInt64, short: UInt64) = (0, 0)
    for waiter in turns {
      var until = waiter.arrived
      for end in ends where end.released > waiter.arrived && end.released < waiter.acquired {
        if end.isLong { blame.long += end.released - until } else { blame.short += end.released - until }
        until = end.released
      }
    }
    return blame
  }
}

/// Has the compiler keep a function's frame until its end.
@inline(never) func afterwards() { withUnsafeMutablePointer(to: &landmark) { $0.pointee &+= 1 } }
nonisolated(unsafe) private var landmark = 0

@inline(never) private func turn(_ lock: any Lock, _ turns: Turns, _ place: Int, holding microseconds: UInt32) {
  let turn = turns.places + place
  turn.pointee.arrived = now()
  lock.locked {
    turn.pointee.acquired = now()
    turns.held.add(1, ordering: .relaxed)
    usleep(microseconds)
    turn.pointee.released = now()
  }
  afterwards()
}

@inline(never) func holdLong(_ lock: any Lock, _ turns: Turns, _ place: Int) {
  turns.places[place].isLong = true
  turn(lock, turns, place, holding: 60_000)
  afterwards()
}

@inline(never) func holdShort(_ lock: any Lock, _ turns: Turns, _ place: Int) {
  turn(lock, turns, place, holding: 1000)
  afterwards()
}

/// All come while one has the lock for long; then it passes from one to the next.
func convoy(on lock: any Lock, threads count: Int) {
  let turns = Turns(count)
  let threads = Threads()
  threads.start { holdLong(lock, turns, 0) }
  while turns.held.load(ordering: .relaxed) == 0 { usleep(100) }
  for place in 1..<count { threads.start { holdShort(lock, turns, place) } }
  threads.join()
  say("long", turns.blame.long)
  say("short", turns.blame.short)
  say("waits", count - 1)
}

/// Four threads have 100 turns of a millisecond each: many contentions of about the same delay.
func turns() {
  let lock = PosixMutex()
  let threads = Threads()
  let turns = Turns(400)
  for thread in 0..<4 {
    threads.start { for round in 0..<100 { holdShort(lock, turns, thread * 100 + round) } }
  }
  threads.join()
  say("short", turns.blame.short)
}

@inline(never) private func readLong(_ lock: Rwlock, _ turns: Turns) { read(lock, turns, 0, 80_000); afterwards() }
@inline(never) private func readBriefly(_ lock: Rwlock, _ turns: Turns) { read(lock, turns, 1, 40_000); afterwards() }
@inline(never) private func read(_ lock: Rwlock, _ turns: Turns, _ place: Int, _ microseconds: UInt32) {
  lock.reading {
    turns.held.add(1, ordering: .relaxed)
    usleep(microseconds)
    turns.places[place].released = now()
  }
  afterwards()
}

/// A writer waits for two readers, of which one stays twice as long: while both read they share the blame.
func readers() {
  let lock = Rwlock()
  let turns = Turns(3)
  let threads = Threads()
  threads.start { readLong(lock, turns) }
  threads.start { readBriefly(lock, turns) }
  while turns.held.load(ordering: .relaxed) < 2 { usleep(100) }
  let arrived = now()
  lock.locked {}
  threads.join()
  let first = min(turns.places[0].released, turns.places[1].released) - arrived
  let rest = Int64(turns.places[0].released) - Int64(turns.places[1].released)
  say("long", Int64(first / 2) + max(rest, 0))
  say("brief", Int64(first / 2) + max(-rest, 0))
}

@inline(never) private func wakeAll(_ mutex: PosixMutex, _ condition: UnsafeMutablePointer<pthread_cond_t>) -> UInt64 {
  var woken: UInt64 = 0
  pthread_mutex_lock(mutex.mutex)
  woken = now()
  pthread_cond_broadcast(condition)
  usleep(50_000)
  let released = now()
  pthread_mutex_unlock(mutex.mutex)
  afterwards()
  return released - woken
}

/// Five threads are woken, and cannot go on for 50 ms because whoever wakes them keeps the mutex.
func condition() {
  let mutex = PosixMutex()
  nonisolated(unsafe) let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  nonisolated(unsafe) let asleep = UnsafeMutablePointer<Int>.allocate(capacity: 1)
  pthread_cond_init(condition, nil)
  asleep.initialize(to: 0)
  let threads = Threads()
  for _ in 0..<5 {
    threads.start {
      mutex.locked {
        asleep.pointee += 1
        pthread_cond_wait(condition, mutex.mutex)
      }
    }
  }
  var sleeping = 0
  while sleeping < 5 {
    usleep(1000)
    mutex.locked { sleeping = asleep.pointee }
  }
  say("held", wakeAll(mutex, condition))
  threads.join()
  say("waiters", 5)
}

/// A queue is busy with work that nobody waits for, and then somebody waits for the queue.
func behindAsync() {
  let queue = SerialQueue()
  let turns = Turns(1)
  queue.queue.async {
    turns.held.add(1, ordering: .relaxed)
    usleep(50_000)
    turns.places[0].released = now()
  }
  while turns.held.load(ordering: .relaxed) == 0 { usleep(100) }
  let arrived = now()
  queue.locked {}
  say("waited", turns.places[0].released - arrived)
}

/// What nobody waits for.
func alone() {
  for make in locks.values {
    let lock = make()
    for _ in 0..<10_000 { lock.locked {} }
  }
}

/// Contention before a session, in it, while it pauses, and after it; and a session within.
func sessions(_ run: Run) throws {
  convoy(on: PosixMutex(), threads: 4)
  try MutexProfiler.start()
  let inner = Turns(4)
  func another(_ turns: Turns) {
    let lock = PosixMutex()
    let threads = Threads()
    threads.start { holdLong(lock, turns, 0) }
    while turns.held.load(ordering: .relaxed) == 0 { usleep(100) }
    for place in 1..<turns.count { threads.start { holdShort(lock, turns, place) } }
    threads.join()
  }
  another(inner)
  MutexProfiler.pause()
  another(Turns(4))
  MutexProfiler.resume()
  let again = Turns(2)
  another(again)
  try MutexProfiler.stop().write(to: run.path)
  say("in-session", inner.blame.long + inner.blame.short + again.blame.long + again.blame.short)
  another(Turns(4))
}
