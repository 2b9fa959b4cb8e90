/// The values a claim allows: `35%..65%`, `3..`, `..2%`, one exact value, or `noise`: no difference but what chance makes.
public struct Bound: Sendable, Hashable, CustomStringConvertible {
  /// The least value allowed; nil if there is none.
  public let lower: Double?
  /// The greatest value allowed; nil if there is none.
  public let upper: Double?
  private let text: String
  private static let noise = "noise"

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
    if text == Self.noise {
      // A ratio is held against 1, a difference against 0: the measurement tells which.
      (lower, upper, self.text) = (nil, nil, text)
      return
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

  /// Whether a measurement lies within. Only a ratio or a difference in points may be noise.
  func holds(_ measurement: Measurement) -> Bool {
    guard text == Self.noise else { return contains(measurement.value) }
    let estimate = Estimate(measurement.value, error: measurement.error)
    switch measurement.unit {
    case .ratio: return estimate.isNoise(around: 1)
    case .points: return estimate.isNoise()
    default: return false
    }
  }

  /// The bound in words, e.g. `35 % to 65 %`, `at least 3`.
  public var description: String { description(in: .count) }

  /// The bound in words, its limits said in the unit of what it bounds, e.g. `at most 512kB`.
  public func description(in unit: Measurement.Unit) -> String {
    if text == Self.noise { return "no difference beyond noise" }
    guard let dots = text.firstRange(of: "..") else {
      return "exactly \(Self.said(text, unit))" + (unit == .points ? " points" : "")
    }
    let (low, high) = (Self.said(text[..<dots.lowerBound], unit), Self.said(text[dots.upperBound...], unit))
    let points = unit == .points ? " points" : ""
    if low.isEmpty { return "at most \(high)\(points)" }
    if high.isEmpty { return "at least \(low)\(points)" }
    return "\(low) to \(high)\(points)"
  }

  /// A limit as people write it: a true minus, thousands apart, bytes in a unit that suits them.
  private static func said(_ limit: some StringProtocol, _ unit: Measurement.Unit) -> String {
    if unit == .bytes, let bytes = Int(limit) { return Measurement(Double(bytes), .bytes, meaning: "").description }
    if let number = Int(limit), abs(number) >= 1000 {
      return Measurement(Double(number), .count, meaning: "").description
    }
    let positive = limit.hasPrefix("-") ? "−" + limit.dropFirst() : String(limit)
    guard positive.hasSuffix("%") else { return positive }
    return positive.dropLast() + (unit == .points ? "" : "\u{A0}%")
  }
}
