import Platform
import Pprof
import Profiling
import Testing

/// The calls themselves, in this process. One profiler runs at a time, so these tests do as well.
@Suite(.serialized, .enabled(if: getenv("LAB_CPUPROFILE") == nil, "this test run is itself being profiled"))
struct CPUProfilerTests {
  @Test func refusesRatesThatNoTimerKeeps() {
    for hertz in [0, -1, 1001] {
      #expect(throws: ProfilingError.rateOutOfRange(hertz: hertz)) { try CPUProfiler.start(rate: .hertz(hertz)) }
    }
  }

  @Test func refusesASecondStartAndAStopWithoutStart() throws {
    #expect(throws: ProfilingError.notRunning(.cpu)) { try CPUProfiler.stop() }
    try CPUProfiler.start()
    #expect(throws: ProfilingError.alreadyRunning(.cpu)) { try CPUProfiler.start() }
    let profile = try CPUProfiler.stop()
    try profile.checkValid()
    #expect(profile.sampleTypes.map(\.type) == ["samples", "cpu"])
    #expect(profile.sampleTypes.map(\.unit) == ["count", "nanoseconds"])
    #expect(profile.periodType == ValueType(type: "cpu", unit: "nanoseconds"))
    #expect(profile.period == 10_000_000)
    #expect(profile.mappings.first?.file.hasSuffix("xctest") == true)
  }

  @Test func recordsForAWhile() async throws {
    let profile = try await CPUProfiler.record(for: .milliseconds(20), rate: .hertz(1000))
    #expect(profile.durationNanoseconds >= 20_000_000)
    #expect(profile.period == 1_000_000)
    // And leaves the way free for the next.
    await #expect(throws: ProfilingError.notRunning(.cpu)) { try await CPUProfiler.stop() }
  }
}
