import CProfiler

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

  /// What the object is that begins with this word, or nil if the word is no metadata pointer.
  ///
  /// Complexity: a few system calls for each distinct word.
  mutating func kind(of metadata: UInt) -> Kind? {
    if let answer = known[metadata] { return answer }
    let answer = Self.read(metadata)
    known[metadata] = .some(answer)
    return answer
  }

  private static func read(_ metadata: UInt) -> Kind? {
    guard metadata > 4096, metadata % 8 == 0, metadata >> 47 == 0,
      let kind = load(UInt.self, at: metadata)
    else { return nil }
    switch kind {
    case 0x400: return .closure
    case 0x500: return .named("boxed variable")
    case 0x501: return .named("boxed error")
    case 0x502: return .named("Task")
    case 0: return isClass(metadata) ? name(ofClass: metadata).map { .named($0) } : nil
    default: return nil
    }
  }

  /// Checks what a class's metadata must have, so that no stray pointer is taken for one.
  private static func isClass(_ metadata: UInt) -> Bool {
    guard let instanceSize = load(UInt32.self, at: metadata + 24), (16...1 << 30).contains(instanceSize),
      let alignmentMask = load(UInt16.self, at: metadata + 28), (alignmentMask & (alignmentMask &+ 1)) == 0,
      let description = load(UInt.self, at: metadata + 40), description > 4096, description % 4 == 0,
      let flags = load(UInt32.self, at: description)
    else { return false }
    let contextKindOfClasses: UInt32 = 16
    return flags & 0x1f == contextKindOfClasses
  }

  private static func name(ofClass metadata: UInt) -> String? {
    guard let pointer = UnsafeRawPointer(bitPattern: metadata) else { return nil }
    return readable(TypeName.short(_typeName(unsafeBitCast(pointer, to: Any.Type.self), qualified: true)))
  }

  /// The standard library's own storage classes as a programmer says them.
  static func readable(_ name: String) -> String {
    let wrappers = [
      ("_ContiguousArrayStorage<", "Array storage of "), ("_DictionaryStorage<", "Dictionary storage of "),
      ("_SetStorage<", "Set storage of "),
    ]
    for (prefix, words) in wrappers where name.hasPrefix(prefix) && name.hasSuffix(">") {
      return words + name.dropFirst(prefix.count).dropLast()
    }
    return name == "__StringStorage" ? "String storage" : name
  }

  private static func load<Value: BitwiseCopyable>(_ type: Value.Type, at address: UInt) -> Value? {
    withUnsafeTemporaryAllocation(of: Value.self, capacity: 1) { buffer in
      guard let start = buffer.baseAddress, lab_read_memory(address, start, MemoryLayout<Value>.size) else {
        return nil
      }
      return start.pointee
    }
  }
}
