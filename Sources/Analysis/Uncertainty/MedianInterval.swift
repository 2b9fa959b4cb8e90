extension Array where Element == Double {
  /// Where the true median lies 19 times of 20; all that was measured if that is fewer than six values, 0 for none.
  ///
  /// A value lies above the true median with a probability of a half, whatever the distribution: so the bounds are two of
  /// the values themselves, by the ranks of a binomial distribution.
  ///
  /// Source: the interval that belongs to the sign test; Conover, "Practical Nonparametric Statistics", on quantiles.
  public var medianInterval: ClosedRange<Double> {
    let sorted = sorted()
    guard let least = sorted.first, let greatest = sorted.last else { return 0...0 }
    // `below` is the probability that fewer than `rank` values lie below the true median, `exactly` that just `rank` do.
    var (below, exactly, rank) = (0.0, Double(sign: .plus, exponent: -count, significand: 1), 0)
    while below + exactly <= 0.025, rank < count / 2 {
      below += exactly
      exactly *= Double(count - rank) / Double(rank + 1)
      rank += 1
    }
    return rank == 0 ? least...greatest : sorted[rank - 1]...sorted[count - rank]
  }
}
