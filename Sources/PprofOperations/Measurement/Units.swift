/// A number with the unit to print after it; empty if there is nothing to say.
public struct ScaledValue: Sendable, Hashable {
  /// The number.
  public var value: Double
  /// The unit.
  public var unit: String
}

/// Conversion and printing of measured values, as pprof does them.
public enum Units {
  /// Converts a number from one unit to another; `auto` and `minimum` choose the unit that suits the number.
  ///
  /// A target of another quantity is replaced by the family's usual unit. Unknown units are not converted: the number
  /// stays and gets the target's name, unless that says nothing (`count`, `sample`, `unit`, `minimum`, `auto`).
  ///
  /// Source: google/pprof, `internal/measurement/measurement.go`, `Scale`.
  public static func scale(_ value: Int64, from: String, to: String) -> ScaledValue {
    if value < 0 && value != .min {
      let positive = scale(-value, from: from, to: to)
      return ScaledValue(value: -positive.value, unit: positive.unit)
    }
    for family in UnitFamily.all {
      guard let source = family.unit(named: from) else { continue }
      let base = Double(value) * source.factor
      let isAutomatic = to == "minimum" || to == "auto"
      let target = isAutomatic ? family.naturalUnit(for: base) : family.unit(named: to) ?? family.fallback
      return ScaledValue(value: base / target.factor, unit: target.name)
    }
    switch to {
    case "count", "sample", "unit", "minimum", "auto": return ScaledValue(value: Double(value), unit: "")
    default: return ScaledValue(value: Double(value), unit: to)
    }
  }

  /// A number in the unit that suits it, e.g. `1.50s`.
  public static func label(_ value: Int64, unit: String) -> String {
    scaledLabel(value, from: unit, to: "auto")
  }

  /// A number converted to another unit, with two decimals unless they are zero, e.g. `1.50s`, `3MB`, `0`.
  public static func scaledLabel(_ value: Int64, from: String, to: String) -> String {
    let scaled = scale(value, from: from, to: to)
    var number = withTwoDecimals(scaled.value)
    if number.hasSuffix(".00") { number.removeLast(3) }
    return number == "0" || number == "-0" ? "0" : number + scaled.unit
  }

  /// The share that `value` is of `total`, in percent, without sign, e.g. ` 5.20%`, `0.042%`, `  100%`.
  ///
  /// Source: google/pprof, `internal/measurement/measurement.go`, `Percentage`.
  public static func percentage(_ value: Int64, of total: Int64) -> String {
    let percent = total == 0 ? 0 : abs(Double(value) / Double(total)) * 100
    if percent >= 99.95 && percent <= 100.05 { return "  100%" }
    let number = percent >= 1 ? withTwoDecimals(percent) : withTwoDigits(percent)
    return String(repeating: " ", count: max(0, 5 - number.utf8.count)) + number + "%"
  }
}
