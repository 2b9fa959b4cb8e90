import Dispatch
import Foundation
import Platform
import Pprof
import Profiling

/// Waits of every kind, each in a function of its own, with what it took by the program's clock.
func blocks(_ run: Run) throws {
  if run.fraction > 0 { try BlockProfiler.start(rate: .nanoseconds(run.fraction)) }
  measure("semaphore", waitForSemaphore)
  measure("condition", waitForCondition)
  measure("group", waitForGroup)
  measure("queue", waitForQueue)
  measure("lock", waitForLock)
  measure("sleep", sleepOn)
  measure("join", waitForThread)
  measure("poll", pollPipe)
  measure("read", readPipe)
  measure("write", writePipe)
  measure("ready", readWhatIsThere)
  if run.fraction > 0 { try BlockProfiler.stop().write(to: run.path) }
}

/// Threads that have nothing to do, and are woken now and then.
func idle(_ run: Run) throws {
  try BlockProfiler.start(rate: .nanoseconds(1))
  let queue = SerialQueue().queue
  for _ in 0..<10 {
    queue.async {}
    sleepOn()
  }
  RunLoop.main.run(until: Date(timeIntervalSinceNow: 0.1))
  try BlockProfiler.stop().write(to: run.path)
}

private func measure(_ name: String, _ body: () -> UInt64) { say(name, body()) }

let pause: UInt32 = 40_000

/// How long a call took.
private func clocked(_ body: () -> Void) -> UInt64 {
  let began = now()
  body()
  return now() - began
}

/// Does something a while later, on another thread.
func later(_ body: @escaping @Sendable () -> Void) -> Threads {
  let threads = Threads()
  threads.start {
    usleep(pause)
    body()
  }
  return threads
}

@inline(never) private func waitForSemaphore() -> UInt64 {
  let semaphore = DispatchSemaphore(value: 0)
  let other = later { semaphore.signal() }
  let took = clocked { semaphore.wait() }
  other.join()
  return took
}

@inline(never) private func waitForCondition() -> UInt64 {
  let mutex = PosixMutex()
  nonisolated(unsafe) let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  pthread_cond_init(condition, nil)
  var took: UInt64 = 0
  mutex.locked {
    let other = later { mutex.locked { pthread_cond_signal(condition) } }
    took = clocked { pthread_cond_wait(condition, mutex.mutex) }
    _ = other
  }
  return took
}

@inline(never) private func waitForGroup() -> UInt64 {
  let group = DispatchGroup()
  group.enter()
  let other = later { group.leave() }
  let took = clocked { group.wait() }
  other.join()
  return took
}

@inline(never) private func waitForQueue() -> UInt64 {
  let queue = SerialQueue()
  let begun = DispatchSemaphore(value: 0)
  queue.queue.async {
    begun.signal()
    usleep(pause)
  }
  begun.wait()
  var began: UInt64 = 0
  var took: UInt64 = 0
  began = now()
  queue.queue.sync { took = now() - began }
  return took
}

@inline(never) private func waitForLock() -> UInt64 {
  let lock = SwiftMutex()
  let begun = DispatchSemaphore(value: 0)
  let threads = Threads()
  threads.start {
    lock.locked {
      begun.signal()
      usleep(pause)
    }
  }
  begun.wait()
  let took = clocked { lock.locked {} }
  threads.join()
  return took
}

@discardableResult @inline(never) private func sleepOn() -> UInt64 { clocked { usleep(pause) } }

@inline(never) private func waitForThread() -> UInt64 {
  let other = later {}
  return clocked { other.join() }
}

private func pipe() -> (reads: Int32, writes: Int32) {
  var ends: [Int32] = [0, 0]
  precondition(Platform.pipe(&ends) == 0)
  return (ends[0], ends[1])
}

private func writeByte(_ file: Int32) {
  var byte: UInt8 = 1
  precondition(write(file, &byte, 1) == 1)
}

@inline(never) private func pollPipe() -> UInt64 {
  let (reads, writes) = pipe()
  let other = later { writeByte(writes) }
  var file = pollfd(fd: reads, events: Int16(POLLIN), revents: 0)
  let took = clocked { poll(&file, 1, -1) }
  other.join()
  return took
}

@inline(never) private func readPipe() -> UInt64 {
  let (reads, writes) = pipe()
  let other = later { writeByte(writes) }
  var byte: UInt8 = 0
  let took = clocked { _ = read(reads, &byte, 1) }
  other.join()
  return took
}

/// A pipe holds 64 KiB.
@inline(never) private func writePipe() -> UInt64 {
  let (reads, writes) = pipe()
  let bytes = [UInt8](repeating: 1, count: 100_000)
  let other = later {
    var left = bytes.count
    var room = [UInt8](repeating: 0, count: bytes.count)
    while left > 0 { left -= read(reads, &room, room.count) }
  }
  let took = clocked { _ = write(writes, bytes, bytes.count) }
  other.join()
  return took
}

/// Takes as long as a wait, and is none.
@inline(never) private func readWhatIsThere() -> UInt64 {
  let file = open("/dev/zero", O_RDONLY)
  let room = UnsafeMutableRawPointer.allocate(byteCount: 16 << 20, alignment: 4096)
  room.initializeMemory(as: UInt8.self, repeating: 1, count: 16 << 20)
  return clocked { for _ in 0..<8 { _ = read(file, room, 16 << 20) } }
}
