/// What is measured with and without a profiler that follows tasks.
public enum TaskWorkload: String, CaseIterable, Sendable {
  /// A merge sort that makes a child task for each half, down to single numbers: tasks that do next to nothing.
  case mergeSort
  /// The same that makes none below 2,048 numbers.
  case coarseMergeSort
  /// Computes a number and stores it, over and over, without a task.
  case fibonacci
  /// Tasks that hand work from actor to actor, a few microseconds at a time: as servers do.
  case hops
  /// Two tasks that send each other a number and wait for the answer, by way of streams: nothing but waits.
  case pingPong

  /// Does the work, and says what came of it.
  public func run(_ size: Int) async -> Int {
    switch self {
    case .mergeSort: await sorted(size, threshold: 1)
    case .coarseMergeSort: await sorted(size, threshold: 2_048)
    case .fibonacci: computedAndStored(size)
    case .hops: await hopped(size)
    case .pingPong: await playedPingPong(size)
    }
  }
}

private struct Numbers: @unchecked Sendable {
  let values: UnsafeMutablePointer<Int>
  let scratch: UnsafeMutablePointer<Int>
}

private func sorted(_ count: Int, threshold: Int) async -> Int {
  let numbers = Numbers(values: .allocate(capacity: count), scratch: .allocate(capacity: count))
  defer {
    numbers.values.deallocate()
    numbers.scratch.deallocate()
  }
  var state: UInt64 = 88_172_645_463_325_252
  for index in 0..<count {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    numbers.values[index] = Int(truncatingIfNeeded: state >> 20)
  }
  await mergeSort(numbers, 0, count, threshold)
  return (1..<count).count { numbers.values[$0 - 1] <= numbers.values[$0] }
}

@inline(never) private func mergeSort(_ numbers: Numbers, _ low: Int, _ high: Int, _ threshold: Int) async {
  guard high - low > threshold else { return sortAlone(numbers, low, high) }
  let middle = (low + high) / 2
  async let left: Void = mergeSort(numbers, low, middle, threshold)
  async let right: Void = mergeSort(numbers, middle, high, threshold)
  _ = await (left, right)
  merge(numbers, low, middle, high)
}

@inline(never) private func sortAlone(_ numbers: Numbers, _ low: Int, _ high: Int) {
  guard high - low > 1 else { return }
  let middle = (low + high) / 2
  sortAlone(numbers, low, middle)
  sortAlone(numbers, middle, high)
  merge(numbers, low, middle, high)
}

/// A number of Fibonacci's, the slow way. The optimizer sees that the same number comes to the same, and computes it once:
/// ask for different ones.
@inline(never) public func fibonacci(_ number: Int) -> Int {
  number < 2 ? number : fibonacci(number - 1) &+ fibonacci(number - 2)
}

/// Where computed numbers go.
public struct NumberStore: Sendable {
  private var numbers = [Int](repeating: 0, count: 1_024)

  /// An empty one.
  public init() {}

  /// Stores a number, and forgets an older one.
  @inline(never) public mutating func store(_ number: Int, at place: Int) { numbers[place & 1_023] = number }
  /// What there is, added up.
  public var sum: Int { numbers.reduce(0, &+) }
}

private func computedAndStored(_ count: Int) -> Int {
  var numbers = NumberStore()
  for place in 0..<count { numbers.store(fibonacci(13 + place & 1), at: place) }
  return numbers.sum
}

@inline(never) private func merge(_ numbers: Numbers, _ low: Int, _ middle: Int, _ high: Int) {
  let (values, scratch) = (numbers.values, numbers.scratch)
  var (left, right) = (low, middle)
  for index in low..<high {
    if right == high || left < middle && values[left] <= values[right] {
      scratch[index] = values[left]
      left += 1
    } else {
      scratch[index] = values[right]
      right += 1
    }
  }
  (values + low).update(from: scratch + low, count: high - low)
}

private actor Stage {
  private var sum = 0
  func work(_ number: Int) -> Int {
    var state = UInt64(truncatingIfNeeded: number) | 1
    for _ in 0..<1_000 {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
    }
    sum &+= Int(truncatingIfNeeded: state)
    return Int(truncatingIfNeeded: state >> 33)
  }
}

private func hopped(_ count: Int) async -> Int {
  let stages = (0..<4).map { _ in Stage() }
  return await withTaskGroup(of: Int.self) { group in
    for worker in 0..<4 {
      group.addTask {
        var sum = 0
        for number in 0..<count / 4 { sum &+= await stages[(worker + number) % 4].work(number) }
        return sum
      }
    }
    return await group.reduce(0, &+)
  }
}

private func playedPingPong(_ count: Int) async -> Int {
  let (questions, ask) = AsyncStream.makeStream(of: Int.self)
  let (answers, answer) = AsyncStream.makeStream(of: Int.self)
  let other = Task.detached {
    for await number in questions { answer.yield(number + 1) }
    answer.finish()
  }
  var sum = 0
  var received = answers.makeAsyncIterator()
  for number in 0..<count {
    ask.yield(number)
    sum &+= await received.next() ?? 0
  }
  ask.finish()
  await other.value
  return sum
}
