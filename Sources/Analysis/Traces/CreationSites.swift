import ExecutionTrace
import Pprof

/// The functions that make tasks, by number. A stack is looked at once.
struct CreationSites {
  /// A function that makes tasks.
  struct Site: Hashable {
    var function: String
    /// `file:line`, empty if it is not known.
    var place: String
  }

  /// The number of those that were there when the trace began.
  static let earlier: Int32 = 0
  /// The number of those that were made by nobody knows whom.
  static let unknown: Int32 = 1

  private(set) var sites = unseen.map { Site(function: $0, place: "") }
  private var numbers: [String: Int32] = [:]
  /// By stack; −1 for one that was not met yet.
  private var byStack: [Int32]
  private let stacks: [TraceStack]

  init(_ trace: Trace) {
    stacks = trace.stacks
    byStack = Array(repeating: -1, count: stacks.count)
  }

  /// Who made the task of an event.
  mutating func site(of event: TraceEvent) -> Int32 {
    guard event.index != 0 else {
      return event.kind == .taskMet || event.value == 2 ? Self.earlier : Self.unknown
    }
    return site(ofStack: event.index)
  }

  /// The innermost function of the program itself on a stack.
  mutating func site(ofStack index: UInt32) -> Int32 {
    let stack = Int(index)
    guard stack > 0, stacks.indices.contains(stack) else { return Self.unknown }
    if byStack[stack] >= 0 { return byStack[stack] }
    let site = Self.site(of: stacks[stack])
    let number = numbers[site.function] ?? Int32(sites.count)
    if number == sites.count {
      sites.append(site)
      numbers[site.function] = number
    }
    byStack[stack] = number
    return number
  }

  /// The innermost function of the program itself on a stack.
  mutating func function(ofStack index: UInt32) -> String { sites[Int(site(ofStack: index))].function }

  private static let unseen = ["(before the trace)", "(no stack recorded)"]

  /// Whether the tasks of a family are work that somebody has divided: those that nobody was seen to make may be what
  /// `Task.sleep` waits by, which is made within the library and does nothing.
  static func isDivision(_ function: String) -> Bool { !unseen.contains(function) && !isSleep(function) }

  /// `Task.sleep` and what is in it, which is seen to make a task where the library is in the program's own file.
  private static func isSleep(_ function: String) -> Bool { function.contains("Task.sleep(") }

  private static func site(of stack: TraceStack) -> Site {
    let own = stack.frames.filter { FrameOrigin(function: Function(id: 0, name: $0.function), mapping: nil) == .app }
    if let first = own.first, isSleep(first.function) { return Site(function: first.function, place: "") }
    // What has a source is the program's before what has none, and both are before what has no name.
    let best = own.first { !$0.file.isEmpty } ?? own.first { !$0.function.hasPrefix("0x") } ?? stack.frames.first
    guard let best else {
      return Site(function: stack.addresses.first.map { "0x" + String($0, radix: 16) } ?? "(no function)", place: "")
    }
    let file = best.file.split(separator: "/").last.map(String.init) ?? ""
    return Site(function: best.function, place: file.isEmpty ? "" : best.line > 0 ? "\(file):\(best.line)" : file)
  }
}
