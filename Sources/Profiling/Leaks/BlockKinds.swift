import CProfilerHooks
import Leaks

/// What the blocks of a scan are, told by the metadata they begin with.
final class BlockKinds {
  /// What a block is, and what its words mean.
  enum Kind {
    case object(TypeMetadata)
    /// Elements from byte 32 on, aligned as their type wants, of which `count` stands at byte 16.
    case array(element: TypeMetadata)
    case dictionary(TypeMetadata, key: TypeMetadata, value: TypeMetadata?)
    case closure(ClosureCaptures)
    /// A value from byte 16 on, aligned as its type wants.
    case box(TypeMetadata?)
    /// A thrown value, from byte 32 on.
    case error(TypeMetadata?)
    case task
    /// A piece of a task's own stack.
    case taskMemory
    case memory
  }

  let reader: MetadataReader
  let taskLayout = TaskLayout()
  private var known: [UInt: (kind: Kind, name: String, node: HeapNode.Kind)] = [:]

  init(_ reader: MetadataReader) { self.reader = reader }

  /// What the block with this content is.
  func kind(of content: UnsafeRawBufferPointer) -> (kind: Kind, name: String, node: HeapNode.Kind) {
    guard content.count >= 16 else { return (.memory, "memory", .memory) }
    let word = content.loadUnaligned(as: UInt.self)
    if let found = known[word] { return found }
    if word == taskLayout.memoryMark { return (.taskMemory, "memory of a task", .taskMemory) }
    guard let (metadata, kind) = reader.heapMetadata(word, size: content.count) else {
      let found = (kind: Kind.memory, name: libraryObject(word) ?? "memory", node: HeapNode.Kind.memory)
      known[word] = found
      return found
    }
    let found = describe(metadata, kind, content)
    // These hold another type in each block.
    switch found.kind {
    case .error: break
    default: known[word] = found
    }
    return found
  }

  /// Blocks and objects of libdispatch begin with the address of what they are, in their library's data.
  private func libraryObject(_ word: UInt) -> String? {
    guard reader.memory.contained(word, count: 8), let path = lab_leaks_file_at(word) else { return nil }
    let file = String(cString: path).split(separator: "/").last.map(String.init) ?? ""
    if file.hasPrefix("libBlocksRuntime") { return "block" }
    return file.hasPrefix("libdispatch") ? "libdispatch object" : nil
  }

  private func describe(
    _ metadata: TypeMetadata, _ kind: TypeMetadata.Kind, _ content: UnsafeRawBufferPointer
  ) -> (kind: Kind, name: String, node: HeapNode.Kind) {
    switch kind {
    case .class: return describeClass(metadata)
    case .closureContext: return (.closure(ClosureCaptures(metadata, reader: reader)), "closure", .closure)
    case .genericBox:
      // Kind, offset of the value (4 bytes), then the type. Source: Swift, GenericBoxHeapMetadata.
      let type = reader.memory.load(UInt.self, at: metadata.address + 16).map(TypeMetadata.init)
        .flatMap { reader.kind(of: $0) == nil ? nil : $0 }
      return (.box(type), "box" + (type.map { " of " + TypeName.of($0) } ?? ""), .box)
    case .error:
      // The value's type, then its conformance. Source: Swift, SwiftError in stdlib/public/runtime/ErrorObject.h.
      guard content.count >= 32 else { return (.error(nil), "error", .error) }
      let type = TypeMetadata(address: content.loadUnaligned(fromByteOffset: 16, as: UInt.self))
      guard reader.kind(of: type) != nil else { return (.error(nil), "error", .error) }
      return (.error(type), "error " + TypeName.of(type), .error)
    case .task: return (.task, "Task", .task)
    default: return (.memory, "memory", .memory)
    }
  }

  private func describeClass(_ metadata: TypeMetadata) -> (kind: Kind, name: String, node: HeapNode.Kind) {
    let qualified = _typeName(metadata.type, qualified: true)
    let argument = reader.genericArgument(0, of: metadata)
    if qualified.hasPrefix("Swift._ContiguousArrayStorage<"), let argument {
      return (.array(element: argument), "Array storage of " + TypeName.of(argument), .storage)
    }
    if qualified.hasPrefix("Swift._DictionaryStorage<"), let argument,
      let value = reader.genericArgument(1, of: metadata)
    {
      let name = "Dictionary storage of \(TypeName.of(argument)), \(TypeName.of(value))"
      return (.dictionary(metadata, key: argument, value: value), name, .storage)
    }
    if qualified.hasPrefix("Swift._SetStorage<"), let argument {
      return (.dictionary(metadata, key: argument, value: nil), "Set storage of " + TypeName.of(argument), .storage)
    }
    if qualified == "Swift.__StringStorage" { return (.object(metadata), "String storage", .object) }
    return (.object(metadata), TypeName.short(qualified), .object)
  }
}
