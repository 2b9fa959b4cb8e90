import Symbolization

/// `any P<Int>`: protocols, with arguments for their associated types.
///
/// Source: Swift, include/swift/ABI/Metadata.h, TargetExtendedExistentialTypeShape: flags, a relative pointer to the mangled
/// type with parameters for the arguments, a header of four halves, and, as bit 8 of the flags announces, another for the
/// arguments, which tells their number in its third half.
struct ConstrainedExistential {
  private let protocols: [String]
  private let arguments: [TypeMetadata]
  /// Whether it is the type of a value that conforms, and not such a value.
  private let isMetatype: Bool

  /// Nil if the record cannot be read.
  init?(_ type: TypeMetadata, in memory: ReadableMemory) {
    guard let shape = memory.pointer(at: type.address + 8), let flags = memory.load(UInt32.self, at: shape),
      let name = memory.relative(at: shape + 4).flatMap({ MangledTypeName(at: $0, in: memory) })
    else { return nil }
    var protocols: [String] = []
    for context in name.references.compactMap({ $0.context(in: memory) }) where context.kind == .protocol {
      let path = context.pathText
      if !protocols.contains(path) { protocols.append(path) }
    }
    // In mere text the protocols stand by name: `any Holds<Self.Holds.Item == A>`.
    if name.isText {
      let text = TypeName.demangled(name.prefix(name.length))
      protocols = [String(text.prefix { $0 != "<" }.drop { $0 != " " }.dropFirst())]
    }
    self.protocols = protocols
    let count = flags & 0x100 == 0 ? 0 : memory.load(UInt16.self, at: shape + 20) ?? 0
    arguments = (0..<UInt(min(count, 64))).compactMap { index in
      memory.load(UInt.self, at: type.address + 16 + 8 * index).map(TypeMetadata.init)
    }
    isMetatype = flags & 0xff == 2
  }

  /// The type as it is written, with `name` for the types in it.
  func text(_ name: (TypeMetadata) -> String) -> String {
    let list = arguments.isEmpty ? "" : "<" + arguments.map(name).joined(separator: ", ") + ">"
    return "any " + protocols.joined(separator: " & ") + list + (isMetatype ? ".Type" : "")
  }
}
