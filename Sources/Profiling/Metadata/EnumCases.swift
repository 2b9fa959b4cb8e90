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

  /// Nil if the enum has no field records.
  init?(_ type: TypeMetadata, reader: MetadataReader) {
    guard let description = reader.description(of: type), let fields = FieldRecords(description, in: reader.memory),
      let payloadCount = reader.memory.load(UInt32.self, at: description + 20)
    else { return nil }
    payloads = fields.records.prefix(Int(payloadCount & 0x00ff_ffff)).map { record in
      Payload(
        name: record.name,
        type: record.typeName.flatMap {
          reader.type($0, in: .type(description: description, arguments: type.address + 16))
        },
        isIndirect: record.flags & 1 != 0)
    }
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
