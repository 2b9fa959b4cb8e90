/// The stored properties of a class or struct, or the cases of an enum, as the compiler wrote them down.
///
/// Read here and not asked of the runtime, whose reflection passes over types that cannot be copied and complains on the
/// program's standard error when it cannot resolve a name.
struct FieldRecords {
  struct Record {
    var flags: UInt32
    var name: String
    var typeName: MangledTypeName?
  }
  let records: [Record]

  /// Nil if the type has no records, as with reflection metadata turned off.
  ///
  /// Source: Swift, include/swift/RemoteInspection/Records.h: a field descriptor has a header of 16 bytes (two relative
  /// pointers, kind, record size, count) and records of flags, type and name. Cases with a value come first.
  init?(_ description: UInt, in memory: ReadableMemory) {
    guard let fields = memory.relative(at: description + 16),
      let recordSize = memory.load(UInt16.self, at: fields + 10), recordSize == 12,
      let count = memory.load(UInt32.self, at: fields + 12), count < 1 << 16
    else { return nil }
    records = (0..<UInt(count)).map { index in
      let record = fields + 16 + 12 * index
      return Record(
        flags: memory.load(UInt32.self, at: record) ?? 0,
        name: memory.relative(at: record + 8).flatMap(memory.text) ?? "\(index)",
        typeName: memory.relative(at: record + 4).flatMap { MangledTypeName(at: $0, in: memory) })
    }
  }
}

/// One stored property: where it begins and what type it has.
struct StoredField {
  var name: String
  var offset: Int
  /// Nil if the name of the type could not be resolved.
  var type: TypeMetadata?
  /// Neither weak nor unowned.
  var isStrong = true
}

extension MetadataReader {
  /// The stored properties of a class with those it inherits, of a struct or of a tuple, in no order.
  func storedFields(of type: TypeMetadata) -> [StoredField] {
    switch kind(of: type) {
    case .class:
      // Bounded, for a chain of superclasses that is longer is a circle.
      var fields: [StoredField] = []
      var level: TypeMetadata? = type
      for _ in 0..<64 {
        guard let current = level else { break }
        fields += declaredFields(of: current)
        level = superclass(of: current)
      }
      return fields
    case .structure: return declaredFields(of: type)
    case .tuple: return elements(of: type)
    default: return []
    }
  }

  /// What a class, with those it inherits from, has at an offset, and where that begins; nil if it is not told. Asks the
  /// runtime for nothing.
  func field(of object: TypeMetadata, at offset: Int) -> (name: String, offset: Int)? {
    var places: [(name: String, offset: Int)] = []
    var level: TypeMetadata? = object
    for _ in 0..<64 {
      guard let current = level else { break }
      places += fieldPlaces(of: current)?.fields.map { ($0.record.name, $0.offset) } ?? []
      level = superclass(of: current)
    }
    return places.filter { $0.offset <= offset }.max { $0.offset < $1.offset }
  }

  private func declaredFields(of type: TypeMetadata) -> [StoredField] {
    guard let places = fieldPlaces(of: type) else { return [] }
    return places.fields.map { record, offset in
      StoredField(
        name: record.name, offset: offset,
        type: record.typeName.flatMap {
          self.type($0, in: .type(description: places.description, arguments: places.arguments))
        },
        isStrong: !["Xw", "Xo", "Xu"].contains(record.typeName?.suffix))
    }
  }

  /// The properties that a class or a struct declares itself, and where its generic arguments are.
  ///
  /// Source: Swift, include/swift/ABI/Metadata.h: TargetClassDescriptor and TargetStructDescriptor tell in which word of the
  /// type's record the offsets begin, those of a class as words and those of a struct as halves.
  private func fieldPlaces(
    of type: TypeMetadata
  ) -> (fields: [(record: FieldRecords.Record, offset: Int)], description: UInt, arguments: UInt)? {
    guard let description = description(of: type), let flags = memory.load(UInt32.self, at: description),
      let records = FieldRecords(description, in: memory)?.records, !records.isEmpty
    else { return nil }
    let isClass = flags & 0x1f == 16
    guard let word = memory.load(UInt32.self, at: description + (isClass ? 40 : 24)), word < 1 << 16, word > 0 else {
      return nil
    }
    var offsets = type.address + 8 * UInt(word)
    var arguments = type.address + 16
    if isClass {
      guard let own = ownMembers(description, flags) else { return nil }
      arguments = type.address + own
      if flags >> 16 & 0x2000 != 0 { offsets += own }
    }
    let fields = records.enumerated().compactMap { index, record -> (record: FieldRecords.Record, offset: Int)? in
      let offset =
        isClass
        ? memory.load(Int.self, at: offsets + 8 * UInt(index))
        : memory.load(UInt32.self, at: offsets + 4 * UInt(index)).map(Int.init)
      guard let offset, (0..<1 << 32).contains(offset) else { return nil }
      return (record, offset)
    }
    return (fields, description, arguments)
  }

  /// A tuple's record has the number of its elements, their labels with a space after each, then type and offset of each.
  func elements(of tuple: TypeMetadata) -> [StoredField] {
    guard let count = memory.load(UInt.self, at: tuple.address + 8), count < 1 << 16 else { return [] }
    let labels = memory.load(UInt.self, at: tuple.address + 16).flatMap { $0 == 0 ? nil : memory.text(at: $0) } ?? ""
    let names = labels.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    return (0..<count).compactMap { index in
      let element = tuple.address + 24 + 16 * index
      guard let type = memory.load(UInt.self, at: element).map(TypeMetadata.init),
        let offset = memory.load(UInt32.self, at: element + 8)
      else { return nil }
      let label = Int(index) < names.count ? names[Int(index)] : ""
      return StoredField(name: label.isEmpty ? String(index) : label, offset: Int(offset), type: type)
    }
  }
}
