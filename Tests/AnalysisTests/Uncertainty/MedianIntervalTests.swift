import Analysis
import Testing

@Suite struct MedianIntervalTests {
  /// Ranks of the sign test's interval as its tables have them.
  @Test(arguments: [(6, 1, 6), (9, 2, 8), (10, 2, 9), (25, 8, 18), (40, 14, 27), (100, 40, 61)])
  func `is two of the values, by the ranks of tables`(count: Int, low: Int, high: Int) {
    let values = (1...count).map(Double.init).shuffled()
    #expect(values.medianInterval == Double(low)...Double(high))
  }

  @Test func `is everything where there is too little`() {
    #expect([Double]().medianInterval == 0...0)
    #expect([3.0].medianInterval == 3...3)
    #expect([5.0, 1, 4, 2, 3].medianInterval == 1...5)
  }

  /// Drawn often, the interval holds the true median at least 19 times of 20, also where the distribution is lopsided.
  @Test func `holds the true median`() {
    var state: UInt64 = 1
    func draw() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let uniform = Double(state >> 11) * 0x1p-53
      return uniform * uniform * uniform
    }
    let held = (0..<4000).count { _ in (0..<25).map { _ in draw() }.medianInterval.contains(0.125) }
    // 95.7 % by the binomial distribution, 3,827 of 4,000, with a standard deviation of 13.
    #expect((3_780...3_875).contains(held))
  }
}
