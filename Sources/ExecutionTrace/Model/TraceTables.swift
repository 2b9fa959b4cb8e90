// What events refer to by number.

/// A thread that events happened on.
public struct TraceThread: Sendable, Hashable {
  /// The kernel's number.
  public var id: Int
  /// Its name, empty if it has none.
  public var name: String
  /// Whether it is one of the pool that tasks share.
  public var isPool: Bool
  /// Whether the process began with it.
  public var isMain: Bool
  /// Whether it is the profiler's: its events are counters.
  public var isProfilers: Bool

  /// A thread with a number and a name.
  public init(id: Int, name: String = "", isPool: Bool = false, isMain: Bool = false, isProfilers: Bool = false) {
    self.id = id
    self.name = name
    self.isPool = isPool
    self.isMain = isMain
    self.isProfilers = isProfilers
  }
}

/// Where tasks run.
public struct TraceExecutor: Sendable, Hashable {
  /// The runtime's words for them.
  public enum Kind: UInt8, Sendable, CaseIterable {
    /// The common pool of threads.
    case global
    /// The main actor.
    case main
    /// An actor without an executor of its own.
    case defaultActor
    /// Another executor that runs one job at a time.
    case serial
    /// A task executor, which tasks prefer to the common pool.
    case taskExecutor
  }

  /// What it is.
  public var kind: Kind
  /// The type of the actor or executor; empty if it is not known.
  public var typeName: String
  /// Tells those of a type apart; 0 of the common pool.
  public var address: UInt64

  /// An executor of a kind.
  public init(_ kind: Kind, typeName: String = "", address: UInt64 = 0) {
    self.kind = kind
    self.typeName = typeName
    self.address = address
  }
}

/// A stack, leaf first.
public struct TraceStack: Sendable, Hashable {
  /// Return addresses as the program had them.
  public var addresses: [UInt64]
  /// Their functions, with inlined ones before those that they were inlined into; empty until somebody has named them.
  public var frames: [TraceFrame]

  /// A stack of addresses, of named frames, or both.
  public init(addresses: [UInt64] = [], frames: [TraceFrame] = []) {
    self.addresses = addresses
    self.frames = frames
  }
}

/// A function on a stack.
public struct TraceFrame: Sendable, Hashable {
  /// Its name; an address in hexadecimal if it has none.
  public var function: String
  /// The source file, empty if it is not known.
  public var file: String
  /// The line, 0 if it is not known.
  public var line: Int

  /// A function at a place.
  public init(function: String, file: String = "", line: Int = 0) {
    self.function = function
    self.file = file
    self.line = line
  }
}

/// A file that was mapped while the trace was recorded: what addresses are named by afterwards.
public struct TraceModule: Sendable, Hashable {
  /// Its path.
  public var path: String
  /// Its build id, empty if it has none.
  public var buildID: [UInt8]
  /// What its own addresses are shifted by.
  public var bias: UInt64
  /// Where its code lies.
  public var code: Range<UInt64>
  /// The offset in the file of the code's first byte.
  public var fileOffset: UInt64

  /// A module of a file.
  public init(
    path: String, buildID: [UInt8] = [], bias: UInt64, code: Range<UInt64>, fileOffset: UInt64 = 0
  ) {
    self.path = path
    self.buildID = buildID
    self.bias = bias
    self.code = code
    self.fileOffset = fileOffset
  }
}

/// A label of a task.
public struct TraceLabel: Sendable, Hashable {
  /// What it is about.
  public var key: String
  /// What it says of that.
  public var value: String

  /// A key and its value.
  public init(key: String, value: String) {
    self.key = key
    self.value = value
  }
}

/// Something that is not in a trace, though it happened.
public struct TraceLoss: Sendable, Hashable {
  /// What and why, as a sentence that goes on from the count: `events were lost, for …`.
  public var sentence: String
  /// How often.
  public var count: Int

  /// So many of what the sentence tells.
  public init(_ sentence: String, count: Int) {
    self.sentence = sentence
    self.count = count
  }
}
