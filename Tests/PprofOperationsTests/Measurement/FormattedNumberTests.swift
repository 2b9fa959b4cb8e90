import TestSupport
import Testing

@testable import PprofOperations

/// The quick ways to write numbers say what C's `printf` says.
struct FormattedNumberTests {
  private static let edges: [Double] = [
    0, -0.0, 0.005, 0.015, 0.025, 0.125, 0.375, 1.005, 2.675, -0.001, -0.005, -1.125, 99.995, 999.995, 1e8 + 0.125,
    123_456_789.125, 1e9, 1e15 + 0.3, .infinity, -.infinity, .leastNonzeroMagnitude, .greatestFiniteMagnitude,
  ]

  @Test("with two decimals")
  func twoDecimals() {
    var generator = SeededGenerator(seed: 7)
    var numbers = Self.edges + (0...4_000).map { Double($0) / 1000 } + (0...2_000).map { Double($0) / 128 }
    for exponent in -6...12 {
      for _ in 0..<400 { numbers.append(Double.random(in: -1...1, using: &generator) * pow10(exponent)) }
    }
    for number in numbers { #expect(withTwoDecimals(number) == formatted("%.2f", number), "\(number)") }
  }

  @Test("with two significant digits")
  func twoDigits() {
    var generator = SeededGenerator(seed: 8)
    var numbers = Self.edges.filter { $0 >= 0 && $0 < 1 && $0.sign == .plus }
    numbers +=
      (1..<10_000).map { Double($0) / 10_000 } + [0.00995, 0.0995, 0.0994999999, 0.995, 0.999, 0.1, 0.01, 0.001]
    for exponent in -9...0 {
      for _ in 0..<400 { numbers.append(Double.random(in: 0..<1, using: &generator) * pow10(exponent)) }
    }
    for number in numbers { #expect(withTwoDigits(number) == formatted("%.2g", number), "\(number)") }
  }

  @Test("units are found in every spelling that pprof knows, and in no other")
  func unitNames() {
    for name in ["ns", "nanosecond", "nanoseconds", "NanoSeconds", "us", "ms", "MS", "s", "sec", "secs", "hr", "hrs"] {
      #expect(UnitFamily.time.unit(named: name) != nil, "\(name)")
    }
    for name in ["", "μs", "ss", "seco", "count", "n", "msx", "B "] {
      #expect(UnitFamily.time.unit(named: name) == nil, "\(name)")
    }
    for name in ["b", "B", "byte", "BYTES", "kb", "KBs", "kilobytes", "PB"] {
      #expect(UnitFamily.memory.unit(named: name) != nil, "\(name)")
    }
    #expect(UnitFamily.memory.unit(named: "bs") == nil)
  }

  private func pow10(_ exponent: Int) -> Double {
    (0..<abs(exponent)).reduce(1.0) { power, _ in exponent < 0 ? power / 10 : power * 10 }
  }
}
