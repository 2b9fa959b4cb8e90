/// The cases of an enum that carry a value, in the order of their tags.
struct EnumCases {
  struct Payload {
    var name: String
    /// What the case carries; nil if the name of its type could not be resolved.
    var type: TypeMetadata?
    /// Whether the value stands in a box of its own.
    var isIndirect: Bool
  }
  let payloads: [Payload]

  /// Reads the enum's field records; nil if it has none, as with reflection metadata turned off.
  ///
  /// Source: Swift, include/swift/RemoteInspection/Records.h: a field descriptor has a header of 16 bytes (two relative
  /// pointers, kind, record size, count) and records of flags, type and name. Cases with a value come first.
  init?(_ type: TypeMetadata, reader: MetadataReader) {
    let memory = reader.memory
    guard let description = reader.description(of: type), let fields = memory.relative(at: description + 16),
      let recordSize = memory.load(UInt16.self, at: fields + 10), recordSize == 12,
      let count = memory.load(UInt32.self, at: fields + 12),
      let payloadCount = memory.load(UInt32.self, at: description + 20)
    else { return nil }
    let carrying = min(count, payloadCount & 0x00ff_ffff)
    guard carrying < 1 << 16 else { return nil }
    payloads = (0..<UInt(carrying)).map { index in
      let record = fields + 16 + 12 * index
      let flags = memory.load(UInt32.self, at: record) ?? 0
      let typeName = memory.relative(at: record + 4).flatMap { MangledTypeName(at: $0, in: memory) }
      return Payload(
        name: memory.relative(at: record + 8).flatMap { Self.text(at: $0, in: memory) } ?? "case \(index)",
        type: typeName?.type(context: description, arguments: type.address + 16), isIndirect: flags & 1 != 0)
    }
  }

  private static func text(at address: UInt, in memory: ReadableMemory) -> String? {
    var bytes: [UInt8] = []
    while bytes.count < 1024, let byte = memory.load(UInt8.self, at: address + UInt(bytes.count)) {
      if byte == 0 { return String(decoding: bytes, as: UTF8.self) }
      bytes.append(byte)
    }
    return nil
  }
}

/// The functions of an enum's value witness table that read its case; they look at bytes and follow none.
///
/// Source: Swift, include/swift/ABI/ValueWitness.def.
struct EnumWitnesses {
  let table: UInt
  private typealias GetTag = @convention(c) (UnsafeRawPointer, UnsafeRawPointer) -> UInt32
  private typealias Project = @convention(c) (UnsafeMutableRawPointer, UnsafeRawPointer) -> Void

  private func function<Function>(at offset: UInt, as type: Function.Type) -> Function? {
    guard let slot = UnsafePointer<UInt>(bitPattern: table + offset), slot.pointee != 0 else { return nil }
    return unsafeBitCast(slot.pointee, to: type)
  }

  /// The number of the case that the bytes are in.
  func tag(of value: UnsafeRawPointer?, type: TypeMetadata) -> UInt32? {
    guard let value, let metadata = UnsafeRawPointer(bitPattern: type.address),
      let get = function(at: 88, as: GetTag.self)
    else { return nil }
    return get(value, metadata)
  }

  /// Takes the tag off the payload, in place.
  func project(_ value: UnsafeMutableRawPointer, type: TypeMetadata) -> Bool {
    guard let metadata = UnsafeRawPointer(bitPattern: type.address), let project = function(at: 96, as: Project.self)
    else { return false }
    project(value, metadata)
    return true
  }
}
