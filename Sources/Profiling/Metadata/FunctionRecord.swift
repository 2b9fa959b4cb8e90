/// The record of a function's type.
///
/// Source: Swift, include/swift/ABI/MetadataValues.h, TargetFunctionTypeFlags and TargetParameterTypeFlags; Metadata.h,
/// TargetFunctionTypeMetadata: flags, the result, the parameters; then, as the flags announce, a half for each parameter, a
/// word for derivatives, the global actor, a half of further flags, the type that is thrown.
struct FunctionRecord {
  /// How a function is called and kept.
  enum Convention: UInt {
    case swift = 0
    case block = 1
    case thin = 2
    case c = 3
  }
  struct Parameter {
    var type: TypeMetadata
    var isInout = false
    var isVariadic = false
  }
  let convention: Convention
  let isSendable: Bool
  let isAsync: Bool
  let throwsErrors: Bool
  let result: TypeMetadata
  private(set) var parameters: [Parameter] = []
  private(set) var globalActor: TypeMetadata?
  private(set) var thrown: TypeMetadata?

  /// Nil if the record cannot be read.
  init?(_ type: TypeMetadata, in memory: ReadableMemory) {
    guard let flags = memory.load(UInt.self, at: type.address + 8),
      let convention = Convention(rawValue: flags >> 16 & 0xff),
      let result = memory.load(UInt.self, at: type.address + 16), flags & 0xffff <= 256
    else { return nil }
    self.convention = convention
    self.result = TypeMetadata(address: result)
    isSendable = flags & 1 << 30 != 0
    isAsync = flags & 1 << 29 != 0
    throwsErrors = flags & 1 << 24 != 0
    let count = flags & 0xffff
    var at = type.address + 24 + 8 * count
    for index in 0..<count {
      guard let word = memory.load(UInt.self, at: type.address + 24 + 8 * index) else { return nil }
      var parameter = Parameter(type: TypeMetadata(address: word))
      if flags & 1 << 25 != 0, let own = memory.load(UInt32.self, at: at + 4 * index) {
        parameter.isInout = own & 0x7f == 1
        parameter.isVariadic = own & 0x80 != 0
      }
      parameters.append(parameter)
    }
    if flags & 1 << 25 != 0 { at = (at + 4 * count + 7) & ~7 }
    if flags & 1 << 27 != 0 { at += 8 }
    if flags & 1 << 28 != 0 {
      globalActor = memory.load(UInt.self, at: at).map(TypeMetadata.init)
      at += 8
    }
    // Bit 0 of the further flags: a certain type is thrown.
    if flags & 1 << 31 != 0, memory.load(UInt32.self, at: at).map({ $0 & 1 }) == 1 {
      thrown = memory.load(UInt.self, at: at + 8).map(TypeMetadata.init)
    }
  }

  /// The type as it is written, with `name` for the types in it.
  func text(_ name: (TypeMetadata) -> String) -> String {
    let parameters = parameters.map { parameter in
      (parameter.isInout ? "inout " : "") + name(parameter.type) + (parameter.isVariadic ? "..." : "")
    }
    let before = ["", "@convention(block) ", "@convention(thin) ", "@convention(c) "][Int(convention.rawValue)]
    let actor = globalActor.map { "@" + name($0) + " " } ?? ""
    let effects =
      (isAsync ? " async" : "") + (throwsErrors ? " throws" + (thrown.map { "(" + name($0) + ")" } ?? "") : "")
    return before + actor + (isSendable ? "@Sendable " : "") + "(" + parameters.joined(separator: ", ") + ")" + effects
      + " -> " + name(result)
  }
}
