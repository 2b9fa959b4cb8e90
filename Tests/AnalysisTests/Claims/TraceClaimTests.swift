import ExecutionTrace
import Pprof
import Testing

@testable import Analysis

@Suite struct TraceClaimTests {
  private func capture(_ trace: Trace, variant: String = "faulty") -> Capture {
    Capture(
      trace,
      provenance: Provenance(
        scenario: "s", variant: variant, kind: "trace", parameters: [:], command: "", date: "",
        machine: .init(processor: "p", cores: 1, kernel: "k", system: "s", toolchain: "t"), build: "release", key: "",
        digest: "", recording: .init(samples: 0, lost: 0, truncated: 0, unresolved: 0, cpuSeconds: 0),
        overhead: .init(ratios: [1]), cpuSecondsPerRound: 1, wallSecondsPerRound: 1, output: "", truth: []))
  }

  /// Four tasks on one of two processors, each of `length`, with as long a gap after it.
  private func tasks(of length: Int64, variant: String = "faulty") -> Capture {
    var trace = SmallTrace(threads: 1, processors: 2)
    for number in 0..<4 {
      let start = Int64(number) * 2 * length
      trace.make(UInt64(number + 1), at: start, by: number == 3 ? "merge()" : "sort()")
      trace.run(UInt64(number + 1), at: start, thread: 0)
      trace.end(UInt64(number + 1), at: start + length, thread: 0)
    }
    trace.builder.append(TraceEvent(.log, at: 8 * length))
    return capture(trace.builder.trace(), variant: variant)
  }

  private func value(_ query: String, _ items: [String: String] = [:], of capture: Capture) throws -> Double {
    let items =
      [(name: "value", value: query), (name: "within", value: "0..")]
      + items.map { (name: $0.key, value: $0.value) }
    return try Claim(items: items).evaluate(on: capture) { _ in tasks(of: 500, variant: "fixed") }.measurement.value
  }

  @Test("What is asked of a trace is what it has, in the window asked for")
  func values() throws {
    let trace = tasks(of: 1_000)
    #expect(try value("running-share", of: trace) == 0.25)
    #expect(try value("running-share", ["length": "1us"], of: trace) == 0.5)
    #expect(try value("parallelism", of: trace) == 0.5)
    #expect(try value("idle-share", of: trace) == 0)
    #expect(try value("minimum-utilisation", ["over": "1us"], of: trace) == 0)
    #expect(try value("tasks", of: trace) == 4)
    #expect(try value("tasks", ["function": "sort"], of: trace) == 3)
    #expect(try value("tasks", ["which": "most"], of: trace) == 1)
    #expect(try value("small-share", of: trace) == 1)
    #expect(try value("task-time-ratio", ["time": "median-run", "to": "fixed"], of: trace) == 2)
    #expect(try value("task-time-ratio", ["time": "running", "over": "longest-run"], of: trace) == 4)
    #expect(try value("finding", ["finding": "too-small"], of: trace) == 0)
  }

  @Test("Turns of tasks, and calls that keep their threads for long, are counted")
  func turns() throws {
    var trace = SmallTrace(threads: 2, processors: 2)
    for task in 1...2 { trace.make(UInt64(task), at: 0, by: "paint()") }
    trace.run(1, at: 0, thread: 0)
    trace.run(2, at: 3_000, thread: 1)
    trace.end(1, at: 4_000, thread: 0)
    for (reason, at) in [(ExecutionTrace.WaitReason.semaphore, Int64(5_000)), (.lock, 10_000), (.semaphore, 15_000)] {
      trace.builder.append(TraceEvent(.callBlocks, at: at, thread: 1, task: 2, reason: reason))
      trace.builder.append(TraceEvent(.callReturns, at: at + (at == 15_000 ? 10 : 2_000), thread: 1, task: 2))
    }
    trace.suspend(2, at: 16_000, thread: 1, reason: .continuation)
    trace.wake(2, at: 17_000)
    trace.run(2, at: 17_000, thread: 1)
    trace.end(2, at: 18_000, thread: 1)
    let painted = capture(trace.builder.trace())
    #expect(try value("turns", of: painted) == 3)
    #expect(try value("turns", ["function": "paint"], of: painted) == 3)
    #expect(try value("long-calls", ["from": "1024ns"], of: painted) == 1)
    #expect(throws: ClaimError.self) { try value("long-calls", ["from": "1us"], of: painted) }
  }

  @Test func regions() throws {
    let trace = capture(RegionReportTests.stores.builder.trace())
    #expect(try value("region-count", ["region": "store"], of: trace) == 2_003)
    #expect(try value("region-count", ["region": "store", "from": "1024ns"], of: trace) == 2)
    #expect(try value("region-ratio", ["region": "store", "at": "100", "over": "50"], of: trace) > 50_000)
    #expect(try value("region-share", ["region": "store", "of": "store"], of: trace) == 1)
  }

  @Test("What cannot be answered says why")
  func errors() throws {
    let trace = tasks(of: 1_000)
    #expect(throws: ClaimError.noSuchFunction("nobody")) { try value("tasks", ["function": "nobody"], of: trace) }
    #expect(throws: ClaimError.noSuchRegion("a", known: [])) { try value("region-count", ["region": "a"], of: trace) }
    #expect(throws: ClaimError.self) { try value("minimum-utilisation", ["over": "1s"], of: trace) }
    #expect(throws: ClaimError.self) { try value("task-time-ratio", ["time": "running"], of: trace) }
    #expect(throws: ClaimError.self) { try value("region-count", ["region": "a", "from": "1us"], of: trace) }
    #expect(throws: TraceWindowError.self) { try value("tasks", ["start": "1s"], of: trace) }
    let heap = Capture(Profile(), provenance: trace.provenance)
    #expect(throws: ClaimError.notATrace("s/faulty/trace")) { try value("running-share", of: heap) }
  }
}
