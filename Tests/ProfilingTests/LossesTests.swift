import CProfiler
import Pprof
import Testing

@testable import Profiling

struct LossesTests {
  private static let all = (0..<LAB_LOSSES.rawValue).map { lab_loss(rawValue: $0) }

  @Test func eachIsToldByItsEngineAndNoOther() {
    for (place, loss) in Self.all.enumerated() {
      var losses = Losses()
      losses[loss] = UInt64(place + 3)
      let engine = String(cString: lab_loss_engine(loss))
      #expect(losses.comments(of: engine) == ["\(place + 3) \(String(cString: lab_loss_sentence(loss)))"])
      for other in Set(Self.all.map { String(cString: lab_loss_engine($0)) }).subtracting([engine]) {
        #expect(losses.comments(of: other) == [])
      }
    }
  }

  @Test func sentencesSayDifferentThings() {
    let sentences = Self.all.map { String(cString: lab_loss_engine($0)) + String(cString: lab_loss_sentence($0)) }
    #expect(Set(sentences).count == sentences.count)
  }

  @Test func whatWasLostBeforeIsTakenFromAWindow() {
    var before = Losses(), after = Losses(), window = Losses()
    before[LAB_LOSS_cpu_truncated] = 5
    after[LAB_LOSS_cpu_truncated] = 12
    after[LAB_LOSS_cpu_unresolved] = 1
    window &-= before
    window &+= after
    #expect(window[LAB_LOSS_cpu_truncated] == 7)
    #expect(window[LAB_LOSS_cpu_unresolved] == 1)
    #expect(window.comments(of: "cpu").count == 2)
  }

  @Test("A profile of CPU time that came as a file tells what was lost, as its samples and comments have it")
  func readBack() {
    var losses = Losses()
    losses[LAB_LOSS_cpu_buffer_full] = 3
    losses[LAB_LOSS_cpu_truncated] = 1_000_000
    losses[LAB_LOSS_cpu_unresolved] = 7
    let others = ["cpu profile at 100 Hz of CPU time: 9 samples by 9 signals on 1 threads", "x samples are lost", ""]
    #expect(Losses(comments: others + losses.comments(of: "cpu"), of: "cpu") == losses)
    #expect(Losses(comments: losses.comments(of: "cpu"), of: "heap") == Losses())
    var builder = ProfileBuilder(sampleTypes: [ValueType(type: "samples", unit: "count"), .cpuTime])
    builder.add(named: "[lost samples]", values: [3, 30_000_000])
    builder.add(named: "f()", values: [40, 400_000_000])
    var profile = builder.finish()
    profile.comments = others + losses.comments(of: "cpu")
    let recording = ProfileRecording(ofCPUTime: profile)
    #expect(recording.samples == 40 && recording.lost == 3)
    #expect(recording.truncated == 1_000_000 && recording.unresolved == 7)
  }
}
