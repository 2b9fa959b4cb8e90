/// Durations in nanoseconds, counted in classes no wider than a 32nd of their values.
///
/// The count, the sum and the extremes are exact; a percentile may be off by 1.6 %, and is exact below 64 ns. It takes 16
/// bytes for each class between the least and the greatest, of which an octave has 32.
///
/// Source: Gil Tene's HdrHistogram, https://github.com/HdrHistogram/HdrHistogram.
public struct Distribution: Sendable, Hashable {
  /// How many there are.
  public private(set) var count = 0
  /// What they are together; the greatest number if that is more.
  public private(set) var sum: Int64 = 0
  private var (lowest, highest): (Int64, Int64) = (.max, 0)

  /// The number of the class of `classes[0]`.
  private var first = 0
  private var classes: [Class] = []

  private struct Class: Hashable {
    var count: Int64 = 0
    var sum: Int64 = 0
  }

  /// Durations that are classed together, for a histogram.
  public struct Bin: Sendable, Hashable {
    /// The least that it takes, and what is more than it takes.
    public var range: Range<Int64>
    /// How many there are.
    public var count: Int64
    /// What they are together.
    public var sum: Int64
  }

  /// No durations.
  public init() {}

  /// The shortest; 0 if there are none.
  public var least: Int64 { count == 0 ? 0 : lowest }
  /// The longest; 0 if there are none.
  public var greatest: Int64 { highest }
  /// Half of them are no longer.
  public var median: Int64 { percentile(0.5) }

  /// Adds one; what is less than nothing is nothing.
  public mutating func add(_ duration: Int64) {
    let duration = max(duration, 0)
    let number = Self.number(of: duration)
    makeRoom(for: number)
    classes[number - first].count += 1
    classes[number - first].sum = classes[number - first].sum.adding(duration)
    count += 1
    sum = sum.adding(duration)
    lowest = min(lowest, duration)
    highest = max(highest, duration)
  }

  /// Adds all of another.
  public mutating func add(_ other: Distribution) {
    guard other.count > 0 else { return }
    makeRoom(for: other.first)
    makeRoom(for: other.first + other.classes.count - 1)
    for (offset, its) in other.classes.enumerated() {
      classes[other.first + offset - first].count += its.count
      classes[other.first + offset - first].sum = classes[other.first + offset - first].sum.adding(its.sum)
    }
    count += other.count
    sum = sum.adding(other.sum)
    lowest = min(lowest, other.lowest)
    highest = max(highest, other.highest)
  }

  /// The least of them that so large a share of all does not exceed; 0 if there are none.
  public func percentile(_ share: Double) -> Int64 {
    guard count > 0 else { return 0 }
    let rank = min(max(Int64((share * Double(count)).rounded(.up)), 1), Int64(count))
    if rank == 1 { return lowest }
    if rank == count { return highest }
    var seen: Int64 = 0
    for (offset, its) in classes.enumerated() {
      seen += its.count
      if seen < rank { continue }
      let range = Self.range(of: first + offset)
      return min(max(range.lowerBound + (range.upperBound - 1 - range.lowerBound) / 2, lowest), highest)
    }
    return highest
  }

  /// All of them in bins from a power of two to half as much again, and from there to the next power; without gaps between
  /// the first and the last.
  public var bins: [Bin] {
    guard count > 0 else { return [] }
    let (low, high) = (Self.bin(of: lowest), Self.bin(of: highest))
    var bins = (low...high).map { Bin(range: Self.binRange($0), count: 0, sum: 0) }
    for (offset, its) in classes.enumerated() where its.count > 0 {
      let bin = Self.bin(of: Self.range(of: first + offset).lowerBound) - low
      bins[bin].count += its.count
      bins[bin].sum = bins[bin].sum.adding(its.sum)
    }
    return bins
  }

  // MARK: - Classes

  private static let bits = 5
  private static let perOctave = 1 << bits

  /// Durations below two octaves of classes have one each.
  private static func number(of duration: Int64) -> Int {
    let duration = Int(duration)
    guard duration >= 2 * perOctave else { return duration }
    let shift = Int.bitWidth - 1 - duration.leadingZeroBitCount - bits
    return shift * perOctave + duration >> shift
  }

  private static func range(of number: Int) -> Range<Int64> {
    guard number >= 2 * perOctave else { return Int64(number)..<Int64(number) + 1 }
    let shift = number / perOctave - 1
    let low = Int64(number % perOctave + perOctave) << shift
    return low..<low.adding(1 << shift)
  }

  private mutating func makeRoom(for number: Int) {
    if classes.isEmpty { first = number }
    if number < first {
      classes.insert(contentsOf: repeatElement(Class(), count: first - number), at: 0)
      first = number
    }
    let missing = number - first - classes.count + 1
    if missing > 0 { classes.append(contentsOf: repeatElement(Class(), count: missing)) }
  }

  // MARK: - Bins

  /// Two an octave; the first is of 0 alone.
  private static func bin(of duration: Int64) -> Int {
    guard duration > 0 else { return 0 }
    let octave = Int64.bitWidth - 1 - duration.leadingZeroBitCount
    let isUpper = octave > 0 && duration >> (octave - 1) & 1 == 1
    return 1 + 2 * octave + (isUpper ? 1 : 0)
  }

  private static func binRange(_ bin: Int) -> Range<Int64> {
    guard bin > 0 else { return 0..<1 }
    let octave = (bin - 1) / 2
    let low = Int64(1) << octave
    let middle = octave == 0 ? low + 1 : low + low / 2
    if (bin - 1) % 2 == 0 { return low..<middle }
    return middle..<max(low.adding(low), middle)
  }
}

extension Int64 {
  /// The sum; the greatest number where it does not fit, for durations in a file may be anything.
  func adding(_ other: Int64) -> Int64 {
    let (sum, isTooMuch) = addingReportingOverflow(other)
    return isTooMuch ? (other > 0 ? .max : .min) : sum
  }

  /// The product; the greatest or the least number where it does not fit.
  func multiplied(by factor: Int) -> Int64 {
    let (product, isTooMuch) = multipliedReportingOverflow(by: Int64(factor))
    return isTooMuch ? ((self < 0) == (factor < 0) ? .max : .min) : product
  }

  /// The difference; the greatest or the least number where it does not fit.
  func subtracting(_ other: Int64) -> Int64 {
    let (difference, isTooMuch) = subtractingReportingOverflow(other)
    return isTooMuch ? (other < 0 ? .max : .min) : difference
  }
}
