/// A Swift type by its metadata record, read with care: the layouts are the language's ABI on Linux, yet every pointer
/// is checked before it is followed, and what does not look as it should is unknown.
///
/// Source: Swift, docs/ABI/TypeMetadata.rst, include/swift/ABI/Metadata.h and MetadataKind.def.
struct TypeMetadata: Hashable {
  let address: UInt

  /// What kind of type the record describes.
  enum Kind: Hashable {
    case `class`, structure, enumeration, optional, tuple, function, existential, extendedExistential, fixedArray
    case metatype, existentialMetatype, foreignClass, builtin
    case closureContext, genericBox, error, task
    case other
  }
}

/// Reads type metadata.
final class MetadataReader {
  let memory: ReadableMemory
  let types: TypeFinder
  private var kinds: [TypeMetadata: TypeMetadata.Kind?] = [:]
  private var layouts: [TypeMetadata: Layout?] = [:]
  /// What `type(_:in:)` has found before; nil where it found none.
  var foundTypes: [NameKey: TypeMetadata?] = [:]
  /// The names of the types that the language itself has, once they were asked for.
  var builtins: [TypeMetadata: String] = [:]
  /// Names types.
  private(set) lazy var names = MetadataNames(self)

  init(memory: ReadableMemory, types: TypeFinder) {
    self.memory = memory
    self.types = types
  }

  /// The kind of the record at `address`, or nil if no record can be there.
  func kind(of metadata: TypeMetadata) -> TypeMetadata.Kind? {
    if let known = kinds[metadata] { return known }
    let kind = readKind(of: metadata)
    kinds[metadata] = .some(kind)
    return kind
  }

  private func readKind(of metadata: TypeMetadata) -> TypeMetadata.Kind? {
    guard ReadableMemory.isPossible(metadata.address), metadata.address % 8 == 0,
      let word = memory.load(UInt.self, at: metadata.address)
    else { return nil }
    switch word {
    case 0: return descriptionKind(of: metadata, at: 40) == 16 ? .class : nil
    case 0x200: return descriptionKind(of: metadata, at: 8) == 17 ? .structure : nil
    case 0x201: return descriptionKind(of: metadata, at: 8) == 18 ? .enumeration : nil
    case 0x202: return descriptionKind(of: metadata, at: 8) == 18 ? .optional : nil
    case 0x203: return .foreignClass
    case 0x300: return .builtin
    case 0x301: return .tuple
    case 0x302: return .function
    case 0x303: return .existential
    case 0x304: return .metatype
    case 0x306: return .existentialMetatype
    case 0x307: return .extendedExistential
    case 0x308: return .fixedArray
    case 0x400: return .closureContext
    case 0x500: return .genericBox
    case 0x501: return .error
    case 0x502: return .task
    case 0x204...0x305: return .other
    // Classes made for Objective-C have a pointer here; Linux has none.
    default: return nil
    }
  }

  /// The metadata a heap object of at least `size` bytes begins with, or nil if these bytes are none.
  ///
  /// Objects of a class must name a class's description and an instance size that fits; other heap records must have
  /// a destructor before them.
  func heapMetadata(_ word: UInt, size: Int) -> (TypeMetadata, TypeMetadata.Kind)? {
    let metadata = TypeMetadata(address: word)
    // Not kept: most words that are asked for are no record's.
    guard size >= 16, let kind = readKind(of: metadata) else { return nil }
    switch kind {
    case .class:
      guard let instance = memory.load(UInt32.self, at: word + 24), (16...max(size, 16)).contains(Int(instance)),
        let mask = memory.load(UInt16.self, at: word + 28), mask & (mask &+ 1) == 0
      else { return nil }
    case .closureContext, .genericBox, .error, .task:
      guard let destroy = memory.pointer(at: word - 16), memory.load(UInt8.self, at: destroy) != nil else {
        return nil
      }
    default: return nil
    }
    return (metadata, kind)
  }

