import CProfilerHooks
import Leaks
import Symbolization

/// The stacks that leaked blocks were allocated on, with names.
struct AllocationStacks {
  private var frames: [UInt32: [AllocationFrame]] = [:]

  /// Symbolizes the given stacks. About 25 µs for each distinct address.
  init(_ stacks: Set<UInt32>) {
    let addresses = Dictionary(uniqueKeysWithValues: stacks.map { ($0, Self.addresses(of: $0)) })
    let codes = Array(Set(addresses.values.joined()))
    var symbolizer = Symbolizer()
    let positions = Dictionary(uniqueKeysWithValues: codes.enumerated().map { ($1, $0) })
    let folding = Folding(frames: symbolizer.symbolize(codes))
    for (stack, addresses) in addresses {
      let levels = folding.fold(addresses.compactMap { positions[$0] }).flatMap(folding.levels(of:))
      frames[stack] = levels.drop(while: Self.isAllocator).map {
        AllocationFrame(function: $0.name, file: $0.file, line: $0.line, isProgram: $0.origin == .app)
      }
    }
  }

  /// The functions that led to the allocation, innermost first, without the allocator's own.
  func frames(of stack: UInt32) -> [AllocationFrame] { frames[stack] ?? [] }

  private static func addresses(of stack: UInt32) -> [UInt64] {
    withUnsafeTemporaryAllocation(of: UInt.self, capacity: 256) { buffer in
      var labels: UInt64 = 0
      let count = lab_heap_stack_frames(stack, buffer.baseAddress, buffer.count, &labels)
      return buffer.prefix(min(count, buffer.count)).map { UInt64($0) - 1 }
    }
  }

  private static let allocators: Set<String> = [
    "malloc", "calloc", "realloc", "reallocarray", "memalign", "aligned_alloc", "posix_memalign", "valloc", "pvalloc",
    "recorded", "realloc_active", "swift_slowAlloc", "swift_allocObject", "swift_allocBox", "swift_allocError",
    "swift_allocEmptyBox", "operator new", "swift_slowAllocTyped", "swift_initStackObject", "strdup", "__strdup",
  ]

  private static func isAllocator(_ frame: SymbolizedFrame) -> Bool {
    if allocators.contains(frame.name) || frame.role == .compilerMade { return true }
    let system = frame.systemName
    return system.hasPrefix("_Znw") || system.hasPrefix("_Zna") || system.hasPrefix("_ZN5swift")
      || system.hasPrefix("_swift_allocObject") || system.hasPrefix("_ZL") && frame.name.contains("lloc")
      || frame.origin == .swiftRuntime
        && (frame.name.contains("allocat") || frame.name.hasPrefix("_allocate")
          || frame.name.hasPrefix("static Array._"))
  }
}
