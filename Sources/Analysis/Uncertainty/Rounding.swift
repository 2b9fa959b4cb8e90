import Platform

/// Writes numbers with as many digits as mean something: two, or down to the place where chance begins.
///
/// ```swift
/// Rounding.text(59.97, error: 6.33)  // ("60", "6")
/// Rounding.text(253.4, error: 14.1)  // ("253", "14")
/// Rounding.text(7.63)                // ("7.6", nil)
/// ```
public enum Rounding {
  /// The value, and its error if it has one. The error keeps one digit, two if it begins with a 1; the value ends at the
  /// same place. Without an error the value keeps two digits, or all before the point.
  ///
  /// Source: Particle Data Group, "Review of Particle Physics", introduction, for how errors are rounded.
  public static func text(_ value: Double, error: Double? = nil) -> (value: String, error: String?) {
    guard value.isFinite else { return ("?", nil) }
    // What is left of an error by computing with doubles is none.
    guard let error, error.isFinite, error > max(abs(value), 1e-9) * 1e-6 else { return (twoDigits(value), nil) }
    var exponent = Int(log10(error).rounded(.down))
    if (error / power(exponent)).rounded() >= 10 { exponent += 1 }
    if error / power(exponent) < 2 { exponent -= 1 }
    return (fixed(value, to: exponent), fixed(error, to: exponent))
  }

  private static func twoDigits(_ value: Double) -> String {
    if value == 0 { return "0" }
    let exponent = Int(log10(abs(value)).rounded(.down))
    let text = fixed(value, to: min(exponent - 1, 0))
    guard text.contains(".") else { return text }
    let short = text.reversed().drop { $0 == "0" }
    return String((short.first == "." ? short.dropFirst() : short).reversed())
  }

  /// The value rounded to a multiple of a power of ten, with so many decimals; a true minus.
  private static func fixed(_ value: Double, to exponent: Int) -> String {
    let unit = power(exponent)
    let count = (abs(value) / unit).rounded()
    guard count < 1e15, count * unit < 9e18 else { return "\(value)" }
    let sign = value < 0 && count > 0 ? "−" : ""
    if exponent >= 0 { return sign + String(Int64(count * unit)) }
    let digits = String(Int64(count))
    let padded = String(repeating: "0", count: max(0, 1 - exponent - digits.count)) + digits
    return "\(sign)\(padded.dropLast(-exponent)).\(padded.suffix(-exponent))"
  }

  private static func power(_ exponent: Int) -> Double { pow(10, Double(exponent)) }
}

extension Estimate {
  /// The value as a percentage, two significant digits or down to where chance begins, without its sign: `60 %`.
  public var percentage: String { parts(unit: "%", factor: 100).value }

  /// A value in a unit, and its error: `60 % ± 6`. What was never met is less than something: `below 1.3 %`.
  public func text(unit: String, factor: Double = 1) -> String {
    let parts = parts(unit: unit, factor: factor)
    return parts.error.isEmpty ? parts.value : "\(parts.value)\u{A0}\(parts.error)"
  }

  /// The value with its unit, and `± 6`, which is empty where nothing is left to chance.
  public func parts(unit: String, factor: Double = 1) -> (value: String, error: String) {
    let space = unit.isEmpty || unit == "×" ? "" : "\u{A0}"
    if value == 0, let error { return ("below \(Rounding.text(error * factor).value)\(space)\(unit)", "") }
    let text = Rounding.text(value * factor, error: error.map { $0 * factor })
    return ("\(text.value)\(space)\(unit)", text.error.map { "±\u{A0}\($0)" } ?? "")
  }
}
