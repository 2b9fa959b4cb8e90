import CProfiler

/// Which function of a suspended task each piece of the task's own stack belongs to.
///
/// A suspended task leads to the context of the function to resume; each context begins with its caller's context and
/// the function that goes on there. They lie in the task itself and in the pieces of its stack.
struct SuspendedTasks {
  private struct Frame {
    var context: UInt
    /// Where the function goes on.
    var resume: UInt
  }
  /// Ascending by context.
  private var frames: [Frame] = []

  /// More than any sensible task has; a chain that goes on is broken.
  private static let longestChain = 1000

  init(tasks: [Int], leaked: LeakedBlocks, layout: TaskLayout) {
    guard layout.isKnown else { return }
    let memory = ContentByAddress(leaked)
    for task in tasks {
      let content = leaked.content(of: task)
      guard content.count >= 72 else { continue }
      var resume = content.loadUnaligned(fromByteOffset: TaskLayout.resumeFunction, as: UInt.self)
      var context = content.loadUnaligned(fromByteOffset: TaskLayout.resumeContext, as: UInt.self)
      for _ in 0..<Self.longestChain {
        guard let (parent, next) = memory.words(at: context) else { break }
        frames.append(Frame(context: context, resume: resume))
        (context, resume) = (parent, next)
      }
    }
    frames.sort { $0.context < $1.context }
  }

  /// An address in the function that keeps its variables at `address`, or nil if that is not known.
  ///
  /// - Parameter block: Where the block begins that the address lies in: contexts before it are another's.
  func function(at address: UInt, inBlockAt block: UInt) -> UInt? {
    var low = 0
    var high = frames.count
    while low < high {
      let middle = (low + high) / 2
      if frames[middle].context <= address { low = middle + 1 } else { high = middle }
    }
    guard low > 0, frames[low - 1].context >= block else { return nil }
    return frames[low - 1].resume
  }
}

/// Finds the copied content of leaked blocks by address.
private struct ContentByAddress {
  private let leaked: LeakedBlocks
  private let order: [Int]

  init(_ leaked: LeakedBlocks) {
    self.leaked = leaked
    order = leaked.blocks.indices.sorted { leaked.blocks[$0].address < leaked.blocks[$1].address }
  }

  /// The two words at an address in a leaked block.
  func words(at address: UInt) -> (UInt, UInt)? {
    var low = 0
    var high = order.count
    while low < high {
      let middle = (low + high) / 2
      if leaked.blocks[order[middle]].address <= address { low = middle + 1 } else { high = middle }
    }
    guard low > 0, address % 8 == 0 else { return nil }
    let block = order[low - 1]
    let content = leaked.content(of: block)
    let offset = Int(address - leaked.blocks[block].address)
    guard offset + 16 <= content.count else { return nil }
    return (
      content.loadUnaligned(fromByteOffset: offset, as: UInt.self),
      content.loadUnaligned(fromByteOffset: offset + 8, as: UInt.self)
    )
  }
}
