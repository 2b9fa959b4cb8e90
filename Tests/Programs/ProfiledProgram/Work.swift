import Glibc

/// CPU time of the calling thread, in nanoseconds.
func threadTime() -> UInt64 {
  var t = timespec()
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t)
  return UInt64(t.tv_sec) * 1_000_000_000 + UInt64(t.tv_nsec)
}

/// CPU time of the process, in nanoseconds.
func processTime() -> UInt64 {
  var t = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t)
  return UInt64(t.tv_sec) * 1_000_000_000 + UInt64(t.tv_nsec)
}

/// A result nobody can optimize away.
@inline(never) @discardableResult func spin(_ rounds: Int) -> Double {
  var x = 1.0
  for i in 0..<rounds { x = x * 1.0000001 + Double(i & 3) }
  return x
}
