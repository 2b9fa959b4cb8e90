import Symbolization

/// Names types by what their records tell, with modules: `App.Outer<Swift.Int>.Inner`.
///
/// Read here and not asked of the runtime: its own function faults on records such as that of `any P<Int>.Type`, takes
/// every address for a type, and knows nothing of the types of a program that has another runtime in itself.
final class MetadataNames {
  private unowned let reader: MetadataReader
  private var known: [TypeMetadata: String] = [:]
  private var memory: ReadableMemory { reader.memory }

  /// More types within a type than anybody writes, one in the other and in all: a record that was overwritten may lead
  /// round and round.
  private static let deepest = 32
  private static let most = 1000
  /// Types named for the one that was asked for.
  private var named = 0

  init(_ reader: MetadataReader) { self.reader = reader }

  /// The type's name with modules.
  func qualified(_ type: TypeMetadata) -> String { name(type, depth: 0) }

  /// The type's name as a Swift programmer says it.
  func short(_ type: TypeMetadata) -> String { TypeName.short(qualified(type)) }

  /// The module that declares the type: for one in an extension that of the extension. Nil if it is not a declared type.
  func module(of type: TypeMetadata) -> String? {
    guard let description = reader.description(of: type) else { return nil }
    return DeclarationContext.path(to: description, in: memory).first?.name
  }

  /// The name of the type's declaration alone: `Inner`. Nil if it is not a declared type.
  func declaredName(_ type: TypeMetadata) -> String? {
    reader.description(of: type).flatMap { DeclarationContext($0, in: memory)?.name }
  }

  private func name(_ type: TypeMetadata, depth: Int) -> String {
    if let name = known[type] { return name }
    if depth == 0 { named = 0 }
    named += 1
    guard depth < Self.deepest, named <= Self.most else { return "…" }
    let name = describe(type, depth: depth + 1)
    // One that was cut off here may be whole elsewhere.
    if depth == 0 { known[type] = name }
    return name
  }

  private func describe(_ type: TypeMetadata, depth: Int) -> String {
    switch reader.kind(of: type) {
    case .class, .structure, .enumeration, .optional, .foreignClass: return declared(type, depth: depth)
    case .tuple: return tuple(type, depth: depth)
    case .function: return FunctionRecord(type, in: memory)?.text { name($0, depth: depth) } ?? "?"
    case .existential: return existential(type, depth: depth)
    case .extendedExistential: return ConstrainedExistential(type, in: memory)?.text { name($0, depth: depth) } ?? "any"
    case .metatype:
      let instance = instance(of: type)
      let isExistential = instance.flatMap(reader.kind(of:)) == .existential
      return (instance.map { name($0, depth: depth) } ?? "?") + (isExistential ? ".Protocol" : ".Type")
    case .existentialMetatype: return (instance(of: type).map { name($0, depth: depth) } ?? "?") + ".Type"
    case .fixedArray:
      let count = memory.load(Int.self, at: type.address + 8) ?? 0
      let element = memory.load(UInt.self, at: type.address + 16).map(TypeMetadata.init)
      return "Builtin.FixedArray<\(count), \(element.map { name($0, depth: depth) } ?? "?")>"
    case .builtin: return reader.builtinName(of: type) ?? "Builtin"
    case .closureContext, .genericBox, .error, .task, .other, nil: return "?"
    }
  }

  private func instance(of metatype: TypeMetadata) -> TypeMetadata? {
    memory.load(UInt.self, at: metatype.address + 8).map(TypeMetadata.init)
  }

  // MARK: Declared types

  private func declared(_ type: TypeMetadata, depth: Int) -> String {
    guard let description = reader.description(of: type) else { return "?" }
    let path = DeclarationContext.path(to: description, in: memory)
    guard !path.isEmpty else { return "?" }
    var levels = GenericSignature(description, in: memory)?.levels[...] ?? []
    let arguments = reader.argumentWords(of: type)
    var total = 0
    var taken = 0
    var text = ""
    for context in path {
      let isGeneric = context.isGeneric
      let count = isGeneric ? context.genericHeader.flatMap { memory.load(UInt16.self, at: $0) }.map(Int.init) ?? 0 : 0
      guard let part = context.kind == .extension ? context.extendedPath : context.name else { continue }
      // Within an extension the module is that of the extended type.
      text = context.kind == .extension || text.isEmpty ? part : text + "." + part
      total = max(total, count)
      var words: [String] = []
      while taken < total, let level = levels.popFirst() {
        taken += level.count
        words += level.map { argument($0, at: arguments, depth: depth) }
      }
      if !words.isEmpty { text += "<" + words.joined(separator: ", ") + ">" }
    }
    return text
  }

  private func argument(_ parameter: GenericSignature.Parameter, at arguments: UInt?, depth: Int) -> String {
    if let same = parameter.same, let type = reader.type(same) { return name(type, depth: depth) }
    guard let word = parameter.word, let arguments,
      let value = memory.load(UInt.self, at: arguments + 8 * UInt(word))
    else { return "_" }
    switch parameter.kind {
    case .type: return name(TypeMetadata(address: value), depth: depth)
    case .value: return String(Int(bitPattern: value))
    case .pack:
      let elements = reader.pack(value)?.map { name($0, depth: depth) }
      return "Pack{" + (elements ?? ["?"]).joined(separator: ", ") + "}"
    }
  }

  // MARK: Other types

  private func tuple(_ type: TypeMetadata, depth: Int) -> String {
    let elements = reader.elements(of: type).enumerated().map { index, element in
      let text = element.type.map { name($0, depth: depth) } ?? "?"
      return element.name == String(index) ? text : element.name + ": " + text
    }
    return "(" + elements.joined(separator: ", ") + ")"
  }

  /// Source: Swift, include/swift/ABI/Metadata.h, TargetExistentialTypeMetadata: flags, the number of protocols, the
  /// superclass if there is one, the protocols.
  private func existential(_ type: TypeMetadata, depth: Int) -> String {
    guard let flags = memory.load(UInt32.self, at: type.address + 8),
      let count = memory.load(UInt32.self, at: type.address + 12), count <= 256
    else { return "?" }
    var at = type.address + 16
    var parts: [String] = []
    if flags & 0x4000_0000 != 0 {
      parts += memory.load(UInt.self, at: at).map { [name(TypeMetadata(address: $0), depth: depth)] } ?? []
      at += 8
    }
    // Records of protocols are aligned to four bytes; the lowest bit would mean one of Objective-C.
    let protocols = (0..<UInt(count)).compactMap { index in
      memory.load(UInt.self, at: at + 8 * index).flatMap { DeclarationContext($0 & ~1, in: memory) }
    }
    let names = protocols.map { $0.pathText.isEmpty ? "?" : $0.pathText }
    let mustBeObject = flags & 0x8000_0000 == 0
    if mustBeObject, parts.isEmpty, !protocols.contains(where: \.isOnlyForClasses) {
      return (names + ["Swift.AnyObject"]).joined(separator: " & ")
    }
    parts += names
    return parts.isEmpty ? "Any" : parts.joined(separator: " & ")
  }
}
