import Platform
import Pprof
import Profiling
import UnknownLayoutVersion

/// A program whose Swift runtime lays out its tasks in a way that nobody knows.
///
/// Uses labels everywhere and prints what came through, and what the profiles say, one `name value` a line.
@main struct Program {
  static func main() async throws {
    print("version", _swift_concurrency_debug_internal_layout_version)
    do { try TaskProfiler.start() } catch { print("tasks", error) }
    try CPUProfiler.start(rate: .hertz(500))
    try HeapProfiler.start(rate: .kibibytes(1))
    print("sync", withLabels(["client": "sync"]) { burn(100) })
    let awaited = await withLabels(["client": "async"]) {
      await Task.yield()
      async let child = burn(100)
      return await child
    }
    print("async", awaited)
    struct Failure: Error {}
    do {
      try await withLabels(["client": "failing"]) {
        await Task.yield()
        throw Failure()
      }
    } catch {
      print("thrown", error)
    }
    let heap = await HeapProfiler.snapshot()
    HeapProfiler.stop()
    let cpu = try await CPUProfiler.stop()
    for (name, profile) in [("cpu", cpu), ("heap", heap)] {
      try profile.checkValid()
      print("\(name)-says", profile.comments.filter { $0.hasPrefix("labels of tasks are off") }.count)
      let labels = Set(profile.samples.flatMap { $0.labels["client"] ?? [] })
      print("\(name)-labels", labels.sorted().joined(separator: " "))
    }
  }

  /// Uses so many milliseconds of CPU time, and memory; returns 7.
  @inline(never) private static func burn(_ milliseconds: Int) -> Int {
    var now = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now)
    let end = now.tv_sec * 1_000_000 + now.tv_nsec / 1000 + milliseconds * 1000
    var kept: [[UInt8]] = []
    while now.tv_sec * 1_000_000 + now.tv_nsec / 1000 < end {
      kept.append([UInt8](repeating: 1, count: 4096))
      if kept.count > 100 { kept.removeAll() }
      clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now)
    }
    return kept.count > 1000 ? 0 : 7
  }
}
