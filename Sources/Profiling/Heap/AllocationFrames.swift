import Symbolization

/// Tells the frames of the allocator and of the Swift runtime from those of whoever asked for memory.
///
/// A profile that ends in `swift_slowAlloc` everywhere says nothing, so stacks begin with the function that allocates, as
/// Go's do.
struct AllocationFrames {
  private var allocators: Set<UInt64> = []
  private var names: [UInt64: String] = [:]

  /// Looks at the leaf ends of these stacks of return addresses, each as far as allocators reach: what is said of a stack
  /// must not hang on which others there are, or of two captures one would have it otherwise than the other.
  init(stacks: some Sequence<[UInt64]>, symbolizer: inout Symbolizer) {
    var open = stacks.map { $0[...] }
    while true {
      open = open.compactMap { stack in
        let rest = stack.drop { allocators.contains($0) }
        return rest.first.map { names[$0] == nil } ?? false ? rest : nil
      }
      // A few of each at a time, for most end soon and a look at many at once costs less.
      let addresses = Array(Set(open.flatMap { $0.prefix(6) }).subtracting(names.keys))
      guard !addresses.isEmpty else { return }
      for (address, frames) in zip(addresses, symbolizer.symbolize(addresses.map { $0 &- 1 })) {
        if Self.isAllocator(frames) { allocators.insert(address) }
        names[address] = frames.last?.name ?? ""
      }
    }
  }

  /// The stack from the function that allocates on; whole if there is no such function.
  func trimmed(_ stack: [UInt64]) -> ArraySlice<UInt64> {
    let program = stack.firstIndex { !allocators.contains($0) } ?? 0
    return stack[program...]
  }

  /// The function that allocates, or nil if it has no name.
  func allocatingFunction(of stack: [UInt64]) -> String? {
    trimmed(stack).first.flatMap { names[$0] }.flatMap { $0.isEmpty ? nil : $0 }
  }

  private static func isAllocator(_ frames: [SymbolizedFrame]) -> Bool {
    guard let function = frames.last, function.role == .foreign else { return false }
    let name = function.systemName
    return function.origin == .swiftRuntime || name.hasPrefix("_Znw") || name.hasPrefix("_Zna")
  }
}
