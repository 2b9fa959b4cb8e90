import CProfiler
import Leaks
import Symbolization

/// Names the code that leaked blocks have to do with: the stacks they were allocated on, closures, suspended functions.
final class CodeNames {
  private var symbolizer = Symbolizer.ofProcess()
  private var stacks: [UInt32: [AllocationFrame]] = [:]
  private var functions: [UInt: AllocationFrame?] = [:]
  private var closures: [UInt: Closure?] = [:]

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

  /// A closure: where it is written, and whether it is a method that was passed by its name.
  struct Closure {
    var frame: AllocationFrame
    var isMethod: Bool
  }

  /// The closure whose code begins at the address.
  func closure(at address: UInt) -> Closure? {
    if let known = closures[address] { return known }
    let found = findClosure(address)
    closures[address] = .some(found)
    return found
  }

  /// What takes a closure's captures out of their context (`TA`) has no line of its own. Either it has the closure in
  /// itself, somewhere behind its first instructions, or calls it by a name that lacks these letters; copies of it are
  /// numbered. Source: Swift, docs/ABI/Mangling.rst.
  private func findClosure(_ address: UInt) -> Closure? {
    guard let outermost = symbolize([UInt64(address)]).first?.last else { return nil }
    let name = ClosureName(mangled: outermost.systemName)
    var frame = written(at: UInt64(address), in: outermost.systemName)
    for symbol in name.others where frame == nil {
      let place = HeapProfiler.withoutRecording { symbolizer.address(ofProgramSymbol: symbol) }
      frame = place.flatMap { written(at: $0, in: symbol) }
    }
    return Closure(frame: frame ?? Self.frame(outermost), isMethod: name.isFunction)
  }

  /// Where the code of a function is from that begins at the address: the outermost of what is inlined at its first
  /// instructions that has a place in the source.
  private func written(at address: UInt64, in function: String) -> AllocationFrame? {
    let probes: [UInt64] = [0, 3, 6, 10, 16, 24, 32, 48]
    for levels in symbolize(probes.map { address + $0 }) where levels.last?.systemName == function {
      guard let level = levels.last(where: { $0.startLine > 0 || $0.line > 0 }) else { continue }
      var frame = Self.frame(level)
      if level.startLine > 0 { frame.line = level.startLine }
      return frame
    }
    return nil
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
