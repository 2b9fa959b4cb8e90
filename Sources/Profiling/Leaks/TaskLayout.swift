import CProfiler

/// Where the concurrency runtime keeps what a suspended task needs.
///
/// Private to the runtime, so used only where it is as known: layout version 1 and the expected size of a task.
/// Source: Swift, include/swift/ABI/Task.h and stdlib/public/runtime/StackAllocator.h.
struct TaskLayout {
  /// The first word of every piece of a task's own stack; nil if the runtime does not say.
  let memoryMark: UInt?
  /// Whether the offsets below hold.
  let isKnown: Bool
  static let resumeFunction = 56
  static let resumeContext = 64

  /// The first word of every task.
  fileprivate let mark: UInt
  /// Bytes of a task's own record.
  fileprivate let size: Int

  init() {
    let layout = lab_leaks_task_layout()
    isKnown = layout.size != 0
    size = Int(layout.size)
    mark = layout.mark
    memoryMark = isKnown ? layout.slab_mark : nil
  }
}

/// What a task that has ended came to: its result, or the error it threw.
///
/// Source: Swift, include/swift/ABI/Task.h: fragments of AsyncTask; MetadataValues.h: JobFlags.
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

  /// Nil if the task has not ended.
  init?(_ content: UnsafeRawBufferPointer, _ layout: TaskLayout, _ reader: MetadataReader) {
    start = layout.size
    end = layout.size
    guard layout.isKnown, content.count >= end + 24, content.loadUnaligned(as: UInt.self) == layout.mark,
      content.loadUnaligned(fromByteOffset: 96, as: UInt.self) & 0x2000 != 0
    else { return nil }
    let flags = content.loadUnaligned(fromByteOffset: 32, as: UInt32.self)
    if flags & 1 << 24 != 0 { end += 16 }
    if flags & 1 << 26 != 0 { end += 8 }
    // Only a future has a result: who waits, its type, the error, the value.
    guard flags & 1 << 25 != 0, end + 24 <= content.count else { return }
    let type = TypeMetadata(address: content.loadUnaligned(fromByteOffset: end + 8, as: UInt.self))
    guard let values = reader.layout(of: type) else { return }
    self.type = type
    error = end + 16
    result = (end + 24 + values.alignment - 1) & ~(values.alignment - 1)
    end = result + values.size
  }
}
