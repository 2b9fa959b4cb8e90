/// Numbers of lines, `2 4-6 9-`: ranges, merged, so that asking is cheap however many are written.
struct LineNumbers: Equatable, ExpressibleByArrayLiteral {
  /// In order, none touching another.
  private var ranges: [ClosedRange<Int>] = []

  init() {}

  init(_ text: String) {
    self.init(text.split(whereSeparator: { $0 == " " || $0 == "," }).compactMap(Self.range))
  }

  init(arrayLiteral numbers: Int...) { self.init(numbers.map { $0...$0 }) }

  private init(_ all: [ClosedRange<Int>]) {
    for range in all.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = ranges.last, range.lowerBound <= last.upperBound {
        ranges[ranges.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
      } else {
        ranges.append(range)
      }
    }
  }

  var isEmpty: Bool { ranges.isEmpty }

  func contains(_ line: Int) -> Bool {
    var (low, high) = (0, ranges.count)
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].upperBound < line { low = middle + 1 } else { high = middle }
    }
    return low < ranges.count && ranges[low].contains(line)
  }

  /// Those within bounds.
  func numbers(in bounds: Range<Int>) -> Set<Int> { Set(bounds.filter(contains)) }

  /// `4`, `4-6`, or `4-` for all from there on.
  private static func range(_ part: Substring) -> ClosedRange<Int>? {
    let ends = part.split(separator: "-").compactMap { Int($0) } + (part.hasSuffix("-") ? [Int.max] : [])
    guard let first = ends.first, let last = ends.last, first > 0, last >= first else { return nil }
    return first...last
  }
}
