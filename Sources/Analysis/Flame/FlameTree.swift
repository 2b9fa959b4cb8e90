import Pprof

/// Call stacks merged from their roots: each node is a frame reached by one path of callers.
///
/// Nodes stand in pre-order: a parent before its children, siblings from the heaviest on. Children lie inside
/// their parent: `start` and `width` are the horizontal layout, in the unit of the sample type.
///
/// Source: Brendan Gregg, "The Flame Graph", CACM 59(6), 2016.
public struct FlameTree: Sendable {
  /// A frame reached by one path.
  public struct Node: Sendable, Hashable {
    /// Position in `FlameTree.frames`; nil for the root, which stands for everything, and for a remainder.
    public var frame: Int?
    /// Position of the caller in `FlameTree.nodes`; the root is its own parent.
    public var parent: Int
    /// 0 for the root.
    public var depth: Int
    /// Measured in this frame alone.
    public var own: FlameWeight
    /// Measured in this frame and all it leads to.
    public var total: FlameWeight
    /// Where the node begins, from the left edge of the root.
    public var start: Int64
    /// How wide it is; of a difference at least the larger of both totals, so that children always fit.
    public var width: Int64
    /// Where the node ends.
    public var end: Int64 { start.saturatingSum(width) }
    /// How many frames too narrow to be seen this node stands for; 0 for an ordinary node.
    public var hidden: Int
  }

  /// What the profile measures.
  public var valueType: ValueType
  /// The frames' names and origins, each once.
  public var frames: [FlameFrame]
  /// The tree in pre-order; never empty, the root is first.
  public var nodes: [Node]
  /// Every function with what it took on all its paths, the heaviest first.
  public var functions: [FlameFunction]
  /// Whether there are two measurements to compare.
  public var isDifference: Bool
  /// Whether the tree grows from the leaf functions to their callers.
  public var isInverted: Bool
  /// The node that the one who reads looks at; 0, the root, if all is looked at.
  public var zoomed: Int
  /// Whether nodes were gathered, or left out, for being narrow.
  public var isPruned: Bool

  /// Everything measured.
  public var total: FlameWeight { nodes[0].total }

  /// The deepest node, counted from the root's 0.
  public var depth: Int { nodes.reduce(0) { max($0, $1.depth) } }
}

/// What was measured in one frame; of a difference, in both profiles.
public struct FlameWeight: Sendable, Hashable {
  /// In the profile shown.
  public var value: Int64
  /// In the profile it is compared with; 0 if there is none.
  public var base: Int64
  /// How much of both is chance: their variances, 0 where nothing is.
  public var variance: (value: Double, base: Double) { (valueVariance, baseVariance) }

  private var valueVariance: Double
  private var baseVariance: Double

  /// A weight of the given values and variances.
  public init(value: Int64 = 0, base: Int64 = 0, variance: (value: Double, base: Double) = (0, 0)) {
    self.value = value
    self.base = base
    (valueVariance, baseVariance) = variance
  }

  /// How much more there is than in the base.
  public var change: Int64 { value.subtractingReportingOverflow(base).partialValue }

  /// Adds another weight, of other samples.
  public mutating func add(_ other: FlameWeight) {
    value = value.saturatingSum(other.value)
    base = base.saturatingSum(other.base)
    valueVariance += other.valueVariance
    baseVariance += other.baseVariance
  }
}

/// What one function took wherever it was called.
public struct FlameFunction: Sendable, Hashable {
  /// Position in `FlameTree.frames`.
  public var frame: Int
  /// Measured in the function alone.
  public var own: FlameWeight
  /// Measured in it and all it called; once where it calls itself.
  public var total: FlameWeight
}

/// A function as flame graphs name it.
public struct FlameFrame: Sendable, Hashable {
  /// The name for people; a binary's name in brackets where no function is known.
  public var name: String
  /// Whose code it is.
  public var origin: FrameOrigin
  /// Whether it is an async function, so that the line to its caller is logical and not on the thread's stack.
  public var isAsync: Bool
}

extension Int64 {
  /// The sum, or the nearest number there is.
  func saturatingSum(_ other: Int64) -> Int64 {
    let (sum, overflow) = addingReportingOverflow(other)
    if !overflow { return sum }
    return other < 0 ? .min : .max
  }
}
