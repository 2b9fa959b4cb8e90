import Pprof

/// Writes values and shares the way `go tool pprof` does, so that a figure and a report say the same.
struct Quantity {
  /// The unit of the values, e.g. `nanoseconds`, `bytes`, `count`.
  var unit: String

  /// A value in the unit that suits its size, e.g. `1.28s`, `512kB`.
  func text(_ value: Int64) -> String {
    let scales: [(Double, String)]
    switch unit {
    case "nanoseconds", "ns": scales = [(1e9, "s"), (1e6, "ms"), (1e3, "us"), (1, "ns")]
    case "bytes", "byte", "b": scales = [(1073741824, "GB"), (1048576, "MB"), (1024, "kB"), (1, "B")]
    default: return "\(value)"
    }
    for (factor, name) in scales where Double(value.magnitude) >= factor || factor == 1 {
      return Self.decimals(Double(value) / factor, 2) + name
    }
    return "0"
  }

  /// A change with its sign, e.g. `+512kB`; a true minus, so that it is as wide as the plus.
  func change(_ value: Int64) -> String {
    if value == 0 { return "±0" }
    return (value > 0 ? "+" : "−") + text(value == .min ? .max : abs(value))
  }

  /// A part of a whole, e.g. `71.09%`; empty whole gives `0%`.
  static func share(_ part: Int64, of whole: Int64) -> String {
    if whole == 0 { return "0%" }
    let percent = Double(part) / Double(whole) * 100
    if percent.magnitude >= 99.95, percent.magnitude <= 100.05 { return "100%" }
    return decimals(percent, 2) + "%"
  }

  private static func decimals(_ value: Double, _ places: Int) -> String {
    var out = Markup()
    out.number(value)
    return out.string
  }
}
