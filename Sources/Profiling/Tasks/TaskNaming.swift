import CProfiler
import Symbolization

/// What the stacks of tasks say in words: what a task waits for is told by the library's functions on it.
struct TaskNaming: Sendable {
  /// By address to look up: of return addresses, the instruction before.
  private let numbers: [UInt64: Int]
  private let folding: Folding
  private let places: [Place]

  /// Names the addresses of all stacks at once.
  init(_ collection: TaskCollection) {
    var lookups: Set<UInt64> = []
    for task in collection.tasks { lookups.formUnion(Self.lookups(task.stack, task.copy.leaf_is_exact)) }
    for creation in Set(collection.tasks.map(\.creation)) { lookups.formUnion(Self.lookups(creation, false)) }
    for thread in collection.threads { lookups.formUnion(Self.lookups(thread.stack, true)) }
    self.init(lookups: lookups)
  }

  /// The same of stacks of return addresses.
  init(stacks: some Sequence<[UInt64]>, symbolizer: Symbolizer = .ofProcess()) {
    self.init(lookups: stacks.reduce(into: []) { $0.formUnion(Self.lookups($1, false)) }, symbolizer)
  }

  private static func lookups(_ stack: [UInt64], _ leafIsExact: Bool) -> [UInt64] {
    stack.enumerated().map { lookup($1, $0, leafIsExact) }
  }

  private init(lookups: Set<UInt64>, _ symbolizer: Symbolizer = .ofProcess()) {
    let wanted = Array(lookups)
    var symbolizer = symbolizer
    let frames = zip(wanted, symbolizer.symbolize(wanted)).map { address, levels in
      // The C library's own functions have names where its symbols are installed apart, and else none.
      levels.isEmpty ? [SymbolizedFrame(name: Self.nameless(address), origin: symbolizer.origin(at: address))] : levels
    }
    places = frames.map(Place.init)
    numbers = Dictionary(uniqueKeysWithValues: zip(wanted, wanted.indices))
    folding = Folding(frames: frames, leavingOut: Self.leavesOut)
  }

  private static func lookup(_ address: UInt64, _ position: Int, _ leafIsExact: Bool) -> UInt64 {
    leafIsExact && position == 0 ? address : address &- 1
  }

  /// What stands for an address without a name: of a stack that was too deep, how many frames are left out.
  private static func nameless(_ lookup: UInt64) -> String {
    let count = (lookup + 1) & ~UInt64(LAB_LEFT_OUT_AT_LEAST)
    guard lookup < UInt64(LAB_LEFT_OUT) else { return "0x" + String(lookup, radix: 16) }
    return "[\(count == lookup + 1 ? "" : "more than ")\(count) frames left out]"
  }

  /// The functions of a stack that somebody wrote, innermost first.
  func functions(of stack: some Collection<UInt64>, leafIsExact: Bool) -> [SymbolizedFrame] {
    let codes = stack.enumerated().map { numbers[Self.lookup($1, $0, leafIsExact)] ?? 0 }
    return folding.fold(codes).flatMap { folding.levels(of: $0) }
  }

  private func place(of address: UInt64) -> Place { numbers[address &- 1].map { places[$0] } ?? .program }

  /// Functions that nobody looks for.
  @Sendable static func leavesOut(_ level: SymbolizedFrame) -> Bool {
    TaskMakers.contain(level) || OwnFrames.contain(level)
  }

  /// The stack of a thread that told where it is, without what it did to look.
  func stack(of thread: [UInt64]) -> ArraySlice<UInt64> {
    let looking = thread.indices.last { position in
      numbers[Self.lookup(thread[position], position, true)].map { places[$0] == .profiler } ?? false
    }
    return thread[(looking.map { $0 + 1 } ?? 0)...]
  }

  /// Whether what remains of that begins with an interrupted instruction.
  func leafIsExact(in stack: ArraySlice<UInt64>) -> Bool { stack.startIndex == 0 }

  /// The stack of a task without the runtime's own frames at its leaf, if anything remains.
  func stack(of task: TaskCollection.Task) -> ArraySlice<UInt64> {
    task.copy.leaf_is_exact ? stack(of: task.stack) : stack(task.stack)
  }

  /// The same of a task that does not run.
  func stack(_ addresses: [UInt64]) -> ArraySlice<UInt64> {
    let stack = addresses.drop { place(of: $0) == .runtime }
    return stack.isEmpty ? addresses[...] : stack
  }

  /// What a task waits for; nil if it waits for nothing but a thread.
  func wait(of task: TaskCollection.Task) -> TaskWait? {
    let state = lab_task_state(rawValue: UInt32(task.copy.state))
    guard state == LAB_TASK_IS_WAITING || state == LAB_TASK_IS_RUNNABLE else { return nil }
    switch lab_task_reason(rawValue: UInt32(task.copy.reason)) {
    case LAB_TASK_AWAITS_TASK: return .task
    case LAB_TASK_AWAITS_GROUP: return .group
    case LAB_TASK_AWAITS_EXECUTOR: return .actor
    case LAB_TASK_AWAITS_CONTINUATION: return continuation(at: stack(of: task))
    default: return state == LAB_TASK_IS_WAITING ? .other : nil
    }
  }

  /// What a task waits for that waits for a continuation: what the innermost functions of Swift's libraries are for.
  func continuation(at stack: ArraySlice<UInt64>) -> TaskWait {
    for address in stack {
      switch place(of: address) {
      case .waits(let wait): return wait
      case .swiftLibrary: continue
      case .runtime, .profiler, .program: return .continuation
      }
    }
    return .continuation
  }

  /// What an address says of what a task waits for.
  private enum Place: Hashable {
    /// In the runtime itself, which nobody calls by name: it begins and ends tasks, and goes on with them when what they
    /// awaited has come.
    case runtime
    /// In a function of Swift's libraries that waits for this.
    case waits(TaskWait)
    /// In another function of theirs.
    case swiftLibrary
    /// In the profiler.
    case profiler
    /// Anywhere else.
    case program

    init(_ levels: [SymbolizedFrame]) {
      // In a static build the library is in the program's own file.
      if let outer = levels.last, OwnFrames.contain(outer) {
        self = .profiler
      } else if let outer = levels.last, outer.origin == .swiftRuntime {
        let wait = Self.names.first { outer.systemName.contains($0.name) }?.wait
        self = outer.systemName.hasPrefix("$s") ? wait.map { .waits($0) } ?? .swiftLibrary : .runtime
      } else {
        self = .program
      }
    }

    /// By parts of mangled names: types of the library, and functions of these.
    private static let names: [(name: String, wait: TaskWait)] = [
      ("5sleep", .sleep), ("6_sleep", .sleep), ("5yieldyyYaFZ", .yield), ("ScS", .stream), ("Scs", .stream),
      ("12Observations", .observations),
    ]
  }
}

/// What a task waits for.
@nonexhaustive
public enum TaskWait: String, Sendable, Hashable, CaseIterable {
  /// `withCheckedContinuation` and its like: for whoever has it to resume it.
  case continuation
  /// Another task's value, that of an `async let` among them.
  case task
  /// The next child of a group, or all of them.
  case group
  /// The next element of an `AsyncStream` or an `AsyncThrowingStream`.
  case stream
  /// An actor, or another executor of its own.
  case actor
  /// A time.
  case sleep
  /// Its next turn on a thread: `Task.yield` has let others run first.
  case yield
  /// A change of something observed.
  case observations
  /// What the runtime does not say.
  case other
}
