/// Some elements in a row, and how often they come so.
struct Repetition {
  /// Where they begin.
  var start: Int
  /// How many they are.
  var period: Int
  /// How often they come; 1 for an element that is part of no repetition.
  var times: Int

  /// More elements than these are not looked for again.
  private static let longest = 8
  /// What does not come so often is not taken for a repetition.
  private static let fewest = 4

  /// Cuts a list into what comes over and over, each with the shortest period, and single elements between. O(elements).
  static func all(in elements: [some Equatable]) -> [Repetition] {
    var found: [Repetition] = []
    var at = 0
    while at < elements.count {
      let best = (1...longest).lazy.map { Repetition(start: at, period: $0, in: elements) }.first { $0.times >= fewest }
      let next = best ?? Repetition(start: at, period: 1, times: 1)
      found.append(next)
      at += next.period * next.times
    }
    return found
  }

  private init(start: Int, period: Int, times: Int) { (self.start, self.period, self.times) = (start, period, times) }

  private init(start: Int, period: Int, in elements: [some Equatable]) {
    var at = start + period
    while at < elements.count, elements[at] == elements[at - period] { at += 1 }
    self.init(start: start, period: period, times: (at - start) / period)
  }
}

extension RetainLoop {
  /// The positions of all references, but of what comes over and over only the first time and the last.
  package var positionsWithoutRepetition: [Int] {
    Repetition.all(in: references).flatMap { part in
      let last = part.start + part.period * (part.times - 1)
      return part.times == 1
        ? Array(part.start..<part.start + part.period)
        : Array(part.start..<part.start + part.period) + Array(last..<last + part.period)
    }
  }
}
