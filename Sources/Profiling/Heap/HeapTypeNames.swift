import Symbolization

/// Names the Swift types of heap objects by their metadata, trusting no pointer.
///
/// Layouts: apple/swift `docs/ABI/TypeMetadata.rst`, `include/swift/ABI/MetadataKind.def`.
struct HeapTypeNames {
  /// What a metadata pointer says.
  enum Kind: Hashable {
    /// An instance of the named class.
    case named(String)
    /// The context of a closure, or a variable that closures share.
    case closure
  }

  private var known: [UInt: Kind?] = [:]
  // Nothing is taken to be mapped: the program runs on, and the kernel tells what can be read.
  private let reader = MetadataReader(
    memory: ReadableMemory(UnsafeBufferPointer(start: nil, count: 0)), types: .unknown)

  /// What the object is that begins with this word, or nil if the word is no metadata pointer.
  ///
  /// Complexity: a few system calls for each distinct word.
  mutating func kind(of metadata: UInt) -> Kind? {
    if let answer = known[metadata] { return answer }
    let answer = read(metadata)
    known[metadata] = .some(answer)
    return answer
  }

  private func read(_ metadata: UInt) -> Kind? {
    guard metadata &>> ReadableMemory.bits == 0, let (type, kind) = reader.heapMetadata(metadata, size: 1 << 30) else {
      return nil
    }
    switch kind {
    case .closureContext: return .closure
    case .genericBox: return .named("boxed variable")
    case .error: return .named("boxed error")
    case .task: return .named("Task")
    case .class: return .named(TypeName.spoken(reader.names.short(type)))
    default: return nil
    }
  }
}
