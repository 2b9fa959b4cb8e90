import Glibc
import Pprof
import Profiling

@inline(never) func heavy(_ nanoseconds: UInt64) -> Double { burn(nanoseconds) + 1 }
@inline(never) func medium(_ nanoseconds: UInt64) -> Double { burn(nanoseconds) + 2 }
@inline(never) func light(_ nanoseconds: UInt64) -> Double { burn(nanoseconds) + 3 }

@inline(never) @discardableResult func burn(_ nanoseconds: UInt64) -> Double {
  let end = threadTime() + nanoseconds
  var sum = 0.0
  while threadTime() < end { sum += spin(20_000) }
  return sum
}

@inline(never) func recurse(_ depth: Int, _ body: () -> Void) -> Int {
  if depth == 0 {
    body()
    return 0
  }
  return recurse(depth - 1, body) % (depth + 7) + depth
}

@inline(never) func yielding(_ nanoseconds: UInt64) async {
  for _ in 0..<10 {
    burn(nanoseconds / 10)
    await Task.yield()
  }
}

@inline(never) func level0(_ n: Int) async -> Double {
  let a = spin(n)
  await Task.yield()
  return a + spin(n)
}
@inline(never) func level1(_ n: Int) async -> Double { await level0(n) + 1 }
@inline(never) func level2(_ n: Int) async throws -> Double { await level1(n) + 1 }
actor Account {
  var total = 0.0
  @inline(never) func work(_ n: Int) async throws { total += try await level2(n) }
}
@inline(never) func deep(_ depth: Int, _ n: Int) async throws -> Int {
  if depth == 0 {
    try await Account().work(n)
    return 1
  }
  return try await deep(depth - 1, n) &+ 1
}

@main struct Program {
  static func main() async throws {
    let arguments = CommandLine.arguments
    switch arguments.dropFirst().first ?? "shares" {
    case "shares":
      try CPUProfiler.start()
      let before = processTime()
      var sink = 0.0
      for _ in 0..<10 {
        sink += heavy(120_000_000)
        sink += medium(60_000_000)
        sink += light(20_000_000)
      }
      let used = processTime() - before
      let profile = try CPUProfiler.stop()
      if sink == 0 { print("nothing") }
      report(profile, used)
    case "depth":
      try CPUProfiler.start(rate: .hertz(1000))
      let before = processTime()
      _ = recurse(Int(arguments[2]) ?? 30) { burn(2_000_000_000) }
      let used = processTime() - before
      report(try CPUProfiler.stop(), used)
    case "async":
      try CPUProfiler.start()
      let before = processTime()
      for _ in 0..<200 {
        try await withThrowingTaskGroup(of: Int.self) { group in
          group.addTask { try await deep(5, 500_000) }
          for try await _ in group {}
        }
      }
      let used = processTime() - before
      report(try CPUProfiler.stop(), used)
    case "short":
      try CPUProfiler.start()
      let before = processTime()
      for _ in 0..<1000 {
        var thread = pthread_t()
        pthread_create(
          &thread, nil,
          { @Sendable _ in
            burn(2_000_000); return nil
          }, nil)
        pthread_join(thread, nil)
      }
      let used = processTime() - before
      report(try CPUProfiler.stop(), used)
    case "labels":
      try CPUProfiler.start()
      let before = processTime()
      withLabels(["client": "sync"]) { _ = heavy(100_000_000) }
      await withLabels(["client": "async"]) {
        async let a = withLabels(["part": "a"]) { await yielding(100_000_000) }
        async let b = yielding(100_000_000)
        _ = await (a, b)
        await withTaskGroup(of: Void.self) { group in
          for i in 0..<2 { group.addTask { await withLabels(["part": "g\(i)"]) { await yielding(50_000_000) } } }
        }
        await Task { await yielding(50_000_000) }.value
        await Task.detached { await yielding(50_000_000) }.value
      }
      _ = heavy(100_000_000)
      let used = processTime() - before
      report(try CPUProfiler.stop(), used)
    default: print("unknown")
    }
  }

  static func report(_ profile: Profile, _ used: UInt64) {
    let total = profile.samples.reduce(0) { $0 + $1.values[1] }
    print("cpu \(Double(used) / 1e6) ms, profile \(Double(total) / 1e6) ms, ratio \(Double(total) / Double(used))")
    let s = CPUProfiler.statistics
    print(s)
    print(profile.comments)
    if s.samples > 0 { print("handler", s.handlerTime / s.samples, "frames", s.frames / s.samples) }
    do { try profile.write(to: "/tmp/engine.pb.gz") } catch { print(error) }
  }
}
