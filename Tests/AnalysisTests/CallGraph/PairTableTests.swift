import Testing

@testable import Analysis

struct PairTableTests {
  @Test("gives every pair one number, in order, as a dictionary would")
  func numbers() {
    var table = PairTable()
    var expected: [[Int]: Int] = [:]
    var state: UInt64 = 1
    for _ in 0..<5000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let pair = [Int(state >> 60) - 1, Int(state >> 33 & 0x1ff) << 20]
      let number = expected[pair] ?? expected.count
      expected[pair] = number
      #expect(table.number(pair[0], pair[1]) == number)
    }
    #expect(table.count == expected.count)
    for (pair, number) in expected { #expect(table.number(pair[0], pair[1]) == number) }
  }
}
