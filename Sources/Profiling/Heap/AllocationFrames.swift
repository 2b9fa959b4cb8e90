import Symbolization

/// Tells the frames of the allocator and of the Swift runtime from those of whoever asked for memory.
///
/// A profile that ends in `swift_slowAlloc` everywhere says nothing, so stacks begin with the function that allocates, as
/// Go's do.
struct AllocationFrames {
  private enum Role {
    /// The C functions under `swift_allocObject`, and it.
    case swiftObject
    /// Another function of the runtime or of the C++ allocator.
    case allocator
    case program
  }

  private var roles: [UInt64: Role] = [:]
  private var names: [UInt64: String] = [:]

  /// Looks at the leaf ends of these stacks of return addresses.
  init(stacks: some Sequence<[UInt64]>, symbolizer: inout Symbolizer) {
    let depth = 6
    let addresses = Array(Set(stacks.flatMap { $0.prefix(depth) }))
    for (address, frames) in zip(addresses, symbolizer.symbolize(addresses.map { $0 - 1 })) {
      roles[address] = Self.role(of: frames)
      names[address] = frames.last?.name ?? ""
    }
  }

  /// The stack from the function that allocates on; whole if there is no such function.
  func trimmed(_ stack: [UInt64]) -> ArraySlice<UInt64> {
    let program = stack.firstIndex { role(of: $0) == .program } ?? 0
    return stack[program...]
  }

  /// Whether what was allocated here is a Swift object.
  func makesObjects(_ stack: [UInt64]) -> Bool {
    stack.prefix { role(of: $0) != .program }.contains { role(of: $0) == .swiftObject }
  }

  /// The function that allocates, or nil if it has no name.
  func allocatingFunction(of stack: [UInt64]) -> String? {
    trimmed(stack).first.flatMap { names[$0] }.flatMap { $0.isEmpty ? nil : $0 }
  }

  private func role(of address: UInt64) -> Role { roles[address] ?? .program }

  private static func role(of frames: [SymbolizedFrame]) -> Role {
    guard let function = frames.last, function.role == .foreign else { return .program }
    let name = function.systemName
    if name.contains("swift_allocObject") || name.contains("swift_task_create") { return .swiftObject }
    if function.origin == .swiftRuntime || name.hasPrefix("_Znw") || name.hasPrefix("_Zna") { return .allocator }
    return .program
  }
}
