import CProfiler
import Pprof

/// The profile of what was recorded of waits.
func blockProfile(_ recorded: BlockEngine.Recorded) -> Profile {
  var profile = waitProfile(recorded.waits, in: recorded.window, as: .block, comments: comments(recorded))
  let idle = profile.takeIdleWaits()
  if idle > 0 { profile.comments.append("[idle]: \(idle / 1_000_000) ms, of threads that had nothing to do") }
  return profile
}

private func comments(_ recorded: BlockEngine.Recorded) -> [String] {
  var lines = [
    "\(recorded.count) waits; those shorter than \(recorded.rate) ns were recorded the less often the shorter they are"
  ]
  let runnable = recorded.waits.reduce(0) { $0 + $1.runnable } / 1_000_000
  if runnable > 0 { lines.append("for \(runnable) ms of them tasks could have run on and had no thread") }
  if recorded.window.asked != recorded.rate {
    lines.append(
      "a rate of \(recorded.window.asked) ns was asked for, but the block profiler ran already, with \(recorded.rate) ns"
    )
  }
  return lines + recorded.window.losses.comments(of: "block")
}

extension Profile {
  /// Puts waits of threads that have nothing to do into one sample, at a frame `[idle]`; their sum in nanoseconds.
  ///
  /// These are the waits that a loop makes by itself: its function is the innermost, but for what only does the waiting.
  mutating func takeIdleWaits() -> Int64 {
    var idle = [Int64](repeating: 0, count: sampleTypes.count)
    let (others, loops) = (samples.filter { !waitsInALoop($0) }, samples.filter(waitsInALoop))
    for sample in loops { for index in idle.indices { idle[index] += sample.values[index] } }
    samples = others
    let sum = idle[1]
    guard sum > 0 else { return 0 }
    functions.append(Function(id: UInt64(functions.count + 1), name: "[idle]", systemName: "[idle]"))
    locations.append(
      Location(
        id: UInt64(locations.count + 1), mapping: nil, address: ownAddress(ofFrameNamed: "[idle]"),
        lines: [Line(function: functions.count - 1, line: 0, column: 0)]))
    samples.append(Sample(locations: [locations.count - 1], values: idle))
    return sum
  }

  private func waitsInALoop(_ sample: Sample) -> Bool {
    let names = sample.locations.lazy.flatMap { location in
      locations[location].lines.lazy.map { functions[$0.function].name }
    }
    guard let innermost = names.first(where: { !waiting.contains($0) }) else { return false }
    return loops.contains { innermost.hasPrefix($0) }
  }
}

/// What loops call to wait.
private let waiting: Set = [
  "_dispatch_sema4_wait", "_dispatch_sema4_timedwait", "_dispatch_futex_wait", "_dispatch_semaphore_wait_slow",
  "_dispatch_event_loop_poke", "Epoll.epoll_wait(epfd:events:maxevents:timeout:)", "syscall(blocking:where:_:)",
]

/// Loops of whoever runs others' work: Dispatch's workers, its manager and main queue; the selectors of SwiftNIO; run loops.
private let loops = [
  "_dispatch_worker_thread", "_dispatch_root_queue_drain", "_dispatch_event_loop_drain", "_dispatch_mgr_invoke",
  "_dispatch_mgr_thread", "_dispatch_sigsuspend", "Selector.whenReady", "__CFRunLoop", "CFRunLoopRun", "_CFRunLoopRun",
]
