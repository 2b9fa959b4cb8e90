import LeftOverWords
import Platform
import Pprof
import Profiling

/// A program that plants lost tasks of all kinds, or so many of one, and as many that are not lost, and says which of
/// them are found.
///
///     LostTasks [many COUNT | order NUMBER | idle | idle-boxes | warm | chunks] [--text]
///
/// Each task is called by its fault: those that are lost `lost …`, those that can still be resumed `alive …`. A line for
/// each name, with how many are reported and how many there are; then how many cannot be told. With `order` what is found
/// where others record beside, which begin and end in one of 36 orders. The last four plant only what something left over
/// could hide (LeftOver.swift).
@main struct Program {
  @MainActor static func main() async throws {
    do {
      if let order = number(after: "order") {
        try await count(order: order)
        fflush(nil)
        _exit(0)
      }
      if has("chunks") { share_one_arena() }
      if has("warm") { await warmUp() }
      try TaskLeakDetector.arm()
      try TaskProfiler.start()
      if has("idle-boxes") { try LeakDetector.arm() }
    } catch {
      print("error: \(error)")
      exit(3)
    }
    if let count = number(after: "many") {
      plantMany(count)
    } else if has("idle") || has("idle-boxes") {
      print("on idle stacks: \(plantOnIdleStacks(tasks: has("idle")))")
    } else if has("warm") {
      plantAfterOthers()
    } else if has("chunks") {
      print("before free chunks: \(plantBeforeFreeChunks())")
    } else {
      plantAll()
    }
    var patience = 3000
    while !restless().isEmpty, patience > 0 {
      try? await Task.sleep(for: .milliseconds(20))
      patience -= 1
    }
    if patience == 0 { print("never at rest: \(restless())") }
    if has("idle-boxes") {
      let lost = try await LeakDetector.report().lost.first { $0.node.name == "LostBox" }
      print("lost boxes: \(lost?.node.count ?? 0)")
    }
    try tell(await TaskLeakDetector.report())
    // Without the destructors of exit: threads still run.
    fflush(nil)
    _exit(0)
  }

  private static func has(_ word: String) -> Bool { CommandLine.arguments.contains(word) }

  private static func number(after word: String) -> Int? {
    let arguments = CommandLine.arguments
    return arguments.firstIndex(of: word).flatMap { arguments.dropFirst($0 + 1).first }.flatMap { Int($0) }
  }

  @MainActor private static func tell(_ report: TaskLeakReport) throws {
    let found = names(in: report.profile())
    for (name, count) in planted.sorted(by: { $0.key < $1.key }) { print("\(name): \(found[name] ?? 0) of \(count)") }
    for (name, count) in found where planted[name] == nil { print("\(name): \(count) of none") }
    print("unproven: \(report.unprovenCount)")
    if CommandLine.arguments.contains("--text") { print(report, terminator: "") }
  }

  /// The names of tasks that are not yet where they are to stay.
  private static func restless() -> [String] {
    let waiting = waitingTasks()
    return planted.filter { waiting[$0.key] != $0.value && $0.key != unnamed }.map {
      "\($0.key): \(waiting[$0.key] ?? 0)"
    }
  }

  private static func names(in profile: Profile) -> [String: Int] {
    var names: [String: Int] = [:]
    for sample in profile.samples {
      names[sample.labels["name"]?.first ?? unnamed, default: 0] += Int(sample.values[0])
    }
    return names
  }
}

/// How many tasks there are of each name that are where they are to stay.
func waitingTasks() -> [String: Int] {
  var waiting: [String: Int] = [:]
  for sample in TaskProfiler.snapshot().samples {
    guard let name = sample.labels["name"]?.first else { continue }
    let state = sample.labels["state"]?.first ?? ""
    let isBusy = name.hasSuffix("that runs") || name.hasSuffix("that is runnable") || name.hasSuffix("busy actor")
    if isBusy ? state != "waiting" : state == "waiting" { waiting[name, default: 0] += Int(sample.values[0]) }
  }
  return waiting
}
