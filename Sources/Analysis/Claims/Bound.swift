/// The values a claim allows: `35%..65%`, `3..`, `..2%`, or one exact value.
public struct Bound: Sendable, Hashable, CustomStringConvertible {
  /// The least value allowed; nil if there is none.
  public let lower: Double?
  /// The greatest value allowed; nil if there is none.
  public let upper: Double?
  private let text: String

  /// Reads a bound.
  ///
  /// - Throws: `ClaimError.malformedBound` if it is no bound, is open on both sides, or runs backwards.
  public init(_ text: String) throws(ClaimError) {
    func number(_ part: some StringProtocol) throws(ClaimError) -> Double? {
      if part.isEmpty { return nil }
      let isPercent = part.hasSuffix("%")
      guard let value = Double(isPercent ? String(part.dropLast()) : String(part)), value.isFinite else {
        throw .malformedBound(text)
      }
      return isPercent ? value / 100 : value
    }
    if let dots = text.firstRange(of: "..") {
      lower = try number(text[..<dots.lowerBound])
      upper = try number(text[dots.upperBound...])
    } else {
      lower = try number(text)
      upper = lower
    }
    guard lower != nil || upper != nil, (lower ?? -.infinity) <= (upper ?? .infinity) else {
      throw .malformedBound(text)
    }
    self.text = text
  }

  /// Whether a value lies within, ends included.
  public func contains(_ value: Double) -> Bool {
    value >= (lower ?? -.infinity) && value <= (upper ?? .infinity)
  }

  /// The bound in words, e.g. `35% to 65%`, `at least 3`.
  public var description: String { description(in: .count) }

  /// The bound in words, its limits said in the unit of what it bounds, e.g. `at most 512kB`.
  public func description(in unit: Measurement.Unit) -> String {
    guard let dots = text.firstRange(of: "..") else { return "exactly \(Self.said(text, unit))" }
    let (low, high) = (Self.said(text[..<dots.lowerBound], unit), Self.said(text[dots.upperBound...], unit))
    if low.isEmpty { return "at most \(high)" }
    if high.isEmpty { return "at least \(low)" }
    return "\(low) to \(high)"
  }

  /// A limit as people write it: a true minus, thousands apart, bytes in a unit that suits them.
  private static func said(_ limit: some StringProtocol, _ unit: Measurement.Unit) -> String {
    if unit == .bytes, let bytes = Int(limit) { return Measurement(Double(bytes), .bytes, meaning: "").description }
    if let number = Int(limit), abs(number) >= 1000 {
      return Measurement(Double(number), .count, meaning: "").description
    }
    return limit.hasPrefix("-") ? "−" + limit.dropFirst() : String(limit)
  }
}
