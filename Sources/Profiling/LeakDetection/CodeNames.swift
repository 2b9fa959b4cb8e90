import CProfiler
import Leaks
import Symbolization

/// Names the code that leaked blocks have to do with: the stacks they were allocated on, closures, suspended functions.
final class CodeNames {
  private var symbolizer = Symbolizer.ofProcess()
  private var stacks: [UInt32: [AllocationFrame]] = [:]
  private var functions: [UInt: AllocationFrame?] = [:]

  /// Symbolizes the given stacks at once. About 25 µs for each distinct address.
  func learn(_ ids: Set<UInt32>) {
    let addresses = Dictionary(uniqueKeysWithValues: ids.map { ($0, Self.addresses(of: $0)) })
    let codes = Array(Set(addresses.values.joined()))
    let positions = Dictionary(uniqueKeysWithValues: codes.enumerated().map { ($1, $0) })
    let folding = Folding(frames: symbolize(codes))
    for (stack, addresses) in addresses {
      let levels = folding.fold(addresses.compactMap { positions[$0] }).flatMap(folding.levels(of:))
      stacks[stack] = levels.drop(while: Self.isAllocator).map(Self.frame)
    }
  }

  /// The functions that led to the allocation, innermost first, without the allocator's own.
  func frames(of stack: UInt32) -> [AllocationFrame] { stacks[stack] ?? [] }

  /// By stack, the program's own function that made the allocation, if there is one.
  func makers() -> [UInt32: AllocationFrame] { stacks.compactMapValues { $0.first(where: \.isProgram) } }

  /// The function that begins at the address, or that the address lies in.
  func function(at address: UInt) -> AllocationFrame? {
    if let known = functions[address] { return known }
    let frame = symbolize([UInt64(address)]).first?.last.map(Self.frame)
    functions[address] = .some(frame)
    return frame
  }

  private func symbolize(_ addresses: [UInt64]) -> [[SymbolizedFrame]] {
    HeapProfiler.withoutRecording { symbolizer.symbolize(addresses) }
  }

  /// The runtime that knows the program's types.
  func typeFinder() -> TypeFinder {
    guard var program = ProgramRuntime(symbolizer) else { return .shared }
    return program.inContext.map { .ofProgram($0, program.inEnvironment) } ?? .unknown
  }

  private static func frame(_ frame: SymbolizedFrame) -> AllocationFrame {
    AllocationFrame(function: frame.name, file: frame.file, line: frame.line, isProgram: frame.origin == .app)
  }

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
