import Glibc

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

  init() {
    memoryMark = Self.word("_swift_concurrency_debug_asyncTaskSlabMetadata")
    let version = Self.word("_swift_concurrency_debug_internal_layout_version").map { UInt32(truncatingIfNeeded: $0) }
    let size = Self.word("_swift_concurrency_debug_asyncTaskSize").map { UInt32(truncatingIfNeeded: $0) }
    isKnown = version == 1 && (size ?? 0) >= 72
  }

  private static func word(_ symbol: String) -> UInt? {
    // RTLD_DEFAULT
    guard let address = dlsym(nil, symbol) else { return nil }
    return address.loadUnaligned(as: UInt.self)
  }
}
