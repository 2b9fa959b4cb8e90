import ExecutionTrace
import Platform
import Profiling

/// A program that records a trace of itself, of which it knows the truth, and tells what the trace says of that.
///
///     TracedProgram SCENARIO
///
/// One `name value` a line.
@main struct Program {
  static func main() async throws {
    guard let name = CommandLine.arguments.dropFirst().first, let scenario = scenarios[name] else {
      print("scenarios:", scenarios.keys.sorted())
      exit(2)
    }
    try await scenario()
  }

  static var scenarios: [String: () async throws -> Void] {
    [
      "clock": clockReadings, "graphs": randomGraphs, "processor": processorTime, "late": lateBeginning,
      "followed": followedBefore, "window": keptWindow, "trigger": triggered, "lost": lostEvents,
      "executors": namedExecutors, "jobs": jobsThatAreNoTasks, "labels": labelledTasks, "extras": extras,
      "blocked": blockedCalls, "messages": messages,
    ]
  }
}

func say(_ name: String, _ value: some CustomStringConvertible) { print(name, value) }

/// CLOCK_MONOTONIC, in nanoseconds.
func reading() -> Int64 {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}

/// What holds of every trace: whoever does something was made or met, none is on two threads, each thread has one on
/// top, and whoever was made or met has ended or lives.
struct Sums {
  var (made, met, ended, live) = (0, 0, 0, 0)
  /// Tasks that nobody had told of, and that were on top of two threads or left one that they did not have.
  var (strangers, disorder) = (0, 0)

  init(_ trace: Trace) {
    var alive: Set<UInt64> = []
    var running: [Int32: [UInt64]] = [:]
    for event in trace.events() {
      switch event.kind {
      case .taskMade, .taskMet:
        if event.kind == .taskMade { made += 1 } else { met += 1 }
        if !alive.insert(event.task).inserted { disorder += 1 }
      case .taskRuns:
        if !alive.contains(event.task) { strangers += 1 }
        if running.values.contains(where: { $0.contains(event.task) }) { disorder += 1 }
        running[event.thread, default: []].append(event.task)
      case .taskSuspends, .taskEnds:
        let isOnThread = running[event.thread]?.last == event.task
        if isOnThread { running[event.thread]?.removeLast() }
        // One that was met as it waits has no thread.
        if !isOnThread && (event.kind == .taskEnds || event.time > 0) { disorder += 1 }
        if event.kind == .taskEnds {
          ended += 1
          if alive.remove(event.task) == nil { strangers += 1 }
        }
      default: break
      }
    }
    live = alive.count
  }

  func tell() {
    say("strangers", strangers)
    say("disorder", disorder)
    say("adds-up", made + met == ended + live)
  }
}

extension Trace {
  /// The functions of an event's stack, leaf first.
  func functions(_ event: TraceEvent) -> [String] { stacks[Int(event.index)].frames.map(\.function) }
}

/// A generator of numbers that are the same each time.
struct Dice: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state
  }
}
