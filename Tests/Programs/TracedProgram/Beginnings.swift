import Platform
import Profiling

@inline(never) private func sleepForLong() async { try? await Task.sleep(for: .seconds(3_600)) }

/// Does something for a while, so that events come.
private func work(for nanoseconds: Int64) async {
  let until = reading() + nanoseconds
  while reading() < until {
    await Task.detached { for _ in 0..<1000 { _ = reading() } }.value
  }
}

/// A recording that begins late knows of the task that begins it, and that it runs.
func lateBeginning() async throws {
  try Trace.start()
  Trace.withRegion("alone") {
    let until = reading() + 20_000_000
    while reading() < until {}
  }
  await Task.detached {}.value
  let trace = try Trace.stop().trace()
  let events = Array(trace.events())
  let region = events.first { $0.kind == .regionBegins }
  let runs = events.first { $0.kind == .taskRuns && $0.task == region?.task }
  say("met", events.contains { $0.kind == .taskMet && $0.task == region?.task })
  say("has-task", (region?.task ?? 0) != 0)
  say("runs-before-region", (runs?.time ?? .max) <= (region?.time ?? 0))
  Sums(trace).tell()
}

/// Where tasks were followed before, all that live are there with their makers, and what they are at.
func followedBefore() async throws {
  try TaskProfiler.start()
  let tasks = (0..<50).map { _ in Task.detached { await sleepForLong() } }
  while (TaskProfiler.counts?.live ?? 0) < 51 { try await Task.sleep(for: .milliseconds(1)) }
  try await Task.sleep(for: .milliseconds(50))
  try Trace.start()
  await work(for: 20_000_000)
  let trace = try Trace.stop().trace()
  for task in tasks { task.cancel() }
  TaskProfiler.stop()
  tellLiving(trace)
}

/// Fifty tasks sleep from before the trace on, each in the task that the library makes for that.
private func tellLiving(_ trace: Trace) {
  let events = Array(trace.events())
  let makers = ["keptWindow", "followedBefore"]
  let met = events.filter { event in
    guard event.kind == .taskMet, event.time == 0 else { return false }
    return trace.functions(event).contains { name in makers.contains { name.contains($0) } }
  }
  let waiting = Set(events.lazy.filter { $0.kind == .taskSuspends && $0.time == 0 }.map(\.task))
  let asleep = met.filter { waiting.contains($0.task) }
  say("asleep", asleep.count)
  say("since-before", asleep.count { $0.value > 1_000_000 })
  Sums(trace).tell()
}

/// A window has what lives in it, though it was made long before.
func keptWindow() async throws {
  try Trace.start(keeping: .last(.milliseconds(200), upTo: 1 << 20))
  let tasks = (0..<50).map { _ in Task.detached { await sleepForLong() } }
  await work(for: 1_500_000_000)
  let snapshot = try Trace.snapshot().trace()
  say("is-window", snapshot.duration <= 250_000_000 && snapshot.duration > 1_000_000)
  tellLiving(snapshot)
  await work(for: 300_000_000)
  let trace = try Trace.stop().trace()
  say("is-window-still", trace.duration <= 250_000_000)
  tellLiving(trace)
  for task in tasks { task.cancel() }
}

/// A region that lasts too long writes one file, and no more for a while.
func triggered() async throws {
  let name = CommandLine.arguments[2]
  try Trace.start(
    to: name + "-%n.trace", keeping: .last(.seconds(1)), writingWhen: [.region(over: .milliseconds(30))])
  for _ in 0..<3 {
    Trace.withRegion("short") {}
    Trace.withRegion("long") { _ = usleep(60_000) }
  }
  let file = name + "-1.trace"
  for _ in 0..<3000 where access(file, F_OK) != 0 { try await Task.sleep(for: .milliseconds(10)) }
  let trace = try Trace(contentsOf: file)
  say("has-region", trace.texts.contains("long"))
  try Trace.stop()
  say("second", access(name + "-2.trace", F_OK) == 0)
  say("own-file", access(name + "-0.trace", F_OK) == 0)
  do {
    try Trace.start(writingWhen: [.region(over: .seconds(1))])
  } catch { say("refused", String(describing: error).contains("%n")) }
}

/// Where there is no room events are counted, and the program does what it does.
func lostEvents() async throws {
  try Trace.start(keeping: .everything(upTo: 2 << 20))
  var sum = 0
  for number in 0..<300_000 {
    Trace.withRegion("some") { sum &+= number }
  }
  let trace = try Trace.stop().trace()
  say("sum", sum)
  let regions = trace.events().reduce(into: 0) { $0 += $1.kind == .regionBegins || $1.kind == .regionEnds ? 1 : 0 }
  let lost = trace.events().reduce(into: Int64(0)) { $0 += $1.kind == .lost ? $1.value : 0 }
  say("some-lost", lost > 0)
  say("none-uncounted", Int64(regions) + lost >= 600_000)
  say("told", trace.losses.contains { $0.sentence.contains("events were lost") })
}

/// A window of a program that says something new all the time: it keeps what was said last, whole, and stays small.
func messages() async throws {
  let most = 200_000
  try Trace.start(keeping: .last(.seconds(3_600), upTo: 1 << 20))
  for number in 0..<most { Trace.log("served", "request \(number)") }
  // 1,023 bytes hold 341 of these characters, and 1,022 in front of one of three bytes hold none of it.
  Trace.log("long", String(repeating: "€", count: 1_000))
  Trace.log("long", String(repeating: "x", count: 1_022) + "€")
  Trace.log("empty", "")
  let recorded = try Trace.stop()
  let trace = try recorded.trace()
  var said: [String] = []
  for event in trace.events() where event.kind == .log {
    said.append("\(trace.texts[Int(event.index)]): \(trace.texts[Int(event.value)])")
  }
  let last = (0..<most).suffix(said.count - 3).map { "served: request \($0)" }
  say("is-window", said.count > 1_000 && said.count < most / 2)
  say("last-are-whole", Array(said.dropLast(3)) == last)
  say("long", said.suffix(3).map { String($0.utf8.count) }.joined(separator: ","))
  say("ends", said.dropLast().suffix(2).map { String($0.last ?? " ") }.joined())
  say("texts-of-window", trace.texts.count < 2 * said.count)
}
