import Pprof
import TestSupport
import Testing

@testable import Analysis

@Suite struct HarnessTests {
  @Test("The lab's own frames go as far as they reach from the outside, those of other stacks stay")
  func outermostFrames() throws {
    var builder = ProfileBuilder("samples/count")
    let lab = "Lab.main()@Sources/lab/Lab.swift:1;CaptureSession.turns(of:)@Sources/ScenarioRunning/Running/A.swift:2"
    builder.add(
      lab + ";Kafka.program(_:_:)@Sources/Scenarios/Kafka.swift:3;consume;CPUClock.measure@Sources/lab/B.swift:1", 9)
    builder.add("start_thread;work", 1)
    builder.add(lab, 2)
    let harness = Harness(removedFrom: builder.profile)
    #expect(harness.profile.foldedStacks == ["consume;CPUClock.measure: 9", "start_thread;work: 1", ": 2"])
    #expect(harness.frames == ["Lab.main()", "CaptureSession.turns(of:)", "Kafka.program(_:_:)"])
    try harness.profile.checkValid()
  }

  @Test("Of a place in which the program was inlined into the lab the program stays")
  func inlinedFrames() throws {
    var builder = ProfileBuilder("samples/count")
    builder.add([["a@Sources/lab/A.swift:1", "b@Sources/Scenarios/B.swift:2"], ["c"]], values: [1])
    builder.add([["a@Sources/lab/A.swift:1", "b@Sources/Scenarios/B.swift:2"], ["d"]], values: [1])
    let harness = Harness(removedFrom: builder.profile)
    #expect(harness.profile.foldedStacks == ["b;c: 1", "b;d: 1"] && harness.frames == ["a"])
    try harness.profile.checkValid()
    #expect(Harness(removedFrom: harness.profile).frames == [])
  }
}
