import CProfiler
import Platform

/// A part of the threads that were made: from its opening to its end, without the pauses.
///
/// The counts of the C half only ever grow. So a window notes what they were when it opened and takes that from what they
/// are when it closes. In the child of a fork it begins anew: the threads before it were made by the parent.
struct ThreadCreationWindow: SessionPart {
  /// In nanoseconds since the epoch.
  private let beganAt = nanosecondsSinceEpoch()
  private(set) var isOpen = false
  /// By number of a stack: the threads made while the window was open, less what had been at an opening that has no closing
  /// yet. Wraps.
  private var counts: [UInt32: UInt64] = [:]
  private var refused: UInt64 = 0
  private var losses = Losses()
  private var process = getpid()

  /// A window that opens now.
  init() { open() }

  /// One that has been open since the process began.
  static var ofWholeProcess: ThreadCreationWindow {
    var window = ThreadCreationWindow()
    window.beginAnew()
    return window
  }

  /// Lets threads count that are made from now on.
  mutating func open() {
    meetFork()
    guard !isOpen else { return }
    isOpen = true
    each { $0 &-= lab_creation_made($1) }
    refused &-= lab_creation_refused()
    losses &-= .now
  }

  /// Lets threads count no more.
  mutating func close() {
    meetFork()
    guard isOpen else { return }
    isOpen = false
    each { $0 &+= lab_creation_made($1) }
    refused &+= lab_creation_refused()
    losses &+= .now
  }

  /// What was counted. It must be closed.
  var made: ThreadsMade {
    // One that the system refuses in the end counts until then, perhaps when the window opened.
    let stacks = counts.compactMapValues { Int64(bitPattern: $0) > 0 ? Int($0) : nil }
    return ThreadsMade(beganAt: beganAt, stacks: stacks, refused: Int(refused), losses: losses)
  }

  private mutating func each(_ combine: (inout UInt64, UInt32) -> Void) {
    for stack in 0..<lab_creation_stack_count() where lab_creation_made(stack) > 0 {
      combine(&counts[stack, default: 0], stack)
    }
  }

  private mutating func meetFork() {
    guard process != getpid() else { return }
    process = getpid()
    beginAnew()
  }

  private mutating func beginAnew() {
    counts = [:]
    if isOpen { each { $0 &-= lab_creation_inherited($1) } }
    refused = 0
    losses = Losses()
  }
}

/// The threads that were made in a window.
struct ThreadsMade {
  /// When the window opened, in nanoseconds since the epoch.
  var beganAt: Int64
  /// How many, by number of the stack that made them.
  let stacks: [UInt32: Int]
  /// How many the system refused to make.
  let refused: Int
  let losses: Losses

  /// In all.
  var count: Int { stacks.values.reduce(0, +) }
}
