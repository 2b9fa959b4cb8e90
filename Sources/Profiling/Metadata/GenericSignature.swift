/// The generic parameters of a declared type, by the levels they were declared at.
struct GenericSignature {
  /// What stands for a parameter.
  enum Kind { case type, pack, value }
  struct Parameter {
    var kind: Kind
    /// The word of the type's generic arguments that stands for it; nil if the declaration itself says what it is.
    var word: Int?
    /// What the declaration says that it is, as in an extension `where Element == Int`.
    var same: MangledTypeName?
  }
  /// From the outermost level that has parameters.
  private(set) var levels: [[Parameter]] = []
  /// How many words come before those of the parameters: the lengths of packs.
  private(set) var shapes = 0

  /// Reads the signature of a description and of what that lies in; nil if it does not look as it should.
  ///
  /// Source: Swift, include/swift/ABI/GenericContext.h: a header of four halves (parameters, requirements, words, flags),
  /// a byte a parameter, requirements of 12 bytes, and with bit 0 of the flags two halves, the second of which is how many
  /// words stand for lengths. Each level counts the parameters of those around it too.
  init?(_ description: UInt, in memory: ReadableMemory) {
    let contexts = DeclarationContext.path(to: description, in: memory)
    guard contexts.last?.address == description else { return nil }
    guard let innermost = contexts.last(where: { $0.isGeneric }) else { return }
    guard let header = innermost.genericHeader, let count = memory.load(UInt16.self, at: header),
      let requirements = memory.load(UInt16.self, at: header + 2), let flags = memory.load(UInt16.self, at: header + 6),
      count <= 1024
    else { return nil }
    let firstRequirement = (header + 8 + UInt(count) + 3) & ~3
    if flags & 1 != 0 {
      let after = firstRequirement + 12 * UInt(requirements)
      guard let words = memory.load(UInt16.self, at: after + 2), words <= 1024 else { return nil }
      shapes = Int(words)
    }
    var word = shapes
    var parameters: [Parameter] = []
    for index in 0..<UInt(count) {
      guard let byte = memory.load(UInt8.self, at: header + 8 + index), byte & 0x3f <= 2 else { return nil }
      let kind: Kind = byte & 0x3f == 0 ? .type : byte & 0x3f == 1 ? .pack : .value
      parameters.append(Parameter(kind: kind, word: byte & 0x80 != 0 ? word : nil))
      if byte & 0x80 != 0 { word += 1 }
    }
    var before = 0
    for context in contexts where context.isGeneric {
      guard let header = context.genericHeader, let total = memory.load(UInt16.self, at: header), total <= count else {
        return nil
      }
      if Int(total) > before { levels.append(Array(parameters[before..<Int(total)])) }
      before = max(before, Int(total))
    }
    noteSameTypes(firstRequirement, UInt(requirements), in: memory)
  }

  /// The parameter, or nil if there is none of that place.
  subscript(parameter: GenericParameter) -> Parameter? {
    guard levels.indices.contains(parameter.depth), levels[parameter.depth].indices.contains(parameter.index) else {
      return nil
    }
    return levels[parameter.depth][parameter.index]
  }

  /// A requirement has flags, with 1 in the lowest bits if two types are to be the same, and two relative pointers to names.
  private mutating func noteSameTypes(_ first: UInt, _ count: UInt, in memory: ReadableMemory) {
    for index in 0..<min(count, 1024) {
      let requirement = first + 12 * index
      guard memory.load(UInt32.self, at: requirement).map({ $0 & 0x1f }) == 1,
        let subject = memory.relative(at: requirement + 4).flatMap({ MangledTypeName(at: $0, in: memory) }),
        let parameter = subject.parameter, self[parameter]?.word == nil, self[parameter] != nil
      else { continue }
      levels[parameter.depth][parameter.index].same = memory.relative(at: requirement + 8)
        .flatMap { MangledTypeName(at: $0, in: memory) }
    }
  }
}
