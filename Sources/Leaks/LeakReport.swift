/// What a leak scan found in a running program: retain cycles by shape, and blocks that were lost without one.
///
/// Plain data: made inside the observed process, written as JSON, read on any machine.
public struct LeakReport: Sendable, Hashable {
  /// The version of the file format that this is written in.
  public static let currentVersion = 1

  /// The version of the file format.
  public var version: Int
  /// The observed program's path.
  public var program: String
  /// Retain cycles, grouped by shape; the one that keeps most bytes first.
  public var cycles: [RetainCycle]
  /// Blocks that nothing leads to and that no cycle holds, by kind; the one with most bytes first.
  public var lost: [LostBlocks]
  /// How the scan went.
  public var scan: LeakScanFacts
  /// What could not be told, in sentences.
  public var notes: [String]

  /// A report of the given findings.
  public init(
    version: Int = Self.currentVersion, program: String, cycles: [RetainCycle], lost: [LostBlocks],
    scan: LeakScanFacts, notes: [String]
  ) {
    self.version = version
    self.program = program
    self.cycles = cycles
    self.lost = lost
    self.scan = scan
    self.notes = notes
  }
}

/// Figures of one scan.
public struct LeakScanFacts: Sendable, Hashable {
  /// Blocks that were allocated and not freed.
  public var liveBlocks: Int
  /// The bytes asked for in them.
  public var liveBytes: Int
  /// Of these blocks, the ones that nothing leads to.
  public var leakedBlocks: Int
  /// The bytes asked for in those.
  public var leakedBytes: Int
  /// Bytes looked at as roots: data segments, stacks, registers, thread-local storage, mapped memory.
  public var rootBytes: Int
  /// Threads that stood still, beside the one that asked.
  public var threads: Int
  /// How long they stood still, in nanoseconds.
  public var pauseNanoseconds: Int
  /// How long the report took in all, in nanoseconds.
  public var totalNanoseconds: Int
  /// Tasks in the leaked blocks that have not ended: suspended, and nothing can resume them.
  public var lostTasks = 0

  /// Figures of a scan.
  public init(
    liveBlocks: Int, liveBytes: Int, leakedBlocks: Int, leakedBytes: Int, rootBytes: Int, threads: Int,
    pauseNanoseconds: Int, totalNanoseconds: Int
  ) {
    self.liveBlocks = liveBlocks
    self.liveBytes = liveBytes
    self.leakedBlocks = leakedBlocks
    self.leakedBytes = leakedBytes
    self.rootBytes = rootBytes
    self.threads = threads
    self.pauseNanoseconds = pauseNanoseconds
    self.totalNanoseconds = totalNanoseconds
  }
}

/// Blocks of one kind that nothing leads to, held by no cycle: an unbalanced retain, or memory never freed.
public struct LostBlocks: Sendable, Hashable {
  /// What they are.
  public var node: HeapNode
  /// How many further blocks only they keep.
  public var kept: KeptBlocks

  /// Lost blocks of one kind.
  public init(node: HeapNode, kept: KeptBlocks) {
    self.node = node
    self.kept = kept
  }
}

/// Blocks that lie in no cycle themselves but are kept by one.
public struct KeptBlocks: Sendable, Hashable {
  /// How many.
  public var blocks: Int
  /// The bytes asked for in them.
  public var bytes: Int

  /// So many blocks.
  public init(blocks: Int = 0, bytes: Int = 0) {
    self.blocks = blocks
    self.bytes = bytes
  }
}
