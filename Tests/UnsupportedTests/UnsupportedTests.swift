import CProfiler
import Leaks
import Profiling
import ScenarioRunning
import Scenarios
import Testing

/// What the API answers where there is no profiler. Built only there, and with LAB_NO_ENGINE=1.
@Suite struct UnsupportedTests {
  @Test("Nothing is supported")
  func support() {
    #expect(lab_engine_is_present() == 0)
    #expect(!CPUProfiler.isSupported)
    #expect(!HeapProfiler.isSupported)
    #expect(!LeakDetector.isSupported)
    #expect(!ThreadCreationProfiler.isSupported)
    #expect(!CustomProfile.isSupported)
    #expect(!MutexProfiler.isSupported && !BlockProfiler.isSupported)
  }

  @Test("The CPU profiler does not start, and has nothing to stop")
  func cpu() async {
    #expect(throws: ProfilingError.unsupportedPlatform) { try CPUProfiler.start() }
    await #expect(throws: ProfilingError.unsupportedPlatform) { try await CPUProfiler.record(for: .seconds(60)) }
    CPUProfiler.pause()
    CPUProfiler.resume()
    await #expect(throws: ProfilingError.notRunning(.cpu)) { try await CPUProfiler.stop() }
    #expect(CPUProfiler.statistics.samples == 0)
  }

  @Test("The heap profiler does not start, and its snapshot is empty")
  func heap() {
    #expect(throws: ProfilingError.unsupportedPlatform) { try HeapProfiler.start() }
    HeapProfiler.pause()
    HeapProfiler.resume()
    HeapProfiler.stop()
    #expect(!HeapProfiler.isRunning)
    #expect(HeapProfiler.liveCounters == nil)
    #expect(HeapProfiler.snapshot().samples.isEmpty)
    #expect(HeapProfiler.withoutRecording { 7 } == 7)
  }

  @Test("The profilers of waits do not start, and have nothing to stop")
  func waits() async {
    #expect(throws: ProfilingError.unsupportedPlatform) { try MutexProfiler.start() }
    #expect(throws: ProfilingError.unsupportedPlatform) { try BlockProfiler.start() }
    MutexProfiler.pause()
    BlockProfiler.resume()
    await #expect(throws: ProfilingError.notRunning(.mutex)) { try await MutexProfiler.stop() }
    await #expect(throws: ProfilingError.notRunning(.block)) { try await BlockProfiler.stop() }
  }

  @Test("The leak detector is not armed and scans nothing")
  func leaks() {
    #expect(throws: ProfilingError.unsupportedPlatform) { try LeakDetector.arm() }
    LeakDetector.disarm()
    #expect(!LeakDetector.isArmed)
    #expect(throws: ProfilingError.unsupportedPlatform) { try LeakDetector.report() }
  }

  @Test("Making a thread is not counted, and there is nothing to show")
  func threads() {
    #expect(throws: ProfilingError.unsupportedPlatform) { try ThreadCreationProfiler.start() }
    ThreadCreationProfiler.stop()
    #expect(!ThreadCreationProfiler.isRunning)
    #expect(ThreadCreationProfiler.snapshot().samples.isEmpty)
  }

  @Test("A custom profile can be made, and holds nothing")
  func custom() throws {
    let profile = try CustomProfile("open-connections")
    try profile.add(1)
    try profile.add(1)
    #expect(!profile.remove(1))
    #expect(profile.count == 0 && profile.snapshot().samples.isEmpty)
    #expect(throws: CustomProfileError.self) { try CustomProfile("open connections") }
  }

  @Test("Every kind says why it cannot record", arguments: ProfileKind.all.map(\.name))
  func kinds(name: String) throws {
    let kind = try #require(ProfileKind.named(name))
    let error = #expect(throws: (any Error).self) {
      try kind.prepare(nil)
      try kind.resume()
    }
    #expect(error.map { "\($0)" } == ProfilingError.unsupportedPlatform.description)
  }

  @Test("Labels cost nothing and change nothing")
  func labels() async {
    #expect(withLabels(["client": "a"]) { 1 } == 1)
    #expect(await withLabels(["client": "b"]) { await Task { 2 }.value } == 2)
  }

  @Test("A scenario runs without a profiler")
  func scenario() async throws {
    let scenario = try #require(Scenario.named("kafka-decode"))
    let arguments = try Arguments(["responses": 1, "records": 50], for: scenario)
    #expect(try await !scenario.program(.fixed, arguments).round().output.isEmpty)
  }
}
