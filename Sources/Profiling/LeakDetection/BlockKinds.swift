import CProfiler
import Leaks
import Symbolization

/// What the blocks of a scan are, told by the metadata they begin with.
struct BlockKinds {
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
    /// A task, and what it came to if it has ended.
    case task(TaskOutcome?)
    /// A piece of a task's own stack.
    case taskMemory
    /// A function of libdispatch's to call, which holds a Swift function.
    case dispatchBlock
    case memory

    /// Whether its references are all in use, each counted by its target: not so what tasks and C keep.
    var ownsWhatItHolds: Bool {
      switch self {
      case .object, .array, .dictionary, .closure, .box, .error: true
      case .task, .taskMemory, .dispatchBlock, .memory: false
      }
    }
  }

  /// What some blocks are.
  struct Description {
    var kind: Kind
    var name: String
    var node: HeapNode.Kind
    /// Whether all blocks are so that begin as this one.
    var isShared = true
    /// Whether the type comes with Swift and is not the program's.
    var isLibrary = false
    /// Of a class, those of the program's that it inherits from, the nearest first.
    var superclasses: [String] = []
  }

  /// All that were found, by number.
  private(set) var descriptions = [
    Description(kind: .memory, name: "memory", node: .memory),
    Description(kind: .taskMemory, name: "memory of a task", node: .taskMemory),
    Description(kind: .memory, name: "weak reference count", node: .memory),
  ]
  private static let memory: Int32 = 0
  private static let taskMemory: Int32 = 1
  /// The number of those that hold the counts of an object that weak references refer to.
  static let weakCounts: Int32 = 2

  private let reader: MetadataReader
  private let taskLayout: TaskLayout
  /// By first word.
  private var known = AnswerCache<UInt, Int32>()
  private var closures: [TypeMetadata: ClosureDescription?] = [:]
  /// By page, what is said of blocks that begin with an address in it: a page is one file's.
  private var libraries: [UInt: Description?] = [:]

  init(_ reader: MetadataReader, _ taskLayout: TaskLayout) {
    self.reader = reader
    self.taskLayout = taskLayout
  }

  /// The number of what the block with this content is. O(1), once a block of its kind was seen.
  mutating func number(of content: UnsafeRawBufferPointer) -> Int32 {
    guard content.count >= 16 else { return Self.memory }
    let word = content.loadUnaligned(as: UInt.self)
    if let found = known.answer(to: word, hint: Int(truncatingIfNeeded: word >> 4 ^ word >> 12)) { return found }
    if word == taskLayout.memoryMark { return Self.taskMemory }
    // What is no address of a record needs no asking.
    guard ReadableMemory.isPossible(word), word % 8 == 0 else { return Self.memory }
    guard let (metadata, kind) = reader.heapMetadata(word, size: content.count) else {
      guard let library = libraryObject(word) else { return Self.memory }
      return add(library, beginningWith: word)
    }
    var found = describe(metadata, kind, content)
    found.isShared = !differs(metadata, kind)
    return add(found, beginningWith: word)
  }

  private mutating func add(_ description: Description, beginningWith word: UInt) -> Int32 {
    let number = Int32(descriptions.count)
    descriptions.append(description)
    if description.isShared { known.remember(number, to: word) }
    return number
  }

  /// Blocks and objects of libdispatch begin with the address of what they are, in their library's data.
  private mutating func libraryObject(_ word: UInt) -> Description? {
    if let known = libraries[word >> 12] { return known }
    guard reader.memory.contained(word, count: 8) else { return nil }
    let file = lab_leaks_file_at(word).map { String(cString: $0).split(separator: "/").last ?? "" } ?? ""
    var found: Description?
    if file.hasPrefix("libBlocksRuntime") {
      found = Description(kind: .dispatchBlock, name: "block", node: .closure)
    } else if file.hasPrefix("libdispatch") {
      found = Description(kind: .memory, name: "libdispatch object", node: .memory)
    }
    libraries[word >> 12] = .some(found)
    return found
  }

  /// Whether blocks that begin alike are not of one kind.
  private mutating func differs(_ metadata: TypeMetadata, _ kind: TypeMetadata.Kind) -> Bool {
    switch kind {
    case .error, .task: true
    case .closureContext: closure(metadata)?.isGeneric ?? false
    default: false
    }
  }

  private mutating func closure(_ metadata: TypeMetadata) -> ClosureDescription? {
    if let known = closures[metadata] { return known }
    let description = ClosureDescription(metadata, in: reader.memory)
    closures[metadata] = .some(description)
    return description
  }

  private mutating func describe(
    _ metadata: TypeMetadata, _ kind: TypeMetadata.Kind, _ content: UnsafeRawBufferPointer
  ) -> Description {
    switch kind {
    case .class: return describeClass(metadata)
    case .closureContext:
      let captures = closure(metadata).map { ClosureCaptures($0, content, reader: reader) }
      return Description(kind: .closure(captures ?? ClosureCaptures()), name: "closure", node: .closure)
    case .genericBox:
      // Kind, offset of the value (4 bytes), then the type. Source: Swift, GenericBoxHeapMetadata.
      let type = reader.memory.load(UInt.self, at: metadata.address + 16).map(TypeMetadata.init)
        .flatMap { reader.kind(of: $0) == nil ? nil : $0 }
      let name = "box" + (type.map { " of " + reader.names.short($0) } ?? "")
      return Description(kind: .box(type), name: name, node: .box)
    case .error:
      // The value's type, then its conformance. Source: Swift, SwiftError in stdlib/public/runtime/ErrorObject.h.
      let word = content.count >= 32 ? content.loadUnaligned(fromByteOffset: 16, as: UInt.self) : 0
      let type = reader.kind(of: TypeMetadata(address: word)) == nil ? nil : TypeMetadata(address: word)
      return Description(
        kind: .error(type), name: "error" + (type.map { " " + reader.names.short($0) } ?? ""), node: .error)
    case .task:
      let outcome = TaskOutcome(content, taskLayout, reader)
      return Description(kind: .task(outcome), name: outcome == nil ? "Task" : "finished Task", node: .task)
    default: return Description(kind: .memory, name: "memory", node: .memory)
    }
  }

  private func describeClass(_ metadata: TypeMetadata) -> Description {
    let qualified = reader.names.qualified(metadata)
    let argument = reader.genericArgument(0, of: metadata)
    if qualified.hasPrefix("Swift._ContiguousArrayStorage<"), let argument {
      return Description(
        kind: .array(element: argument), name: "Array storage of " + reader.names.short(argument), node: .storage)
    }
    if qualified.hasPrefix("Swift._DictionaryStorage<"), let argument,
      let value = reader.genericArgument(1, of: metadata)
    {
      let name = "Dictionary storage of \(reader.names.short(argument)), \(reader.names.short(value))"
      return Description(kind: .dictionary(metadata, key: argument, value: value), name: name, node: .storage)
    }
    if qualified.hasPrefix("Swift._SetStorage<"), let argument {
      return Description(
        kind: .dictionary(metadata, key: argument, value: nil), name: "Set storage of " + reader.names.short(argument),
        node: .storage)
    }
    if qualified == "Swift.CheckedContinuationCanary" || qualified == "_Concurrency.CheckedContinuationCanary" {
      return Description(kind: .memory, name: "CheckedContinuation", node: .storage)
    }
    if qualified == "Swift.__StringStorage" {
      return Description(kind: .object(metadata), name: "String storage", node: .object, isLibrary: true)
    }
    return Description(
      kind: .object(metadata), name: TypeName.short(qualified), node: .object, isLibrary: isLibrary(metadata),
      superclasses: superclasses(of: metadata))
  }

  private func isLibrary(_ type: TypeMetadata) -> Bool {
    reader.names.module(of: type).flatMap { CodeOrigin.ofModule(Substring($0)) } != nil
  }

  private func superclasses(of type: TypeMetadata) -> [String] {
    var names: [String] = []
    var level = reader.superclass(of: type)
    while let current = level, names.count < 16, !isLibrary(current) {
      names.append(reader.names.short(current))
      level = reader.superclass(of: current)
    }
    return names
  }
}
