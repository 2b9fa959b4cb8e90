import Pprof
import PprofOperations

/// Writes values and shares the way `go tool pprof` does, so that a figure and a report say the same.
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

  /// What a report wrote of a change, with its sign, as `change` has it.
  static func signed(_ text: String, _ value: Int64) -> String {
    value > 0 ? "+" + text : text.replacing("-", with: "−", maxReplacements: 1)
  }

  /// A part of a whole with its sign, e.g. `−3.53%`.
  static func signedShare(_ part: Int64, of whole: Int64) -> String {
    (part > 0 ? "+" : part < 0 ? "−" : "") + share(part, of: whole)
  }

  /// A part of a whole without sign, e.g. `71.09%`.
  static func share(_ part: Int64, of whole: Int64) -> String {
    String(Units.percentage(part, of: whole).drop { $0 == " " })
  }
}
