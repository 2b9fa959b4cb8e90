import Analysis
import Pprof
import PprofOperations

/// Writes values the way `go tool pprof` does, so that a figure and a report say the same; shares and estimates with as
/// many digits as mean something.
struct Quantity: Sendable {
  /// The unit of the values, e.g. `nanoseconds`, `bytes`, `count`.
  var unit: String

  /// A value in the unit that suits its size, e.g. `1.28s`, `512kB`.
  func text(_ value: Int64) -> String {
    Units.label(value, unit: unit)
  }

  /// A change with its sign, e.g. `+512kB`; a true minus, so that it is as wide as the plus.
  func change(_ value: Int64) -> String {
    if value == 0 { return "±0" }
    return (value > 0 ? "+" : "−") + text(value == .min ? .max : abs(value))
  }

  /// An estimate in the unit that suits its size, with its error, e.g. `152 ms ± 12`.
  func text(_ estimate: Estimate) -> String {
    // Of what is little or nothing the error says more.
    let size = max(abs(estimate.value), estimate.error ?? 0)
    let value = Int64(exactly: size.rounded()) ?? .max
    let scaled = Units.scale(value, from: unit, to: "auto")
    let factor = value == 0 ? 1 : scaled.value / Double(value)
    return estimate.text(unit: scaled.unit == "us" ? "µs" : scaled.unit, factor: factor)
  }

  /// A change with its sign and its error, e.g. `+6.7 MB ± 0.9`.
  func change(_ estimate: Estimate) -> String {
    (estimate.value > 0 ? "+" : "") + text(estimate)
  }

  /// What a report wrote of a change, with its sign, as `change` has it.
  static func signed(_ text: String, _ value: Int64) -> String {
    value > 0 ? "+" + text : text.replacing("-", with: "−", maxReplacements: 1)
  }

  /// A share with its error, e.g. `60 % ± 6`.
  static func share(_ estimate: Estimate) -> String { estimate.text(unit: "%", factor: 100) }

  /// A change in shares of what was before, with its sign and its error, e.g. `−3.5 % ± 1.2`.
  static func signedShare(_ estimate: Estimate) -> String {
    (estimate.value > 0 ? "+" : "") + (estimate.value == 0 ? "0\u{A0}%" : share(estimate))
  }

  /// A part of a whole without its error, e.g. `71 %`.
  static func share(_ part: Int64, of whole: Int64) -> String {
    share(Estimate(whole == 0 ? 0 : abs(Double(part) / Double(whole))))
  }
}
