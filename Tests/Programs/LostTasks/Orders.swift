import Platform
import Profiling

/// Who records tasks or allocations beside the detector of lost tasks, or is it.
private enum Recorder: CaseIterable {
  case tasks, taskLeaks, leaks

  func begin() throws {
    switch self {
    case .tasks: try TaskProfiler.start()
    case .taskLeaks: try TaskLeakDetector.arm()
    case .leaks: try LeakDetector.arm()
    }
  }

  func end() {
    switch self {
    case .tasks: TaskProfiler.stop()
    case .taskLeaks: TaskLeakDetector.disarm()
    case .leaks: LeakDetector.disarm()
    }
  }

  /// How many lost tasks it knows of.
  func count() async throws -> Int {
    switch self {
    case .tasks: waitingTasks()[orderly] ?? 0
    case .taskLeaks: try await TaskLeakDetector.report().count
    case .leaks: try await LeakDetector.report().scan.lostTasks
    }
  }
}

private let orderly = "lost in all orders"

/// Has the recorders begin and end in one of all orders, and prints how many lost tasks each knows of that is left.
///
/// Others are for other processes: memory that nobody tracks for a while has addresses in it of what it was before.
func count(order: Int) async throws {
  let orders = permutations(Recorder.allCases)
  let (begins, ends) = (orders[order / orders.count], orders[order % orders.count])
  for recorder in begins { try recorder.begin() }
  plant(orderly, 2) { name in Task(name: name) { await park() } }
  var patience = 3000
  while waitingTasks()[orderly] != 2, patience > 0 {
    try? await Task.sleep(for: .milliseconds(10))
    patience -= 1
  }
  for (place, recorder) in ends.enumerated() {
    for left in ends[place...] { print("\(left): \(try await left.count()) of 2") }
    recorder.end()
  }
}

private func permutations<Element>(_ elements: [Element]) -> [[Element]] {
  guard elements.count > 1 else { return [elements] }
  return elements.indices.flatMap { index in
    var others = elements
    let first = others.remove(at: index)
    return permutations(others).map { [first] + $0 }
  }
}
