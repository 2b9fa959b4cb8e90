/// All retain cycles of one shape: blocks that keep each other alive through the same fields.
public struct RetainCycle: Sendable, Hashable {
  /// How many groups of blocks have this shape.
  public var count: Int
  /// The blocks in them.
  public var blocks: Int
  /// The bytes asked for in these blocks.
  public var bytes: Int
  /// The kinds of blocks that take part.
  public var nodes: [HeapNode]
  /// The references between them, each kind once.
  public var references: [HeapReference]
  /// Closed walks along the references, the shortest first. Cutting each walk's last reference leaves no cycle.
  public var loops: [RetainLoop]
  /// What the cycles keep alive beside themselves.
  public var kept: KeptBlocks

  /// Cycles of one shape.
  public init(
    count: Int, blocks: Int, bytes: Int, nodes: [HeapNode], references: [HeapReference], loops: [RetainLoop],
    kept: KeptBlocks
  ) {
    self.count = count
    self.blocks = blocks
    self.bytes = bytes
    self.nodes = nodes
    self.references = references
    self.loops = loops
    self.kept = kept
  }
}

/// A closed walk along references, each beginning where the one before ends.
public struct RetainLoop: Sendable, Hashable {
  /// Positions in `RetainCycle.references`; the last leads back to where the first begins.
  public var references: [Int]

  /// A walk along the given references.
  public init(references: [Int]) { self.references = references }
}

/// One kind of block: a type, or what a block without a type is for.
public struct HeapNode: Sendable, Hashable {
  /// What a block is for.
  @nonexhaustive
  public enum Kind: String, Sendable, Hashable {
    /// An instance of a class or actor.
    case object
    /// What a closure captured.
    case closure
    /// A variable that closures share.
    case variable
    /// A value that is too large to stand where it belongs, or an indirect case's.
    case box
    /// The elements of an array, set or dictionary.
    case storage
    /// A value thrown as `any Error`.
    case error
    /// A task.
    case task
    /// Local variables of a task's asynchronous functions.
    case taskMemory
    /// Memory from `malloc`.
    case memory
  }
  /// The type as a programmer says it, e.g. `Box<Int>`.
  public var name: String
  /// What the blocks are for.
  public var kind: Kind
  /// How many there are, in all cycles of the shape.
  public var count: Int
  /// The bytes asked for in them.
  public var bytes: Int
  /// Where most of them were allocated, innermost function first; empty if unknown.
  public var allocation: [AllocationFrame]
  /// Whether the type comes with Swift or the system and is not the program's.
  public var isLibrary: Bool
  /// Of a class, the classes it inherits from, the nearest first, as far as they are the program's.
  public var superclasses: [String]

  /// Blocks of one kind.
  public init(
    name: String, kind: Kind, count: Int, bytes: Int, allocation: [AllocationFrame] = [], isLibrary: Bool = false,
    superclasses: [String] = []
  ) {
    self.name = name
    self.kind = kind
    self.count = count
    self.bytes = bytes
    self.allocation = allocation
    self.isLibrary = isLibrary
    self.superclasses = superclasses
  }
}

/// One kind of reference from a block to another.
public struct HeapReference: Sendable, Hashable {
  /// How firmly a reference holds.
  @nonexhaustive
  public enum Strength: String, Sendable, Hashable {
    /// It keeps its target alive.
    case strong
    /// It is a plain address, which keeps nothing alive unless its owner sees to that.
    case pointer
    /// What it is could not be told.
    case unknown
  }
  /// Position in `RetainCycle.nodes` of the owner.
  public var from: Int
  /// Position in `RetainCycle.nodes` of what is referred to.
  public var to: Int
  /// The field as written in the source, e.g. `handlers.onDone`; `[…]` stands for an element; empty for a closure's or
  /// box's only content.
  public var field: String
  /// How firmly it holds.
  public var strength: Strength
  /// The closure in the field, if it captured nothing but the target and therefore has no block of its own.
  public var closure: AllocationFrame?
  /// Whether that closure is a method that was passed by its name.
  public var closureIsMethod: Bool
  /// How many there are, in all cycles of the shape.
  public var count: Int

  /// A reference of the given kind.
  public init(
    from: Int, to: Int, field: String, strength: Strength, closure: AllocationFrame? = nil,
    closureIsMethod: Bool = false, count: Int
  ) {
    self.from = from
    self.to = to
    self.field = field
    self.strength = strength
    self.closure = closure
    self.closureIsMethod = closureIsMethod
    self.count = count
  }
}

/// A function on the stack of an allocation.
public struct AllocationFrame: Sendable, Hashable {
  /// The function's name, e.g. `Session.open()`.
  public var function: String
  /// Its source file; empty if unknown.
  public var file: String
  /// The line in it, from 1; 0 if unknown.
  public var line: Int
  /// Whether it belongs to the program itself and not to a library of the system.
  public var isProgram: Bool

  /// A function of the given name.
  public init(function: String, file: String = "", line: Int = 0, isProgram: Bool = true) {
    self.function = function
    self.file = file
    self.line = line
    self.isProgram = isProgram
  }
}
