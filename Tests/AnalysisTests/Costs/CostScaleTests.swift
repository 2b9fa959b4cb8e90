import Testing

@testable import Analysis

@Suite struct CostScaleTests {
  private func cost(_ ratio: Double, _ interval: ClosedRange<Double>? = nil) -> MeasuredCost {
    MeasuredCost(name: "\(ratio)", ratio: ratio, interval: interval)
  }

  @Test func everythingIsOnTheAxis() {
    let scale = CostScale([cost(1.02, 0.98...1.06), cost(3.1, 2.7...3.6)])
    for value in [0.98, 1, 1.02, 1.06, 2.7, 3.1, 3.6] {
      #expect(scale.range.contains(value))
      #expect(scale.place(value) > 0 && scale.place(value) < 1)
    }
    #expect(scale.place(0.98) < scale.place(1) && scale.place(1) < scale.place(3.6))
    // From 1 to twice as much is as far as from 1.5 to twice as much.
    #expect(abs((scale.place(2) - scale.place(1)) - (scale.place(3) - scale.place(1.5))) < 1e-9)
  }

  @Test func oneIsAlwaysMarked() {
    let some: [[MeasuredCost]] = [
      [], [cost(1)], [cost(1.001, 0.999...1.003)], [cost(64, 60...70)], [cost(0.4)], [cost(1.3), cost(0.9)],
    ]
    for costs in some {
      let scale = CostScale(costs)
      #expect(scale.ticks.contains(1))
      #expect(scale.ticks == scale.ticks.sorted())
      for (left, right) in zip(scale.ticks, scale.ticks.dropFirst()) {
        #expect(scale.place(right) - scale.place(left) >= 0.08)
      }
    }
  }

  @Test func whatIsNoRatioIsLeftOut() {
    let scale = CostScale([cost(0), cost(-1), cost(.nan), cost(.infinity), cost(1.5)])
    #expect(scale.costs.map(\.ratio) == [1.5])
    #expect(scale.range.lowerBound > 0 && scale.range.upperBound.isFinite)
  }

  @Test func noCostIsToldFromSome() {
    #expect(cost(1.01, 0.99...1.02).mayBeNone)
    #expect(!cost(1.03, 1.01...1.05).mayBeNone)
    #expect(!cost(1).mayBeNone)
  }
}
