import CProfiler
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
}
