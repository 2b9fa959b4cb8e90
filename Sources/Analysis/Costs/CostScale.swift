import Platform

/// How much longer something takes while it is measured, by what `lab bench` found out.
public struct MeasuredCost: Sendable, Hashable {
  /// What was measured.
  public var name: String
  /// Time with the measuring on, over time without.
  public var ratio: Double
  /// Where the true ratio lies with a probability of 95 %; nil if nobody knows.
  public var interval: ClosedRange<Double>?
  /// Whose tool it is; nil if ours.
  public var peer: String?

  /// A cost of the given ratio.
  public init(name: String, ratio: Double, interval: ClosedRange<Double>? = nil, peer: String? = nil) {
    self.name = name
    self.ratio = ratio
    self.interval = interval
    self.peer = peer
  }

  /// Whether the interval holds 1, so that the cost may be none.
  public var mayBeNone: Bool { interval?.contains(1) ?? false }
}

/// Costs on one axis of times, which holds all of their intervals, and 1.
///
/// The axis is logarithmic: twice as long and half as long are equally far from 1.
public struct CostScale: Sendable, Hashable {
  /// The costs, in the order given.
  public let costs: [MeasuredCost]
  /// Where the axis begins and ends.
  public let range: ClosedRange<Double>

  /// An axis for costs, of which those whose ratio is no positive number are left out.
  public init(_ costs: [MeasuredCost]) {
    self.costs = costs.filter { $0.ratio > 0 && $0.ratio.isFinite }
    let ends = self.costs.flatMap { [$0.ratio, $0.interval?.lowerBound, $0.interval?.upperBound] }.compactMap(\.self)
    let (least, greatest) = (max(min(ends.min() ?? 1, 1), 0.01), max(ends.max() ?? 1, 1.01))
    // A little room, so that the first and the last mark stand whole.
    let room = (greatest / least).squareRoot().squareRoot().squareRoot()
    range = (least / room)...(greatest * room)
  }

  /// Where on the axis a ratio stands, from 0 to 1.
  public func place(_ ratio: Double) -> Double {
    let (low, high) = (log2(range.lowerBound), log2(range.upperBound))
    return min(max((log2(max(ratio, 0.001)) - low) / (high - low), 0), 1)
  }

  /// Ratios to mark on the axis: 1 always, and round ones that have room beside it.
  public var ticks: [Double] {
    let isNarrow = range.upperBound / range.lowerBound < 1.6
    let wanted = isNarrow ? [0.8, 0.9, 0.95, 1, 1.05, 1.1, 1.2, 1.3] : [0.5, 1, 1.5, 2, 3, 4, 6, 8, 16, 32, 64]
    var ticks: [Double] = []
    for tick in wanted where range.contains(tick) {
      if let last = ticks.last, place(tick) - place(last) < 0.09 {
        guard tick == 1 else { continue }
        ticks.removeLast()
      }
      ticks.append(tick)
    }
    return ticks
  }
}
