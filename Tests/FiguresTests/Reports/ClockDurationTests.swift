import Testing

@testable import Figures

struct ClockDurationTests {
  @Test(
    arguments: [
      (0, "0s"), (1, "1ns"), (1_500, "1.5µs"), (2_000_000, "2ms"), (1_000_000_000, "1s"), (61_500_000_000, "1m1.5s"),
      (3_600_000_000_000, "1h0m0s"), (-5_000_001, "-5.000001ms"), (Int64.min, "-2562047h47m16.854775808s"),
    ] as [(Int64, String)])
  func text(_ nanoseconds: Int64, _ expected: String) {
    #expect(clockDuration(nanoseconds) == expected)
  }
}
