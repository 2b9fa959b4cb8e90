import CProfiler

/// Where the concurrency runtime keeps what a suspended task needs.
///
/// Private to the runtime, so used only where it is as known. The offsets are those of lab_runtime.h.
struct TaskLayout {
  /// The first word of every piece of a task's own stack; nil if the runtime does not say.
  let memoryMark: UInt?
  /// Whether the offsets below hold.
  let isKnown: Bool
  static let resumeFunction = Int(LAB_TASK_RESUME_FUNCTION)
  static let resumeContext = Int(LAB_TASK_RESUME_CONTEXT)

  /// The first word of every task.
  let mark: UInt
  /// Bytes of a task's own record.
  let size: Int

  init() {
    let layout = lab_runtime_tasks()
    isKnown = layout.size != 0
    size = Int(layout.size)
    mark = layout.mark
    memoryMark = isKnown ? layout.slab_mark : nil
  }

  /// Bytes before what a piece of a stack holds.
  static let pieceHeader = Int(LAB_SLAB_HEADER)

  /// Where a piece of a task's stack is not in use any more: what lies there is left over.
  func endOfUse(ofPieceAt start: Int, in content: UnsafeRawBufferPointer) -> Int {
    guard start + Self.pieceHeader <= content.count else { return start }
    return start + Self.pieceHeader
      + Int(content.loadUnaligned(fromByteOffset: start + Int(LAB_SLAB_USED), as: UInt32.self))
  }

  /// Where the first piece of a task's stack begins in its block, behind its record; nil if there is none.
  func ownPiece(of content: UnsafeRawBufferPointer, at address: UInt) -> Int? {
    guard isKnown, content.count > size else { return nil }
    for offset in stride(from: 16, to: size, by: 8) {
      let word = content.loadUnaligned(fromByteOffset: offset, as: UInt.self)
      guard word >= address + UInt(size), word - address <= UInt(content.count - Self.pieceHeader) else { continue }
      let start = Int(word - address)
      if content.loadUnaligned(fromByteOffset: start, as: UInt.self) == memoryMark { return start }
    }
    return nil
  }
}

/// What a task that has ended came to: its result, or the error it threw.
struct TaskOutcome {
  /// Where the task's own record ends.
  let start: Int
  /// Where the error lies.
  private(set) var error = 0
  /// Where the result begins.
  private(set) var result = 0
  private(set) var type: TypeMetadata?
  /// Where the result ends.
  private(set) var end: Int
  /// Bytes of a future before its result.
  private static let futureHeader = Int(LAB_FUTURE_RESULT)

  /// Nil if the task has not ended.
  init?(_ content: UnsafeRawBufferPointer, _ layout: TaskLayout, _ reader: MetadataReader) {
    start = layout.size
    end = layout.size
    guard layout.isKnown, content.count >= end + Self.futureHeader, content.loadUnaligned(as: UInt.self) == layout.mark,
      content.loadUnaligned(fromByteOffset: Int(LAB_TASK_STATUS), as: UInt32.self) & LAB_TASK_IS_COMPLETE.rawValue != 0
    else { return nil }
    let flags = content.loadUnaligned(fromByteOffset: Int(LAB_TASK_FLAGS), as: UInt32.self)
    if flags & LAB_TASK_IS_CHILD.rawValue != 0 { end += Int(LAB_TASK_CHILD_BYTES) }
    if flags & LAB_TASK_IS_GROUP_CHILD.rawValue != 0 { end += Int(LAB_TASK_GROUP_CHILD_BYTES) }
    // Only a future has a result.
    guard flags & LAB_TASK_IS_FUTURE.rawValue != 0, end + Self.futureHeader <= content.count else { return }
    let type = TypeMetadata(address: content.loadUnaligned(fromByteOffset: end + Int(LAB_FUTURE_TYPE), as: UInt.self))
    guard let values = reader.layout(of: type) else { return }
    self.type = type
    error = end + Int(LAB_FUTURE_ERROR)
    result = (end + Self.futureHeader + values.alignment - 1) & ~(values.alignment - 1)
    end = result + values.size
  }
}
