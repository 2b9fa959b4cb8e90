import Symbolization

/// A declaration as the compiler wrote it down: a module, a type, an extension, or a function that has types in it.
///
/// Source: Swift, include/swift/ABI/MetadataValues.h, ContextDescriptorKind, and Metadata.h, TargetContextDescriptor: flags,
/// a relative pointer to what it lies in, then what its kind has.
struct DeclarationContext {
  enum Kind: UInt32 {
    case module = 0
    case `extension` = 1
    case anonymous = 2
    case `protocol` = 3
    case opaqueType = 4
    case `class` = 16
    case structure = 17
    case enumeration = 18
  }
  let address: UInt
  let kind: Kind
  private let flags: UInt32
  private let memory: ReadableMemory

  /// Nil if there is no such record at the address.
  init?(_ address: UInt, in memory: ReadableMemory) {
    guard ReadableMemory.isPossible(address), address % 4 == 0, let flags = memory.load(UInt32.self, at: address),
      let kind = Kind(rawValue: flags & 0x1f)
    else { return nil }
    self.address = address
    self.kind = kind
    self.flags = flags
    self.memory = memory
  }

  /// Whether it has generic parameters, its own or those of what it lies in.
  var isGeneric: Bool { flags & 0x80 != 0 }

  /// What the declaration is called; that of an extension is what it extends. Nil for a function.
  var name: String? {
    switch kind {
    case .module, .protocol, .class, .structure, .enumeration: memory.relative(at: address + 8).flatMap(memory.text)
    case .extension, .anonymous, .opaqueType: nil
    }
  }

  /// Where the numbers of its generic parameters stand.
  var genericHeader: UInt? {
    guard isGeneric else { return nil }
    return switch kind {
    // Those of types have two relative pointers before, for the runtime's cache and the pattern to instantiate.
    case .class: address + 44 + 8
    case .structure, .enumeration: address + 28 + 8
    case .extension: address + 12
    case .anonymous, .opaqueType: address + 8
    case .module, .protocol: nil
    }
  }

  /// What it lies in: the address of that record, or of a word that has it if bit 0 is set.
  var parent: DeclarationContext? {
    guard let place = memory.relative(at: address + 4) else { return nil }
    let parent = place & 1 == 0 ? place : memory.load(UInt.self, at: place & ~1)
    return parent.flatMap { DeclarationContext($0, in: memory) }
  }

  /// The path of the type that an extension extends; nil if its name does not lead to it.
  var extendedPath: String? {
    guard kind == .extension,
      let name = memory.relative(at: address + 8).flatMap({ MangledTypeName(at: $0, in: memory) })
    else { return nil }
    if let type = name.references.lazy.compactMap({ $0.context(in: memory) }).first { return type.pathText }
    // Those of the standard library have letters.
    return TypeName.standard[name.prefix(2)].map { "Swift." + $0 }
  }

  /// Its name after those of what it lies in: `App.Outer.Inner`.
  var pathText: String { Self.path(to: address, in: memory).compactMap(\.name).joined(separator: ".") }

  /// Whether a protocol is for classes only. Source: MetadataValues.h, ProtocolContextDescriptorFlags.
  var isOnlyForClasses: Bool { kind == .protocol && flags >> 16 & 1 == 0 }

  /// From the outermost, which is a module, to the one at the address; empty if that cannot be read.
  static func path(to address: UInt, in memory: ReadableMemory) -> [DeclarationContext] {
    var path: [DeclarationContext] = []
    var next = DeclarationContext(address, in: memory)
    while let context = next, path.count < 64 {
      path.append(context)
      next = context.parent
    }
    return path.reversed()
  }
}

extension MangledNameParts.Reference {
  /// The declaration that this part of a name leads to.
  func context(in memory: ReadableMemory) -> DeclarationContext? {
    switch target {
    case .context: DeclarationContext(address, in: memory)
    case .indirectContext: memory.load(UInt.self, at: address).flatMap { DeclarationContext($0, in: memory) }
    case .accessor, .existentialShape: nil
    }
  }
}
