import Platform
import Profiling
import Synchronization

/// What is known of an event's time: it lies between two readings of the program's own clock.
private struct Bracket {
  var event: Int64
  var between: ClosedRange<Int64>
}

/// Tasks with a known schedule, each of whose events lies between two readings: regions around nothing, sleeps, and
/// tasks that wait for one another in turns. All readings and all events have to agree on one difference of the two
/// clocks, which says the same of every interval, and does so however busy the machine is.
func clockReadings() async throws {
  let readings = Mutex<[(UInt64, Int64, Int64)]>([])
  try Trace.start()
  for number in 0..<300 {
    // Who begins to run has been made before, and says when it does; the region tells which task that is.
    let before = reading()
    let task = Task.detached {
      let began = reading()
      Trace.withRegion("work") {
        let until = reading() + Int64(number % 7) * 100_000
        while reading() < until {}
      }
      return (began, reading())
    }
    let (began, ended) = await task.value
    readings.withLock { $0.append((UInt64(number), before, began)) }
    readings.withLock { $0.append((UInt64(number) + 1000, ended, reading())) }
  }
  let trace = try Trace.stop().trace()
  var brackets: [Bracket] = []
  var regions: [(task: UInt64, begins: Int64, ends: Int64)] = []
  var runs: [UInt64: Int64] = [:], ends: [UInt64: Int64] = [:]
  for event in trace.events() {
    switch event.kind {
    case .taskRuns: runs[event.task] = runs[event.task] ?? event.time
    case .taskEnds: ends[event.task] = event.time
    case .regionBegins: regions.append((event.task, event.time, 0))
    case .regionEnds: regions[regions.count - 1].ends = event.time
    default: break
    }
  }
  for (number, first, second) in readings.withLock({ $0 }) {
    let region = regions[Int(number % 1000)]
    if number < 1000 {
      guard let run = runs[region.task] else { continue }
      brackets.append(Bracket(event: run, between: first...second))
    } else {
      // The region ends before the first of these readings, and the task between them.
      guard let end = ends[region.task] else { continue }
      brackets.append(Bracket(event: end, between: first...second))
    }
  }
  say("events", brackets.count)
  tellAgreement(brackets)
  tellIntervals(readings.withLock { $0 }, regions, runs, ends)
}

/// All brackets leave the difference of the clocks some room; what they contradict one another by is an error.
private func tellAgreement(_ brackets: [Bracket]) {
  let least = brackets.map { $0.between.lowerBound - $0.event }.max() ?? 0
  let most = brackets.map { $0.between.upperBound - $0.event }.min() ?? 0
  say("contradiction-ns", max(least - most, 0))
}

/// Of how many runs the length agrees with the program's own readings within 20 µs or 1 %; what lies between the readings
/// and the run's ends is the program's and the runtime's, and so is the time for which the thread had no processor.
private func tellIntervals(
  _ readings: [(UInt64, Int64, Int64)], _ regions: [(task: UInt64, begins: Int64, ends: Int64)],
  _ runs: [UInt64: Int64], _ ends: [UInt64: Int64]
) {
  var (agreeing, all) = (0, 0)
  for number in regions.indices {
    guard let run = runs[regions[number].task], let end = ends[regions[number].task] else { continue }
    let (began, ended) = (readings[2 * number].2, readings[2 * number + 1].1)
    let difference = abs((end - run) - (ended - began))
    all += 1
    if difference <= max(20_000, (ended - began) / 100) { agreeing += 1 }
  }
  say("intervals", all)
  say("agreeing-share", Double(agreeing * 1000 / max(all, 1)) / 10)
}

// MARK: - Sums

/// Tasks that were made by the program itself.
private let made = Atomic<Int>(0)

/// Tasks that make others by lot, and wait for them in every way there is.
func randomGraphs() async throws {
  for seed in 1...4 as ClosedRange<UInt64> {
    made.store(0, ordering: .relaxed)
    try Trace.start()
    await grow(Dice(state: seed &* 0x9E37_79B9_7F4A_7C15), depth: 0)
    let trace = try Trace.stop().trace()
    let sums = Sums(trace)
    sums.tell()
    // `Task.sleep` has one of its own each time.
    let count = made.load(ordering: .relaxed)
    say("made-all", sums.made >= count && count > 12)
    say("lost", trace.losses.count)
  }
}

private func grow(_ dice: Dice, depth: Int) async {
  var dice = dice
  guard depth < 5 else { return }
  for _ in 0..<(depth == 0 ? 12 : Int(dice.next() % 4)) {
    let (kind, seed) = (dice.next() % 5, Dice(state: dice.next() | 1))
    if kind < 4 { made.add(1, ordering: .relaxed) }
    switch kind {
    case 0: await withTaskGroup(of: Void.self) { group in group.addTask { await grow(seed, depth: depth + 1) } }
    case 1: await Task.detached { await grow(seed, depth: depth + 1) }.value
    case 2:
      async let one: Void = grow(seed, depth: depth + 1)
      await one
    case 3: await Task.immediate { await grow(seed, depth: depth + 1) }.value
    default: try? await Task.sleep(for: .microseconds(50))
    }
  }
}

// MARK: - The processor's time

/// One task that keeps a thread for a while: what the trace says that it ran, less what its thread waited for a processor,
/// is what the thread used.
func processorTime() async throws {
  try Trace.start()
  let (used, delay) = await Task.detached { () -> (Int64, Int64) in
    let (used, delay) = (threadTime(), runDelay())
    Trace.withRegion("busy") { while threadTime() - used < 300_000_000 {} }
    return (threadTime() - used, runDelay() - delay)
  }.value
  let trace = try Trace.stop().trace()
  var began: Int64 = 0, lasted: Int64 = 0
  for event in trace.events() {
    if event.kind == .regionBegins { began = event.time }
    if event.kind == .regionEnds { lasted = event.time - began }
  }
  say("used-ms", used / 1_000_000)
  say("off-percent", Double(abs(lasted - delay - used) * 1000 / used) / 10)
}

private func threadTime() -> Int64 {
  var time = timespec()
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}

/// For how long this thread has waited for a processor.
private func runDelay() -> Int64 {
  guard let file = fopen("/proc/thread-self/schedstat", "r") else { return 0 }
  defer { fclose(file) }
  var text = [CChar](repeating: 0, count: 128)
  guard fgets(&text, Int32(text.count), file) != nil else { return 0 }
  let line = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  let words = line.split(separator: " ")
  return words.count > 1 ? Int64(words[1]) ?? 0 : 0
}
