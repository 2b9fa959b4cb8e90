import Pprof
import PprofOperations

/// How a report writes values: which unit they come in, which they are shown in, and what they are multiplied by.
public struct ValueFormat: Sendable, Hashable {
  /// The unit of the profile's values.
  public let sampleUnit: String
  /// The unit shown; `minimum` and `auto` choose one for each value.
  public let outputUnit: String
  /// What values are multiplied by before they are written.
  public let ratio: Double

  /// The value with its unit, e.g. `1.50MB`.
  public func string(_ value: Int64) -> String {
    Units.scaledLabel(scaled(value), from: sampleUnit, to: outputUnit)
  }

  /// The value with its unit and two significant digits, or all before the point, e.g. `1.5MB`.
  public func rounded(_ value: Int64) -> String {
    let scaled = Units.scale(scaled(value), from: sampleUnit, to: outputUnit)
    return scaled.value == 0 ? "0" : Rounding.text(scaled.value).value + scaled.unit
  }

  /// The value as a whole number of the unit shown; not multiplied.
  public func wholeNumber(_ value: Int64) -> Int64 {
    Int64(truncatingOrMin: Units.scale(value, from: sampleUnit, to: outputUnit).value)
  }

  /// The value multiplied by the ratio, without its fraction.
  func scaled(_ value: Int64) -> Int64 {
    ratio > 0 && ratio != 1 ? Int64(truncatingOrMin: Double(value) * ratio) : value
  }
}

extension ValueFormat {
  /// The format in which the smallest of the nodes' values can be told from 0.
  ///
  /// Only the unit `minimum` is replaced, by one for all values of the report.
  /// - Parameters:
  ///   - needsIntegers: whether values are written as whole numbers, so that the unit must not be larger.
  ///   - prefersLarge: whether the unit is the largest in which two decimals tell the smallest from 0; pprof takes it
  ///     only where the values differ a hundredfold.
  func fitting(
    _ nodes: some Collection<CallGraph.Node>, total: Int64, needsIntegers: Bool, prefersLarge: Bool
  ) -> ValueFormat {
    if outputUnit != "minimum" || nodes.isEmpty { return self }
    let magnitudes = nodes.lazy.map { ($0.flat == 0 ? $0.cum : $0.flat).wrappingMagnitude }
    let least = scaled(magnitudes.filter { $0 > 0 }.min() ?? total)
    let most = scaled(total)
    func unit(of value: Int64) -> String { Units.scale(value, from: sampleUnit, to: "minimum").unit }
    var chosen = unit(of: least)
    if chosen != unit(of: most), least &* 100 < most, !needsIntegers {
      // Two decimals are written: a hundredth of the larger unit can still be seen.
      chosen = unit(of: least &* 100)
    } else if prefersLarge, !needsIntegers {
      chosen = unit(of: most)
    }
    return ValueFormat(sampleUnit: sampleUnit, outputUnit: chosen.isEmpty ? sampleUnit : chosen, ratio: ratio)
  }
}
