import ExecutionTrace
import Pprof
import TestSupport
import Testing

@testable import Analysis

/// Profiles out of traces.
@Suite struct TraceProfileTests {
  private func sum(_ profile: Profile) -> Int64 { profile.samples.reduce(0) { $0 + $1.values[1] } }

  @Test("Sums are those of the summary, in every window", arguments: 0..<10 as Range<UInt64>)
  func sums(seed: UInt64) throws {
    let program = SimulatedProgram(seed: seed &+ 300, steps: 400)
    let trace = program.trace
    for window in [
      try TraceWindow(of: trace), try TraceWindow(of: trace, start: program.duration / 3, length: program.duration / 4),
    ] {
      let all = TraceSummary(trace, in: window).all
      #expect(sum(TraceProfile.sched.profile(of: trace, in: window)) == all.ready.sum)
      let waits = all.waiting.filter { $0.key.profile(ofThread: false) == .sync }.values.reduce(0) { $0 + $1.sum }
      let sync = TraceProfile.sync.profile(of: trace, in: window)
      let blocked = sync.samples.filter { $0.labels["reason"] == ["lock"] }.reduce(0) { $0 + $1.values[1] }
      #expect(sum(sync) == waits + all.queued.sum + blocked)
      #expect(sum(TraceProfile.run.profile(of: trace, in: window)) == all.running.sum - all.blocked.sum)
      for kind in TraceProfile.allCases { try kind.profile(of: trace, in: window).checkValid() }
    }
  }

  @Test("Labels and user tasks go along, also to tasks that were made within; stacks are those of the wait")
  func labels() throws {
    var trace = SmallTrace(threads: 2)
    let labels = trace.builder.labels([TraceLabel(key: "client", value: "<b>&\"'")])
    let request = trace.builder.text("request")
    let stack = trace.builder.stack(
      TraceStack(frames: [TraceFrame(function: "waits()"), TraceFrame(function: "main")]))
    trace.make(1, at: 0, by: "serve()")
    trace.run(1, at: 0, thread: 0)
    trace.builder.append(TraceEvent(.labels, at: 1, thread: 0, task: 1, index: labels))
    trace.builder.append(TraceEvent(.userTaskBegins, at: 2, thread: 0, task: 1, other: 9, index: request))
    trace.builder.append(
      TraceEvent(.taskMade, at: 3, thread: 0, task: 2, other: 1, index: stack))
    trace.builder.append(TraceEvent(.taskRunnable, at: 3, thread: 0, task: 2))
    trace.builder.append(TraceEvent(.taskSuspends, at: 10, thread: 0, task: 1, index: stack, reason: .continuation))
    trace.builder.append(TraceEvent(.taskRuns, at: 23, thread: 1, task: 2))
    trace.builder.append(TraceEvent(.callBlocks, at: 30, thread: 1, task: 2, index: stack, reason: .read))
    trace.builder.append(TraceEvent(.callReturns, at: 37, thread: 1, task: 2))
    trace.end(2, at: 40, thread: 1)
    trace.builder.append(TraceEvent(.taskRunnable, at: 60, thread: 1, task: 1))
    trace.run(1, at: 60, thread: 0)
    trace.end(1, at: 70, thread: 0)
    let made = trace.builder.trace()
    let window = try TraceWindow(of: made)
    func profile(_ kind: TraceProfile) throws -> Profile {
      try Profile(decoding: kind.profile(of: made, in: window).encoded())
    }
    func functions(_ sample: Sample, _ profile: Profile) -> [String] {
      sample.locations.map { profile.functions[profile.locations[$0].lines[0].function].name }
    }
    let sync = try profile(.sync)
    let wait = try #require(sync.samples.first { $0.labels["reason"] == ["continuation"] })
    #expect(wait.values == [1, 50] && wait.labels["client"] == ["<b>&\"'"] && wait.labels["user task"] == ["request"])
    #expect(functions(wait, sync) == ["waits()", "main"])
    let sched = try profile(.sched)
    let ready = try #require(sched.samples.first { $0.values == [1, 20] })
    #expect(ready.labels["user task"] == ["request"] && functions(ready, sched) == ["waits()", "main"])
    let syscall = try profile(.syscall)
    #expect(syscall.samples.map(\.values) == [[1, 7]])
    #expect(syscall.samples[0].labels == ["reason": ["read"], "user task": ["request"]])
  }
}
