/// A value with how far chance may have put it off.
public struct Estimate: Sendable, Hashable {
  /// The value.
  public var value: Double
  /// Half of the interval that holds the true value 19 times of 20, in the value's unit; nil where nothing is left to
  /// chance.
  public var error: Double?

  /// A value and how far it may be off.
  public init(_ value: Double, error: Double? = nil) {
    self.value = value
    self.error = error
  }

  /// 95 % of a normal distribution lie within so many standard deviations.
  static let deviations = 1.96
  /// Of what chance never met there may be so many expected draws, at 95 %.
  ///
  /// Source: Hanley and Lippman-Hand, "If Nothing Goes Wrong, Is Everything All Right?", JAMA 249, 1983.
  static let unseen = 3.0

  /// The value times a number that is known.
  public func scaled(by factor: Double) -> Estimate { Estimate(value * factor, error: error.map { $0 * abs(factor) }) }

  /// How much more this is than another that was measured apart: the errors add up as squares.
  public func difference(to other: Estimate) -> Estimate {
    let error = error == nil && other.error == nil ? nil : hypotenuse(error ?? 0, other.error ?? 0)
    return Estimate(value - other.value, error: error)
  }

  /// How many times the other this is; nil if the other is nothing.
  public func ratio(to other: Estimate) -> Estimate? {
    guard other.value != 0 else { return nil }
    let ratio = value / other.value
    guard error != nil || other.error != nil else { return Estimate(ratio) }
    return Estimate(ratio, error: hypotenuse((error ?? 0) / other.value, ratio * (other.error ?? 0) / other.value))
  }

  /// Whether a difference (or a ratio, told from 1) may be nothing but chance.
  public func isNoise(around expected: Double = 0) -> Bool { error.map { abs(value - expected) <= $0 } ?? false }
}

private func hypotenuse(_ a: Double, _ b: Double) -> Double { (a * a + b * b).squareRoot() }
