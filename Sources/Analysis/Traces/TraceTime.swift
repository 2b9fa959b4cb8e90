/// Times of traces as people write and read them. They are in nanoseconds.
public enum TraceTime {
  private static let units: [(name: String, nanoseconds: Double)] = [("s", 1e9), ("ms", 1e6), ("µs", 1e3), ("ns", 1)]

  /// A duration in the unit that suits it, with two digits or all before the point: `1.9 µs`, `38 ms`, `830 ms`.
  public static func text(_ nanoseconds: Int64) -> String {
    // What is rounded to a thousand of one unit is one of the next.
    let unit = units.first { abs(Double(nanoseconds)) >= $0.nanoseconds * 0.9995 } ?? units[3]
    return "\(Rounding.text(Double(nanoseconds) / unit.nanoseconds).value)\u{A0}\(unit.name)"
  }

  /// A place in a trace, to a 1,000th of a length that is looked at: `62.4 ms`, `1.000250 s`.
  public static func place(_ nanoseconds: Int64, within length: Int64) -> String {
    let unit = units.first { abs(Double(nanoseconds)) >= $0.nanoseconds } ?? units[3]
    let finest = max(Double(length) / 1_000, 1)
    var (decimals, step) = (0, unit.nanoseconds)
    while step > finest, step > 1 { (decimals, step) = (decimals + 1, step / 10) }
    return "\(fixed(Double(nanoseconds) / unit.nanoseconds, decimals: decimals))\u{A0}\(unit.name)"
  }

  /// A number with so many decimals, less the zeros at its end.
  static func fixed(_ value: Double, decimals: Int) -> String {
    var scale: Int64 = 1
    for _ in 0..<decimals { scale *= 10 }
    let scaled = (abs(value) * Double(scale)).rounded()
    guard scaled < 1e18 else { return "\(value)" }
    let whole = Int64(scaled)
    let sign = value < 0 && whole > 0 ? "−" : ""
    let digits = String(whole % scale)
    var decimal = String(repeating: "0", count: max(decimals - digits.count, 0)) + digits
    while decimal.hasSuffix("0") { decimal.removeLast() }
    return sign + String(whole / scale) + (decimals == 0 || decimal.isEmpty ? "" : "." + decimal)
  }

  /// A time as it is written on a command line: `62ms`, `1.5 s`, `20us`, `20µs`, `900ns`; nil if it is none, or less than
  /// nothing.
  public static func parse(_ text: String) -> Int64? {
    let text = text.replacing("\u{A0}", with: " ").replacing("us", with: "µs").replacing("μs", with: "µs")
    // The longer names first: all end in s.
    for unit in units.reversed() where text.hasSuffix(unit.name) {
      let number = text.dropLast(unit.name.count).reversed().drop { $0 == " " }.reversed()
      guard let value = Double(String(number)), value >= 0 else { continue }
      return Int64(exactly: (value * unit.nanoseconds).rounded())
    }
    return nil
  }
}
