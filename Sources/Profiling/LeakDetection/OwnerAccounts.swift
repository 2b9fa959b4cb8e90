import CProfiler

/// Holds the runtime's counts of strong references against the references that were found.
///
/// The second half of what `accounts.c` begins, with the meaning of the words: an object whose count is made up by
/// references from blocks that nothing leads to has no other owner, whatever words elsewhere look like its address.
/// Sources: D. F. Bacon and V. T. Rajan, Concurrent Cycle Collection in Reference Counted Systems (2001); CPython,
/// Modules/gcmodule.c.
struct OwnerAccounts {
  private let scan: LeakScan
  private let blocks: UnsafeBufferPointer<lab_leaks_block>
  /// By block, how many references surely own it, and how many more may.
  private var owners: [UInt32], others: [UInt32]

  init(_ scan: LeakScan, _ naming: ReferenceNaming) {
    self.scan = scan
    blocks = scan.blocks
    owners = Array(repeating: 0, count: blocks.count)
    others = owners
    let edges = scan.edges
    for index in edges.indices {
      switch naming.ownership[index] {
      case .sure: owners[Int(edges[index].to)] += 1
      case .perhaps: others[Int(edges[index].to)] += 1
      case .none: break
      }
    }
  }

  /// Whether all strong references to the block are known.
  func areComplete(of block: Int) -> Bool {
    let strong = blocks[block].strong
    return strong > 0 && owners[block] >= strong
  }

  /// How many objects seemed to be held by words that own nothing.
  var doubted: Int { blocks.reduce(0) { $0 + ($1.is_doubted ? 1 : 0) } }

  /// How many objects are taken for alive though they may not be: what some of the words are that lead to them is not known.
  var untold: Int {
    blocks.indices.reduce(0) { count, block in
      let (strong, isDoubted) = (blocks[block].strong, blocks[block].is_doubted)
      return count + (isDoubted && owners[block] < strong && owners[block] + others[block] >= strong ? 1 : 0)
    }
  }

  /// By block, whether it is alive after all: an object that a word outside of objects leads to, and may own for all that
  /// is known, and what such objects lead to. Nil if none is.
  var alive: [Bool]? {
    let held = blocks.indices.filter { blocks[$0].is_doubted && !areComplete(of: $0) }
    return held.isEmpty ? nil : scan.reached(from: held)
  }
}
