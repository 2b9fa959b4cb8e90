import CProfiler
import Findings
import Pprof

/// The tasks of a collection, counted by families; and the threads that run none, by where they are.
///
/// `isLate`: tasks are followed only since somebody asked for this.
func taskProfile(_ collection: TaskCollection, by stack: TaskStack, isLate: Bool = false) -> Profile {
  let naming = TaskNaming(collection)
  let count = ValueType(type: "task", unit: "count")
  var builder = ProfileBuilder(sampleTypes: [count, ValueType(type: "thread", unit: "count")])
  builder.leavesOut = TaskNaming.leavesOut
  builder.add(collection.tasks, by: stack, naming) { [$0, 0] }
  for thread in collection.idleThreads {
    let labels = ThreadWords(thread).labels
    let stack = naming.stack(of: thread.stack)
    if stack.isEmpty {
      builder.add(named: ThreadWords.noAnswer, values: [0, 1], labels: labels)
    } else {
      builder.add(
        Array(stack), leaf: naming.leafIsExact(in: stack) ? .exact : .returnAddress, values: [0, 1], labels: labels)
    }
  }
  var profile = builder.finish(counting: count, of: collection)
  profile.comments = collection.habits.findings().flatMap(\.comments) + comments(collection)
  if isLate {
    profile.comments.append("tasks were followed only since this was asked for: who slept all the while is missing")
  }
  return profile
}

extension ProfileBuilder {
  /// Counts tasks by families.
  ///
  /// - Parameter values: The values of a sample that stands for so many.
  mutating func add(
    _ tasks: [TaskCollection.Task], by stack: TaskStack, _ naming: TaskNaming, values: (Int64) -> [Int64]
  ) {
    // Most tasks are like many others; what they have in common is put into words once.
    var families: [TaskFamily] = []
    var numbers: [TaskFamily: Int] = [:]
    var sizes: [Int64] = []
    for task in tasks {
      let family = TaskFamily(task, by: stack, naming)
      if let known = numbers[family] {
        sizes[known] += 1
      } else {
        numbers[family] = families.count
        families.append(family)
        sizes.append(1)
      }
    }
    for (family, size) in zip(families, sizes) {
      let labels = family.words.labels
      let age = ["age": [NumericLabel(value: family.decade, unit: "milliseconds")]]
      if family.frames.isEmpty {
        add(named: family.explanation, values: values(size), labels: labels, numericLabels: age)
      } else {
        add(
          family.frames, leaf: family.leafIsExact ? .exact : .returnAddress, values: values(size), labels: labels,
          numericLabels: age)
      }
    }
  }

  /// The profile, which counts what lived when the collection was made.
  consuming func finish(counting count: ValueType, of collection: TaskCollection) -> Profile {
    var profile = finish()
    // Or reports would show the last one if they are not told.
    profile.defaultSampleType = count.type
    profile.periodType = count
    profile.period = 1
    profile.timeNanoseconds = collection.takenAt
    return profile
  }
}

/// What the tasks of one sample have in common.
private struct TaskFamily: Hashable {
  var frames: [UInt64]
  var leafIsExact: Bool
  var words: TaskWords
  /// Why there is no stack, if there is none.
  var explanation = ""
  /// How long they have been in their state, in milliseconds, rounded down to a power of ten; 0 below one.
  var decade: Int64

  init(_ task: TaskCollection.Task, by stack: TaskStack, _ naming: TaskNaming) {
    words = TaskWords(task, naming)
    switch stack {
    case .creation:
      (frames, leafIsExact) = (task.creation, false)
      if frames.isEmpty { explanation = TaskWords.origin(task) }
    case .current:
      let stack = naming.stack(of: task)
      (frames, leafIsExact) = (Array(stack), task.copy.leaf_is_exact && naming.leafIsExact(in: stack))
      if frames.isEmpty { explanation = TaskWords.place(task) }
    }
    let milliseconds = Int64(clamping: task.copy.state_nanoseconds / 1_000_000)
    decade = milliseconds == 0 ? 0 : 1
    while decade > 0, milliseconds / decade >= 10 { decade *= 10 }
  }
}

/// What a reader must know to judge the figures.
func comments(_ collection: TaskCollection) -> [String] {
  let counts = TaskCounts(collection)
  var lines = ["\(counts.made) tasks made, \(counts.ended) ended, \(counts.live) live, \(counts.lost) lost"]
  let between = counts.made - counts.ended - counts.live
  if between != 0 { lines.append("\(abs(between)) tasks came or went while they were counted") }
  if counts.met > 0 {
    lines.append("\(counts.met) of them nobody saw made: they are older than the profile, or the runtime's own")
  }
  let moved = collection.tasks.count(where: \.copy.moved)
  if moved > 0 { lines.append("\(moved) tasks moved on whenever they were looked at, so where they are is not known") }
  let cut = collection.tasks.count(where: \.copy.is_cut)
  if cut > 0 { lines.append("\(cut) tasks have a stack that is cut") }
  let threads = collection.threads.count, idle = collection.idleThreads.count
  lines.append("\(threads) threads, \(threads - idle) of them run tasks")
  let silent = collection.threads.count(where: \.stack.isEmpty)
  if silent > 0 { lines.append("\(silent) threads did not say where they are") }
  if collection.cannotRead { lines.append("the kernel forbids to look at suspended tasks: they have no stacks") }
  return lines + collection.losses.comments(of: "task")
}
