import ScenarioRunning

/// A merge sort whose halves are sorted at once, each by a task of its own.
///
/// The fault: halves of two elements, too, so that nearly all tasks have next to nothing to do.
enum MergeSort {
  static let scenario = Scenario(
    id: "merge-sort",
    title: "A sort that makes a task for every half",
    question: "Both halves are sorted at once, on all processors. How much faster is that than without any task?",
    parameters: [
      Parameter("elements", "numbers to sort", standard: 16_000, range: 2...2_000_000),
      Parameter(
        "threshold", "elements that the fixed variant sorts without tasks", standard: 2_048, range: 1...2_000_000),
      Parameter("seed", "seed of the numbers", standard: 98, range: 0...1_000_000),
    ],
    profiles: [.trace, .cpu], publishedTrace: .milliseconds(150), program: program)

  /// The same with another threshold in the fixed variant: tasks that are smaller, larger, or none at all.
  static func down(to threshold: Int) -> Scenario {
    scenario.with(
      "threshold", threshold, id: "merge-sort-of-\(threshold)",
      title: "The sort with tasks for more than \(threshold) elements",
      question: "The same sort, with tasks for halves of more than \(threshold) elements. How much faster is it?",
      profiles: [.trace])
  }

  private static func program(_ variant: Scenario.Variant, _ arguments: Arguments) throws -> Program {
    let (elements, threshold) = (arguments["elements"], arguments["threshold"])
    var generator = SplitMix64(seed: UInt64(arguments["seed"]))
    let numbers = (0..<elements).map { _ in Int.random(in: 0..<1_000_000, using: &generator) }
    let alone = (0..<3).map { _ in time { sortAlone(numbers) } }.min() ?? 0
    let tasks = tasks(for: elements, downTo: variant == .faulty ? 1 : threshold)
    return Program {
      let began = monotonicNanoseconds()
      let sorted =
        switch variant {
        case .faulty: await sort(numbers)
        case .fixed: await sort(numbers, threshold)
        }
      let took = monotonicNanoseconds() - began
      var digest = Digest()
      for number in sorted { digest.add(number) }
      return Outcome(
        output: digest.text,
        truth: [
          Truth("elements", Double(elements), basis: "the parameter"),
          Truth("tasks", Double(tasks), basis: "two for each list that is divided, computed"),
          Truth(
            "times-as-long", Double(took) / Double(max(alone, 1)),
            basis: "the time that the sort took over that of the same sort without tasks, by the clock"),
        ])
    }
  }

  /// The time that something took by the clock, in nanoseconds.
  private static func time(_ body: () -> [Int]) -> UInt64 {
    let began = monotonicNanoseconds()
    withExtendedLifetime(body()) {}
    return monotonicNanoseconds() - began
  }

  /// How many tasks it takes to sort so many elements.
  private static func tasks(for count: Int, downTo threshold: Int) -> Int {
    guard count > threshold else { return 0 }
    return 2 + tasks(for: count / 2, downTo: threshold) + tasks(for: count - count / 2, downTo: threshold)
  }
}

// lesson: begin task-for-every-half
private func sort(_ numbers: [Int]) async -> [Int] {
  if numbers.count < 2 { return numbers }
  let middle = numbers.count / 2
  async let left = sort(Array(numbers[..<middle]))
  async let right = sort(Array(numbers[middle...]))
  return await merge(left, right)
}
// lesson: end task-for-every-half

// lesson: begin task-for-large-halves
private func sort(_ numbers: [Int], _ threshold: Int) async -> [Int] {
  if numbers.count <= threshold { return sortAlone(numbers) }
  let middle = numbers.count / 2
  async let left = sort(Array(numbers[..<middle]), threshold)
  async let right = sort(Array(numbers[middle...]), threshold)
  return await merge(left, right)
}
// lesson: end task-for-large-halves

// lesson: begin alone
private func sortAlone(_ numbers: [Int]) -> [Int] {
  if numbers.count < 2 { return numbers }
  let middle = numbers.count / 2
  return merge(sortAlone(Array(numbers[..<middle])), sortAlone(Array(numbers[middle...])))
}
// lesson: end alone

// Out of line, so that profiles have its name.
@inline(never)
private func merge(_ left: [Int], _ right: [Int]) -> [Int] {
  var merged: [Int] = []
  merged.reserveCapacity(left.count + right.count)
  var (first, second) = (0, 0)
  while first < left.count, second < right.count {
    if left[first] <= right[second] {
      merged.append(left[first])
      first += 1
    } else {
      merged.append(right[second])
      second += 1
    }
  }
  merged += left[first...]
  merged += right[second...]
  return merged
}
