import CProfiler
import Symbolization

/// Names the code that is at fault: the function that makes tasks, and the line that waits.
struct HabitNaming {
  private let makers: [UInt32: String]
  /// Creations whose tasks are the clock's: `Task.sleep` makes one for as long as it lasts.
  private let sleeps: Set<UInt32>
  private let lines: [UInt32: String]
  private let yields: Set<UInt>

  /// Names all that occurs in habits, at once.
  init(_ habits: Habits) {
    let creations = Set(habits.families.keys).union(habits.starvations.keys.flatMap { [$0.keptBy, $0.waiting] })
    let stacks = Set(habits.places.keys.map(\.stack))
    let waits = Set(habits.families.values.flatMap(\.waits.keys))
    let made = Dictionary(uniqueKeysWithValues: creations.map { ($0, Self.frames(ofCreation: $0)) })
    let waited = Dictionary(uniqueKeysWithValues: stacks.map { ($0, Self.frames(ofStack: $0)) })
    // As after a call, one past the start.
    let places = Dictionary(uniqueKeysWithValues: waits.map { ($0, [UInt64($0) + 1]) })
    let naming = TaskNaming(stacks: Array(made.values) + Array(waited.values) + Array(places.values))
    makers = made.compactMapValues { naming.culprit($0)?.name }
    sleeps = Set(made.filter { naming.continuation(at: naming.stack($0.value)) == .sleep }.keys)
    lines = waited.compactMapValues { stack in
      naming.culprit(stack).map { frame in
        let file = frame.file.split(separator: "/").last
        return frame.name + (file.map { " at \($0):\(frame.line)" } ?? "")
      }
    }
    yields = Set(places.filter { naming.continuation(at: $0.value[...]) == .yield }.keys)
  }

  /// The function that makes the tasks of a creation.
  func maker(_ creation: UInt32) -> String { makers[creation] ?? "code that was not seen" }

  /// Whether the tasks of a creation are work that somebody has divided: those that nobody was seen to make may be what
  /// `Task.sleep` waits by, which is made within the library and does nothing.
  func isDivision(_ creation: UInt32) -> Bool { makers[creation] != nil && !sleeps.contains(creation) }

  /// The function and the line of a stack.
  func line(_ stack: UInt32) -> String { lines[stack] ?? "code that was not seen" }

  /// Whether a task that goes on at an address was in `Task.yield`.
  func isYield(_ place: UInt) -> Bool { yields.contains(place) }

  /// As many frames as it may take to find a function of the program.
  private static let most = 48

  private static func frames(ofCreation number: UInt32) -> [UInt64] {
    read { lab_tasks_creation_frames(number, $0, $1) }
  }

  private static func frames(ofStack number: UInt32) -> [UInt64] {
    var labels: UInt64 = 0
    return read { lab_wait_frames(number, $0, $1, &labels) }
  }

  private static func read(_ write: (UnsafeMutablePointer<UInt>?, Int) -> Int) -> [UInt64] {
    withUnsafeTemporaryAllocation(of: UInt.self, capacity: most) { buffer in
      buffer[..<write(buffer.baseAddress, most)].map { UInt64($0) }
    }
  }
}

extension TaskNaming {
  /// The innermost function of the program, or of a package that it is made of, on a stack of return addresses; of a
  /// stack without any, the innermost one.
  fileprivate func culprit(_ stack: [UInt64]) -> SymbolizedFrame? {
    let functions = functions(of: stack, leafIsExact: false)
    return functions.first { $0.origin == .app } ?? functions.first
  }
}
