import Pprof
import Profiling
import Testing

@Suite(.serialized) struct CPUProfilerTests {
  @Test func refusesRatesThatNoTimerKeeps() {
    for hertz in [0, -1, 1001] {
      #expect(throws: ProfilingError.rateOutOfRange(hertz: hertz)) { try CPUProfiler.start(rate: .hertz(hertz)) }
    }
  }

  @Test func refusesASecondStartAndAStopWithoutStart() throws {
    #expect(throws: ProfilingError.notRunning) { try CPUProfiler.stop() }
    try CPUProfiler.start()
    #expect(throws: ProfilingError.alreadyRunning) { try CPUProfiler.start() }
    let profile = try CPUProfiler.stop()
    try profile.checkValid()
    #expect(profile.sampleTypes.map(\.type) == ["samples", "cpu"])
  }
}