  /// The type's description, if the record has one of the expected kind: 16 a class, 17 a struct, 18 an enum.
  func description(of metadata: TypeMetadata) -> UInt? {
    guard let own = kind(of: metadata) else { return nil }
    let offset: UInt = own == .class ? 40 : 8
    guard let kind = descriptionKind(of: metadata, at: offset), (16...18).contains(kind) else { return nil }
    return memory.load(UInt.self, at: metadata.address + offset)
  }

  private func descriptionKind(of metadata: TypeMetadata, at offset: UInt) -> UInt32? {
    guard let description = memory.pointer(at: metadata.address + offset), description % 4 == 0,
      let flags = memory.load(UInt32.self, at: description)
    else { return nil }
    return flags & 0x1f
  }

  /// The generic arguments of a class, a struct or an enum.
  ///
  /// - Returns: the argument at `index`, or nil if there is none or it does not look like a type.
  func genericArgument(_ index: Int, of metadata: TypeMetadata) -> TypeMetadata? {
    guard let words = argumentWords(of: metadata), let argument = memory.load(UInt.self, at: words + 8 * UInt(index))
    else { return nil }
    let type = TypeMetadata(address: argument)
    return kind(of: type) == nil ? nil : type
  }

  /// Where the words of the generic arguments of a class, a struct or an enum begin; nil if it has none.
  func argumentWords(of metadata: TypeMetadata) -> UInt? {
    guard let description = description(of: metadata), let flags = memory.load(UInt32.self, at: description),
      flags & 0x80 != 0, let first = flags & 0x1f == 16 ? ownMembers(description, flags) : 16
    else { return nil }
    return metadata.address + first
  }

  /// Where in a class's record begins what the class adds to its superclass's: the generic arguments come first.
  func ownMembers(_ description: UInt, _ flags: UInt32) -> UInt? {
    // Bit 13 of the kind's own flags: the superclass may change its size; the runtime has noted the offset.
    if flags >> 16 & 0x2000 != 0 {
      guard let bounds = memory.relative(at: description + 24), let offset = memory.load(UInt.self, at: bounds),
        (8..<1 << 19).contains(offset)
      else { return nil }
      return offset
    }
    guard let positive = memory.load(UInt32.self, at: description + 28),
      let own = memory.load(UInt32.self, at: description + 32), own <= positive, positive < 1 << 16
    else { return nil }
    return 8 * UInt(positive - own)
  }

  /// The class that a class inherits from.
  func superclass(of metadata: TypeMetadata) -> TypeMetadata? {
    guard let word = memory.load(UInt.self, at: metadata.address + 8), word != 0 else { return nil }
    let superclass = TypeMetadata(address: word)
    return kind(of: superclass) == .class ? superclass : nil
  }

  /// What the value witness table says of a type's values.
  struct Layout {
    var size: Int
    var stride: Int
    var alignment: Int
    /// Whether values are mere bytes: copied and dropped without a trace.
    var isTrivial: Bool
    /// Whether a value of this type may stand in an existential itself and not in a box.
    var isInline: Bool
    /// Whether the table goes on with functions that read an enum's case.
    var hasCases: Bool
    var table: UInt
  }

  /// The layout of the type's values, or nil if the type is not complete.
  func layout(of metadata: TypeMetadata) -> Layout? {
    if let known = layouts[metadata] { return known }
    let layout = readLayout(of: metadata)
    layouts[metadata] = .some(layout)
    return layout
  }

  private func readLayout(of metadata: TypeMetadata) -> Layout? {
    guard kind(of: metadata) != nil, let table = memory.pointer(at: metadata.address - 8),
      let size = memory.load(Int.self, at: table + 64), let stride = memory.load(Int.self, at: table + 72),
      let flags = memory.load(UInt32.self, at: table + 80), size >= 0, size < 1 << 32, stride >= size,
      flags & 0x0040_0000 == 0
    else { return nil }
    return Layout(
      size: size, stride: max(stride, 1), alignment: Int(flags & 0xff) + 1, isTrivial: flags & 0x0001_0000 == 0,
      isInline: flags & 0x0002_0000 == 0, hasCases: flags & 0x0020_0000 != 0, table: table)
  }
}
