import Platform

/// Time of a clock, in nanoseconds.
func time(_ clock: clockid_t) -> UInt64 {
  var t = timespec()
  clock_gettime(clock, &t)
  return UInt64(t.tv_sec) * 1_000_000_000 + UInt64(t.tv_nsec)
}

/// Arithmetic that nobody can leave out.
@inline(never) @discardableResult func spin(_ rounds: Int) -> Double {
  var x = 1.0
  for i in 0..<rounds { x = x * 1.0000001 + Double(i & 3) }
  return x
}

/// Spins until the thread has used this much more CPU time; returns what it used.
@inline(never) @discardableResult func burn(_ nanoseconds: UInt64) -> UInt64 {
  let begin = time(CLOCK_THREAD_CPUTIME_ID)
  while time(CLOCK_THREAD_CPUTIME_ID) < begin + nanoseconds { spin(10_000) }
  return time(CLOCK_THREAD_CPUTIME_ID) - begin
}

let millisecond: UInt64 = 1_000_000

// Three functions of different shares. The constants keep the compiler from merging them into one.
@inline(never) func heavy(_ nanoseconds: UInt64) -> UInt64 { burn(nanoseconds) &+ 1 }
@inline(never) func medium(_ nanoseconds: UInt64) -> UInt64 { burn(nanoseconds) &+ 2 }
@inline(never) func light(_ nanoseconds: UInt64) -> UInt64 { burn(nanoseconds) &+ 3 }

/// Calls itself that deep before it works.
@inline(never) func recurse(_ depth: Int, _ nanoseconds: UInt64) -> UInt64 {
  depth == 0 ? burn(nanoseconds) : recurse(depth - 1, nanoseconds) % 1_000_000_007 &+ UInt64(depth)
}

// A chain of awaits that suspends at its end.
@inline(never) func innermost(_ nanoseconds: UInt64) async -> UInt64 {
  var used: UInt64 = 0
  for _ in 0..<10 {
    used &+= burn(nanoseconds / 10)
    await Task.yield()
  }
  return used
}
@inline(never) func inner(_ nanoseconds: UInt64) async -> UInt64 { await innermost(nanoseconds) &+ 1 }
@inline(never) func middle(_ nanoseconds: UInt64) async throws -> UInt64 { await inner(nanoseconds) &+ 2 }
actor Account {
  var total: UInt64 = 0
  @inline(never) func settle(_ nanoseconds: UInt64) async throws { total &+= try await middle(nanoseconds) }
}
@inline(never) func nested(_ depth: Int, _ nanoseconds: UInt64) async throws -> UInt64 {
  if depth == 0 {
    let account = Account()
    try await account.settle(nanoseconds)
    return await account.total
  }
  return try await nested(depth - 1, nanoseconds) &+ 1
}

/// Runs `body` on that many POSIX threads, one after another or at once, and waits for them.
func onThreads(_ count: Int, atOnce: Int = 1, _ body: @escaping @Sendable (Int) -> Void) {
  final class Start {
    let number: Int
    let body: @Sendable (Int) -> Void
    init(_ number: Int, _ body: @escaping @Sendable (Int) -> Void) {
      self.number = number
      self.body = body
    }
  }
  for first in stride(from: 0, to: count, by: atOnce) {
    var threads: [pthread_t] = []
    for number in first..<min(first + atOnce, count) {
      var thread = pthread_t()
      let start = Unmanaged.passRetained(Start(number, body)).toOpaque()
      let error = pthread_create(
        &thread, nil,
        { @Sendable argument in
          guard let argument else { return nil }
          let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
          start.body(start.number)
          return nil
        }, start)
      if error == 0 { threads.append(thread) }
    }
    for thread in threads { pthread_join(thread, nil) }
  }
}
