/// Who waits for whom in a program, at one moment: its tasks and threads, what they wait for, and who has that.
///
/// Plain data: made inside the observed process, written as JSON, read on any machine. An arrow leads from whoever cannot
/// go on to what has to happen before: from a task to a lock, from the lock to the thread that holds it. What nobody is
/// known to bring about, such as the signal of a semaphore, has no arrow of its own; so no deadlock is ever found through
/// it.
public struct WaitGraph: Sendable, Hashable {
  /// The version of the file format that this is written in.
  public static let currentVersion = 1

  /// The version of the file format.
  public var version: Int
  /// The observed program's path.
  public var program: String
  /// Tasks and threads, and what they wait for.
  public var nodes: [WaitNode]
  /// The arrows between them.
  public var edges: [WaitEdge]
  /// What could not be told, in sentences.
  public var notes: [String]

  /// A graph of the given parts.
  public init(
    version: Int = Self.currentVersion, program: String, nodes: [WaitNode], edges: [WaitEdge], notes: [String] = []
  ) {
    self.version = version
    self.program = program
    self.nodes = nodes
    self.edges = edges
    self.notes = notes
  }
}

/// Who waits, or what is waited for.
public struct WaitNode: Sendable, Hashable {
  /// What it is.
  @nonexhaustive
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// A task of Swift's.
    case task
    /// A thread that runs no task.
    case thread
    /// A `Synchronization.Mutex`, or another lock of which the kernel knows who holds it.
    case mutex
    /// A mutex of the C library, as `NSLock` has one.
    case lock
    /// One that its holder may take again, as `NSRecursiveLock` has one.
    case recursiveLock
    /// A lock that many may hold to read.
    case readWriteLock
    /// What initialises a global variable, or another block of code that runs once.
    case once
    /// The runtime's lock of what concerns a task: its children, its cancellation handlers.
    case statusRecordLock
    /// A queue of libdispatch.
    case queue
    /// An actor.
    case actor
    /// Another executor that has turns, such as the main actor's.
    case executor
    /// The children of a task group.
    case group
    /// A condition variable.
    case condition
    /// A semaphore.
    case semaphore
    /// A group of libdispatch's.
    case dispatchGroup
    /// Another word of memory on which threads sleep.
    case word
  }

  /// What it is.
  public var kind: Kind
  /// What to call it: `task 5 "debit"`, `Mutex accounts`, `Mutex A`.
  public var name: String
  /// What a task or thread does: `blocked`, `waiting on task`, `running`; empty of what is waited for.
  public var state: String
  /// For how long a task or thread has waited, at least; 0 if that is not known, or if it does not wait.
  public var nanoseconds: Int
  /// Where it is: the innermost function of the program, or what a lock lies in, or its address.
  public var place: String
  /// The thread that it is or runs on, by the kernel's id; 0 if it is on none.
  public var thread: Int
  /// Whether all that it leads to has to happen before it goes on. Else one of them is enough.
  public var needsAll: Bool

  /// A node of the given facts.
  public init(
    kind: Kind, name: String, state: String = "", nanoseconds: Int = 0, place: String = "", thread: Int = 0,
    needsAll: Bool = false
  ) {
    self.kind = kind
    self.name = name
    self.state = state
    self.nanoseconds = nanoseconds
    self.place = place
    self.thread = thread
    self.needsAll = needsAll
  }

  /// Whether it can wait: a task or a thread.
  public var isWaiter: Bool { kind == .task || kind == .thread }
}

/// An arrow: `from` does not go on before `to` has done something.
public struct WaitEdge: Sendable, Hashable {
  /// The index of the node that waits, or that is held.
  public var from: Int
  /// The index of what it waits for, or of who holds it.
  public var to: Int
  /// Whether `from` goes on by itself after some time.
  public var isLimited: Bool
  /// Whether it is but possible: a task that is suspended now may have taken a lock of the C library before, on a thread
  /// that others run on meanwhile.
  public var isPossible: Bool

  /// An arrow between two nodes.
  public init(from: Int, to: Int, isLimited: Bool = false, isPossible: Bool = false) {
    self.from = from
    self.to = to
    self.isLimited = isLimited
    self.isPossible = isPossible
  }
}
