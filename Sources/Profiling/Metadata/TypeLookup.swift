import CProfiler

/// Where a mangled name gets what its generic parameters stand for.
enum NameContext: Hashable {
  /// The name has none.
  case none
  /// From the generic arguments at an address, of the type that a description describes.
  case type(description: UInt, arguments: UInt)
  /// From what a closure has captured.
  case closure(GenericBindings)
}

extension MetadataReader {
  /// The type of a name, or nil if it has none or cannot be found without danger.
  ///
  /// The only place that hands names to a runtime, which ends the program over one that refers to a parameter nobody has
  /// bound, and follows whatever looks like a reference. So here every reference is looked at and every parameter must
  /// stand for something.
  func type(_ name: MangledTypeName, in context: NameContext = .none) -> TypeMetadata? {
    let key = NameKey(start: name.start, length: name.length, context: context)
    if let found = foundTypes[key] { return found }
    let type = find(name, in: context).flatMap { kind(of: $0) == nil ? nil : $0 }
    foundTypes[key] = .some(type)
    return type
  }

  private func find(_ name: MangledTypeName, in context: NameContext) -> TypeMetadata? {
    guard let parts = MangledNameParts(name), parts.references.allSatisfy(isSound),
      parts.references.isEmpty || isInFile(UInt(bitPattern: name.start))
    else { return nil }
    switch context {
    case .none:
      guard parts.parameters.isEmpty else { return nil }
      return types.type(name, context: nil, arguments: nil)
    case .type(let description, let arguments):
      if parts.parameters.isEmpty, !parts.callsAccessor { return types.type(name, context: nil, arguments: nil) }
      guard let signature = GenericSignature(description, in: memory),
        parts.parameters.allSatisfy({ isBound($0, in: signature, at: arguments) })
      else { return nil }
      return types.type(name, context: description, arguments: arguments)
    case .closure(let bindings):
      // Which arguments such a function expects, and in which order, nothing tells.
      if parts.callsAccessor { return nil }
      if parts.parameters.isEmpty { return types.type(name, context: nil, arguments: nil) }
      guard parts.parameters.allSatisfy({ bindings.words[$0] != nil }) else { return nil }
      if let own = name.parameter, bindings.numbers.contains(own) { return nil }
      if parts.usesPacks != parts.parameters.contains(where: bindings.packs.contains) { return nil }
      return bindings.withEnvironment { types.type(name, environment: $0, arguments: $1) } ?? nil
    }
  }

  /// Whether what a name leads to is there.
  private func isSound(_ reference: MangledNameParts.Reference) -> Bool {
    switch reference.target {
    case .context, .indirectContext: reference.context(in: memory) != nil
    case .accessor: isInFile(reference.address)
    case .existentialShape: isInFile(reference.address) && memory.load(UInt.self, at: reference.address) != nil
    }
  }

  /// Whether the address lies in a file that is loaded, as all that compilers write does.
  private func isInFile(_ address: UInt) -> Bool { lab_leaks_file_at(address) != nil }

  private func isBound(_ parameter: GenericParameter, in signature: GenericSignature, at arguments: UInt) -> Bool {
    guard let declared = signature[parameter], let word = declared.word,
      let value = memory.load(UInt.self, at: arguments + 8 * UInt(word))
    else { return false }
    return switch declared.kind {
    case .type: kind(of: TypeMetadata(address: value)) != nil
    case .pack: pack(value) != nil
    case .value: true
    }
  }

  /// The types in a pack; nil if the word is none that the runtime keeps.
  ///
  /// Bit 0 says that it lies on the heap, and that the number of types stands before them.
  func pack(_ word: UInt) -> [TypeMetadata]? {
    guard word & 1 == 1, ReadableMemory.isPossible(word), let count = memory.load(UInt.self, at: (word & ~1) - 8),
      count <= 1024
    else { return nil }
    let elements = (0..<count).compactMap { memory.load(UInt.self, at: (word & ~1) + 8 * $0).map(TypeMetadata.init) }
    guard elements.count == Int(count), elements.allSatisfy({ kind(of: $0) != nil }) else { return nil }
    return elements
  }

  /// The name of a type that the language itself has; nil if it is none of them.
  func builtinName(of type: TypeMetadata) -> String? {
    if builtins.isEmpty {
      for (mangled, name) in Self.builtinNames {
        let found = mangled.withUTF8Buffer { bytes in
          MangledTypeName(text: bytes).flatMap { types.type($0, context: nil, arguments: nil) }
        }
        if let found { builtins[found] = name }
      }
    }
    return builtins[type]
  }

  private static let builtinNames: [(StaticString, String)] = [
    ("Bi1_", "Builtin.Int1"), ("Bi7_", "Builtin.Int7"), ("Bi8_", "Builtin.Int8"), ("Bi16_", "Builtin.Int16"),
    ("Bi32_", "Builtin.Int32"), ("Bi64_", "Builtin.Int64"), ("Bi128_", "Builtin.Int128"), ("Bi256_", "Builtin.Int256"),
    ("Bi512_", "Builtin.Int512"), ("Bw", "Builtin.Word"), ("Bf16_", "Builtin.FPIEEE16"), ("Bf32_", "Builtin.FPIEEE32"),
    ("Bf64_", "Builtin.FPIEEE64"), ("Bf80_", "Builtin.FPIEEE80"), ("Bp", "Builtin.RawPointer"),
    ("Bo", "Builtin.NativeObject"), ("Bb", "Builtin.BridgeObject"), ("BB", "Builtin.UnsafeValueBuffer"),
    ("Be", "Builtin.Executor"), ("Bj", "Builtin.Job"), ("BD", "Builtin.DefaultActorStorage"),
    ("Bc", "Builtin.RawUnsafeContinuation"),
  ]
}

/// A name in a context, as one that was looked up before.
struct NameKey: Hashable {
  let start: UnsafePointer<UInt8>
  let length: Int
  let context: NameContext
}
