import CProfiler

extension LeakedBlocks {
  /// How many tasks are among these blocks that have not ended: they are suspended, and nothing can resume them. With
  /// those made by `async let`, which lie in their makers' stacks. O(blocks, and words of tasks).
  ///
  /// - Parameters:
  ///   - kinds: What the blocks are.
  ///   - numbers: By block, which of these.
  func lostTasks(_ kinds: [BlockKinds.Description], _ numbers: [Int32], _ layout: TaskLayout) -> Int {
    guard layout.isKnown else { return 0 }
    let isOfTasks = kinds.map { $0.node == .task || $0.node == .taskMemory }
    return numbers.indices.reduce(0) { count, block in
      isOfTasks[Int(numbers[block])]
        ? count + layout.openTasks(in: content(of: block), at: blocks[block].address) : count
    }
  }
}

extension TaskLayout {
  /// How many tasks that have not ended a block has: itself, if it is one, and those in the piece of a stack that it has.
  fileprivate func openTasks(in content: UnsafeRawBufferPointer, at address: UInt) -> Int {
    guard content.count >= 16 else { return 0 }
    let word = content.loadUnaligned(as: UInt.self)
    guard word == mark || word == memoryMark else { return 0 }
    let isOpenItself = isOpenTask(at: 0, in: content)
    guard let piece = word == mark ? ownPiece(of: content, at: address) : 0 else { return isOpenItself ? 1 : 0 }
    let end = min(endOfUse(ofPieceAt: piece, in: content), content.count)
    let inside = stride(from: piece + Self.pieceHeader, to: end, by: 16).count { isOpenTask(at: $0, in: content) }
    return inside + (isOpenItself ? 1 : 0)
  }

  private func isOpenTask(at start: Int, in content: UnsafeRawBufferPointer) -> Bool {
    guard start + size <= content.count, content.loadUnaligned(fromByteOffset: start, as: UInt.self) == mark else {
      return false
    }
    let status = content.loadUnaligned(fromByteOffset: start + Int(LAB_TASK_STATUS), as: UInt32.self)
    return status & LAB_TASK_IS_COMPLETE.rawValue == 0
  }
}
