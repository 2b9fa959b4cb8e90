import Pprof
import PprofOperations
import Testing

@Suite struct UnitsTests {
  @Test(
    arguments: [
      // Within a family, in any spelling.
      (1, "s", "ms", 1000, "ms"), (1500, "milliseconds", "Seconds", 1.5, "s"), (7200, "sec", "hr", 2, "hrs"),
      (2, "MB", "kb", 2048, "kB"), (3, "megabytes", "byte", 3_145_728, "B"), (5, "gcu", "milligcu", 5000, "m*GCU"),
      // The unit that suits the number.
      (999, "ns", "auto", 999, "ns"), (1000, "ns", "auto", 1, "us"), (90_000_000_000, "ns", "minimum", 90, "s"),
      (3_600_000_000_000, "ns", "auto", 1, "hrs"), (1 << 40, "b", "auto", 1, "TB"), (1023, "b", "auto", 1023, "B"),
      (0, "ns", "auto", 0, "s"), (0, "kb", "auto", 0, "B"), (2_000_000, "nanogcu", "auto", 2, "m*GCU"),
      // Another family's unit means the usual one.
      (1024, "kb", "s", 1_048_576, "B"), (1_000_000, "us", "count", 1, "s"),
      // Unknown units are not converted.
      (7, "count", "auto", 7, ""), (7, "widgets", "minimum", 7, ""), (7, "", "ms", 7, "ms"), (7, "x", "x", 7, "x"),
      (7, "count", "count", 7, ""), (7, "x", "", 7, ""),
      // Signs and extremes.
      (-1500, "ms", "auto", -1.5, "s"), (Int64.min, "count", "count", -0x1p63, ""),
    ] as [(Int64, String, String, Double, String)])
  func scale(value: Int64, from: String, to: String, expected: Double, unit: String) {
    let scaled = Units.scale(value, from: from, to: to)
    #expect(abs(scaled.value - expected) <= abs(expected) * 1e-12 && scaled.unit == unit)
  }

  @Test(
    arguments: [
      (0, "ns", "auto", "0"), (1, "ms", "s", "0"), (-1, "ms", "s", "0"), (1500, "ms", "auto", "1.50s"),
      (2000, "ms", "auto", "2s"), (1, "ns", "ms", "0"), (10, "ms", "s", "0.01s"), (-5, "kb", "auto", "-5kB"),
      (5, "count", "auto", "5"), (100, "ns", "", "0"), (12_345, "b", "kb", "12.06kB"),
      // 0.125 lies in the middle and goes to the even digit; 0.375 as well.
      (125, "ms", "s", "0.12s"), (375, "ms", "s", "0.38s"),
    ] as [(Int64, String, String, String)])
  func label(value: Int64, from: String, to: String, expected: String) {
    #expect(Units.scaledLabel(value, from: from, to: to) == expected)
  }

  @Test func automaticLabel() {
    #expect(Units.label(3 << 20, unit: "bytes") == "3MB")
  }

  @Test(
    arguments: [
      (1, 1, "  100%"), (9996, 10_000, "  100%"), (9994, 10_000, "99.94%"), (10_004, 10_000, "  100%"),
      (11, 10, "110.00%"), (1, 100, " 1.00%"), (1, 101, " 0.99%"), (1, 3, "33.33%"), (1, 1000, "  0.1%"),
      (1, 12_345, "0.0081%"), (0, 5, "    0%"), (5, 0, "    0%"), (-1, 3, "33.33%"), (1, -3, "33.33%"),
      (1, 1_000_000_000, "1e-07%"),
    ] as [(Int64, Int64, String)])
  func percentage(value: Int64, total: Int64, expected: String) {
    #expect(Units.percentage(value, of: total) == expected)
  }

  @Test func compatibleTypes() {
    func type(_ type: String, _ unit: String) -> ValueType { ValueType(type: type, unit: unit) }
    #expect(type("sample", "count").isCompatible(with: type("samples", "count")))
    #expect(type("cpu", "ns").isCompatible(with: type("cpu", "hours")))
    #expect(!type("cpu", "ns").isCompatible(with: type("cpu", "bytes")))
    #expect(!type("cpu", "ns").isCompatible(with: type("wall", "ns")))
    #expect(!type("x", "a").isCompatible(with: type("x", "b")))
  }
}
