/// Numbers what is met of a known range, in turn and from zero, so that an array can be kept by it.
struct Numbering {
  /// By number, what it stands for.
  private(set) var met: [Int32] = []
  private var numbers: [Int32]

  /// - Parameter count: how much there is to be met.
  init(count: Int) { numbers = Array(repeating: -1, count: count) }

  mutating func number(of item: Int32) -> Int {
    let known = numbers[Int(item)]
    if known >= 0 { return Int(known) }
    numbers[Int(item)] = Int32(met.count)
    met.append(item)
    return met.count - 1
  }

  /// Forgets what was met. O(what was met).
  mutating func reset() {
    for item in met { numbers[Int(item)] = -1 }
    met.removeAll(keepingCapacity: true)
  }
}
