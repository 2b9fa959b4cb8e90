/// Where a measured value lies among those that its claim allows, in percent of a scale that has room for all of them.
struct ClaimRange: Equatable {
  /// The scale's ends, as people say them.
  var from: String
  var to: String
  /// The allowed values' beginning, and how far their end is from the scale's.
  var left: String
  var right: String
  /// The measured value, and how far its margin reaches to both sides.
  var point: String
  var margin: String

  /// The range of a claim; nil if there is no number, or but one that is allowed.
  init?(_ number: MeasuredNumber?) {
    guard let number, number.value.isFinite, number.least != number.greatest else { return nil }
    let known = [number.value, number.least, number.greatest].compactMap(\.self)
    let (lowest, highest) = (known.min() ?? 0, known.max() ?? 0)
    let isShare = number.sign == " %" && lowest >= 0 && highest <= 100
    let low = lowest < 0 ? -Self.round(above: -lowest) : 0
    let high = isShare ? 100 : Self.round(above: highest)
    guard high > low else { return nil }
    func percent(_ value: Double) -> String {
      StatedNumber.digits(min(max((value - low) / (high - low) * 100, 0), 100), 1)
    }
    func said(_ end: Double) -> String { StatedNumber.digits(end, abs(end) < 1 && end != 0 ? 1 : 0) + number.sign }
    from = said(low)
    to = said(high)
    left = percent(number.least ?? low)
    right = percent(low + high - (number.greatest ?? high))
    point = percent(number.value)
    margin = percent(low + (number.margin ?? 0))
  }

  /// The least of 1, 2, 5, 10, … and their tenths that leaves some room above a value.
  private static func round(above value: Double) -> Double {
    var step = 0.1
    while step < 1e15 {
      for factor in [1.0, 2.0, 5.0] where step * factor >= value * 1.1 { return step * factor }
      step *= 10
    }
    return value
  }
}
