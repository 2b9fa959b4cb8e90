import Symbolization

/// What a word of a value is: the fields that lead to it, and whether it can hold a reference.
struct FieldPlace: Hashable {
  /// What a word means for its owner.
  enum Meaning: Hashable {
    /// A reference that keeps its target alive.
    case strong
    /// A reference that does not: weak or unowned.
    case notOwning
    /// An address without ownership: an unsafe pointer, or `Unmanaged`.
    case pointer
    /// Bytes that are no reference at all.
    case number
    /// Nothing is known.
    case unknown
  }
  /// The fields from the outside in, as written; empty for the value itself.
  var path: [String]
  var meaning: Meaning
  /// The type of the innermost value that holds the word.
  var leaf: TypeMetadata?
  /// What a box that the word leads to contains: indirect cases, existentials, captured variables.
  var boxed: TypeMetadata?
  /// Whether the word leads to a variable that closures share.
  var leadsToVariable = false
  /// Whether the answer holds for these bytes only: an enum or an existential lies on the way. That of a context holds
  /// wherever there is a function in the word before.
  var dependsOnBytes = false
  /// Whether the word may be what was there before: nothing tells how many elements a buffer holds.
  var mayBeLeftOver = false
  /// Whether the word is the context of a function that stands in the word before.
  var isContext = false
  /// Whether the word is a `Task`, or an `UnsafeCurrentTask`: whoever has it can cancel the task, and not resume it.
  var isTaskHandle = false

  // Made anew each time: a variable that is kept has between its fields whatever was on the stack of whoever filled it,
  // such as part of a leaked block's address, and for the next scan it would be a root.
  static var unknown: Self { Self(path: [], meaning: .unknown) }
  static var number: Self { Self(path: [], meaning: .number) }
  static var context: Self { Self(path: [], meaning: .strong, isContext: true) }
  static var recursion: Self { Self(path: [], meaning: .strong, leadsToVariable: true, isContext: true) }
}

/// Finds the field that a byte of a value belongs to, through structs, tuples, enums, optionals and existentials.
final class FieldFinder {
  private struct Field {
    var name: String
    var offset: Int
    var size: Int
    /// Nil if it could not be resolved.
    var type: TypeMetadata?
    var isStrong: Bool
  }

  let reader: MetadataReader
  private var fields: [TypeMetadata: [Field]] = [:]
  private var cases: [TypeMetadata: EnumCases?] = [:]

  init(_ reader: MetadataReader) { self.reader = reader }

  /// The place of the word at `offset` in an instance of a class; nil if it lies beyond the class's fields.
  ///
  /// - Parameter bytes: the whole object.
  func place(ofWordAt offset: Int, inInstanceOf type: TypeMetadata, bytes: UnsafeRawBufferPointer) -> FieldPlace? {
    guard let field = field(at: offset, of: type) else { return nil }
    return place(at: offset - field.offset, in: field, bytes: bytes, from: field.offset, depth: 0)
  }

  /// The place of the word at `offset` in a value that begins at `start` of `bytes`.
  func place(
    ofWordAt offset: Int, in type: TypeMetadata, bytes: UnsafeRawBufferPointer, from start: Int, depth: Int = 0
  ) -> FieldPlace {
    guard depth < 32, let kind = reader.kind(of: type) else { return .unknown }
    // An existential has room for more than most values, an enum for its largest case: the rest is left over.
    if let layout = reader.layout(of: type), layout.size > 0, offset >= layout.size { return .number }
    switch kind {
    case .class: return FieldPlace(path: [], meaning: .strong, leaf: type)
    case .function: return function(offset, type)
    case .structure, .tuple: return aggregate(offset, type, bytes, start, depth)
    case .enumeration, .optional: return enumeration(offset, type, bytes, start, depth)
    case .existential, .extendedExistential: return existential(offset, type, bytes, start, depth)
    case .fixedArray: return fixedArray(offset, type, bytes, start, depth)
    default: return FieldPlace(path: [], meaning: leafMeaning(type), leaf: type)
    }
  }

  /// A function and its context, or one word: a block of C's or a mere function.
  ///
  /// Source: Swift, include/swift/ABI/MetadataValues.h, TargetFunctionTypeFlags: the convention stands in bits 16 to 23.
  private func function(_ offset: Int, _ type: TypeMetadata) -> FieldPlace {
    guard let flags = reader.memory.load(UInt.self, at: type.address + 8) else { return .unknown }
    switch flags >> 16 & 0xff {
    case 0: return offset == 8 ? .context : .number
    case 1: return FieldPlace(path: [], meaning: .strong)
    default: return .number
    }
  }

  private func leafMeaning(_ type: TypeMetadata) -> FieldPlace.Meaning {
    guard isTrivial(type) else { return .strong }
    let name = qualifiedName(type)
    return ["Builtin.Int", "Builtin.FP", "Builtin.Word", "Builtin.Vec"].contains(where: name.hasPrefix)
      ? .number : .pointer
  }

  /// Where a field of a class begins.
  func offset(ofField name: String, in type: TypeMetadata) -> Int? {
    fields(of: type).first { $0.name == name }?.offset
  }

  /// Where the fields of a class end and tail-allocated elements may begin; nil if no fields are known.
  func end(ofFieldsOf type: TypeMetadata) -> Int? { fields(of: type).last.map { $0.offset + $0.size } }

  // MARK: Structs and tuples

  private func aggregate(
    _ offset: Int, _ type: TypeMetadata, _ bytes: UnsafeRawBufferPointer, _ start: Int, _ depth: Int
  ) -> FieldPlace {
    let name = qualifiedName(type)
    // It is an address, but only to tell objects apart.
    if name == "Swift.ObjectIdentifier" { return .number }
    if let pointer = pointerMeaning(name) { return FieldPlace(path: [], meaning: pointer, leaf: type) }
    if Self.isTaskHandle(name) { return FieldPlace(path: [], meaning: .strong, leaf: type, isTaskHandle: true) }
    guard let field = field(at: offset, of: type) else {
      if let content = rawContent(of: type) {
        return place(ofWordAt: offset, in: content, bytes: bytes, from: start, depth: depth + 1)
      }
      // Between fields lies nothing; a type of C has no fields to tell.
      return fields(of: type).isEmpty ? FieldPlace(path: [], meaning: .unknown, leaf: type) : .number
    }
    var place = place(at: offset - field.offset, in: field, bytes: bytes, from: start + field.offset, depth: depth + 1)
    if hidesFields(name, type) {
      place.path = []
    } else if name.hasPrefix("Synchronization.Mutex<"), place.path.first == "value" {
      place.path.removeFirst()
    } else if TypeName.isStandard(name), place.path.first?.hasPrefix("_") == true {
      place.path.removeFirst()
    }
    return place
  }

  /// What lies in a struct without fields that is laid out as its generic argument is: a `Mutex` keeps its value in one,
  /// and an `Atomic` is one.
  private func rawContent(of type: TypeMetadata) -> TypeMetadata? {
    guard fields(of: type).isEmpty, let content = reader.genericArgument(0, of: type),
      let inner = reader.layout(of: content), let outer = reader.layout(of: type), inner.size == outer.size
    else { return nil }
    return content
  }

  /// Whether a value is a whole for whoever writes Swift: how the standard library builds it is nobody's concern.
  private func hidesFields(_ name: String, _ type: TypeMetadata) -> Bool {
    guard TypeName.isStandard(name), reader.kind(of: type) == .structure else { return false }
    let end = name.dropFirst("Swift.".count).firstIndex { $0 == "<" || $0 == "." }
    return Self.wholes.contains(String(name[..<(end ?? name.endIndex)].dropFirst("Swift.".count)))
      && !name.hasSuffix("Iterator")
  }

  private static let wholes: Set<String> = [
    "Array", "ArraySlice", "ContiguousArray", "Dictionary", "Set", "String", "Substring", "Character", "AnyHashable",
    "Task", "UnsafeContinuation", "CheckedContinuation", "StaticString", "AnyKeyPath",
  ]

  private func place(
    at offset: Int, in field: Field, bytes: UnsafeRawBufferPointer, from start: Int, depth: Int
  ) -> FieldPlace {
    var place = FieldPlace.unknown
    if let type = field.type {
      place = self.place(ofWordAt: offset, in: type, bytes: bytes, from: start, depth: depth)
    }
    if field.name.hasPrefix("_"), place.path.first == "wrappedValue" {
      // What the compiler made of `@Wrapper var name`.
      place.path[0] = String(field.name.dropFirst())
    } else {
      place.path.insert(field.name, at: 0)
    }
    if !field.isStrong { place.meaning = .notOwning }
    return place
  }

  private func pointerMeaning(_ name: String) -> FieldPlace.Meaning? {
    guard TypeName.isStandard(name) else { return nil }
    let isPointer =
      name.hasPrefix("Swift.Unsafe") || name.hasPrefix("Swift.Unmanaged<") || name == "Swift.OpaquePointer"
      || name.hasPrefix("Swift.AutoreleasingUnsafe")
    return isPointer ? .pointer : nil
  }

  private static func isTaskHandle(_ name: String) -> Bool {
    name.hasPrefix("Swift.Task<") || name == "Swift.UnsafeCurrentTask"
  }

  private func isTrivial(_ type: TypeMetadata) -> Bool { reader.layout(of: type)?.isTrivial ?? false }

  func qualifiedName(_ type: TypeMetadata) -> String {
    reader.names.qualified(type)
  }

  /// The field that the byte belongs to: the last that begins at or before it and is not over yet.
  private func field(at offset: Int, of type: TypeMetadata) -> Field? {
    fields(of: type).last { $0.offset <= offset && offset < $0.offset + $0.size }
  }

  private func fields(of type: TypeMetadata) -> [Field] {
    if let known = fields[type] { return known }
    let found = readFields(of: type).sorted { $0.offset < $1.offset }
    fields[type] = found
    return found
  }

  private func readFields(of type: TypeMetadata) -> [Field] {
    let stored = reader.storedFields(of: type).sorted { $0.offset < $1.offset }
    // The macro Observable has made these of the properties that were written.
    let isObservable = stored.contains { $0.name == "_$observationRegistrar" }
    return stored.indices.compactMap { index in
      let field = stored[index]
      // The compiler writes () for a type that cannot be copied, such as a Mutex.
      let known = field.type.flatMap { reader.layout(of: $0)?.size == 0 ? nil : $0 }
      let next = index + 1 < stored.count ? stored[index + 1].offset : nil
      // One of unknown type reaches as far as it may.
      guard let size = known.flatMap(reader.layout(of:))?.size ?? (next ?? end(of: type)).map({ $0 - field.offset }),
        size > 0
      else { return nil }
      var name = field.name
      if name.hasPrefix("$__lazy_storage_$_") { name.removeFirst("$__lazy_storage_$_".count) }
      if isObservable, name.hasPrefix("_"), !name.hasPrefix("_$") { name.removeFirst() }
      return Field(name: name, offset: field.offset, size: size, type: known, isStrong: field.isStrong)
    }
  }

  /// Where an instance of a class or a value ends.
  private func end(of type: TypeMetadata) -> Int? {
    guard reader.kind(of: type) == .class else { return reader.layout(of: type)?.size }
    return reader.memory.load(UInt32.self, at: type.address + 24).map(Int.init)
  }

  // MARK: Enums

  private func enumeration(
    _ offset: Int, _ type: TypeMetadata, _ bytes: UnsafeRawBufferPointer, _ start: Int, _ depth: Int
  ) -> FieldPlace {
    if let place = optionalReference(offset, type, bytes, start, depth) { return place }
    let unknown = FieldPlace(path: [], meaning: .unknown, leaf: type, dependsOnBytes: true)
    guard let layout = reader.layout(of: type), layout.hasCases, layout.size > 0, start >= 0,
      start + layout.size <= bytes.count
    else { return unknown }
    // A copy of the bytes, in which the runtime may take the tag off the payload.
    return withUnsafeTemporaryAllocation(byteCount: layout.stride, alignment: max(layout.alignment, 16)) { copy in
      copy.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[start..<start + layout.size]))
      let witnesses = EnumWitnesses(table: layout.table)
      guard let tag = witnesses.tag(of: UnsafeRawPointer(copy.baseAddress), type: type) else { return unknown }
      if reader.kind(of: type) == .optional {
        guard tag == 0, let payload = reader.genericArgument(0, of: type) else { return unknown }
        return place(ofWordAt: offset, in: payload, bytes: UnsafeRawBufferPointer(copy), from: 0, depth: depth + 1)
          .dependingOnBytes
      }
      guard let cases = cases(of: type), tag < cases.payloads.count else { return unknown }
      let payload = cases.payloads[Int(tag)]
      guard let base = copy.baseAddress, witnesses.project(base, type: type) else { return unknown }
      if payload.isIndirect {
        return FieldPlace(
          path: [payload.name], meaning: .strong, leaf: type, boxed: payload.type, dependsOnBytes: true)
      }
      guard let payloadType = payload.type else { return unknown }
      var place = place(
        ofWordAt: offset, in: payloadType, bytes: UnsafeRawBufferPointer(copy), from: 0, depth: depth + 1)
      place.path.insert(payload.name, at: 0)
      return place.dependingOnBytes
    }
  }

  /// An optional object or function that there is: nil is told by one word, of an object the reference itself, of a function
  /// the code. Nil for whatever else it may be.
  ///
  /// Source: Swift, include/swift/ABI/System.h, heap objects and functions below 4096 stand for cases without a payload.
  private func optionalReference(
    _ offset: Int, _ type: TypeMetadata, _ bytes: UnsafeRawBufferPointer, _ start: Int, _ depth: Int
  ) -> FieldPlace? {
    guard reader.kind(of: type) == .optional, let payload = reader.genericArgument(0, of: type),
      start >= 0, start + 8 <= bytes.count,
      bytes.loadUnaligned(fromByteOffset: start, as: UInt.self) >= 4096
    else { return nil }
    switch reader.kind(of: payload) {
    case .class where offset == 0, .function where offset == 8:
      return place(ofWordAt: offset, in: payload, bytes: bytes, from: start, depth: depth + 1)
    default: return nil
    }
  }

  private func cases(of type: TypeMetadata) -> EnumCases? {
    if let known = cases[type] { return known }
    let found = EnumCases(type, reader: reader)
    cases[type] = .some(found)
    return found
  }

  // MARK: Existentials

  /// A value of unknown type: three words that hold it or lead to its box, its type, its witness tables. If it must be
  /// an object: the object, then witness tables. Source: Swift, include/swift/ABI/Metadata.h, existential containers.
  private func existential(
    _ offset: Int, _ type: TypeMetadata, _ bytes: UnsafeRawBufferPointer, _ start: Int, _ depth: Int
  ) -> FieldPlace {
    var strong = FieldPlace(path: [], meaning: .strong, leaf: type, dependsOnBytes: true)
    guard let layout = reader.layout(of: type), start >= 0, start + layout.size <= bytes.count else { return strong }
    guard layout.size >= 32 else {
      strong.meaning = offset == 0 ? .strong : .number
      strong.dependsOnBytes = false
      return strong
    }
    guard offset < 24 else { return FieldPlace(path: [], meaning: .number, leaf: type) }
    let content = TypeMetadata(address: bytes.loadUnaligned(fromByteOffset: start + 24, as: UInt.self))
    guard let contentKind = reader.kind(of: content), contentKind != .closureContext,
      let contentLayout = reader.layout(of: content)
    else {
      strong.meaning = .unknown
      return strong
    }
    guard contentLayout.isInline else {
      strong.boxed = content
      return strong
    }
    return place(ofWordAt: offset, in: content, bytes: bytes, from: start, depth: depth + 1).dependingOnBytes
  }

  // MARK: Fixed arrays

  private func fixedArray(
    _ offset: Int, _ type: TypeMetadata, _ bytes: UnsafeRawBufferPointer, _ start: Int, _ depth: Int
  ) -> FieldPlace {
    guard let element = reader.memory.load(UInt.self, at: type.address + 16).map(TypeMetadata.init),
      let layout = reader.layout(of: element)
    else { return .unknown }
    let index = offset / layout.stride
    var place = place(
      ofWordAt: offset % layout.stride, in: element, bytes: bytes, from: start + index * layout.stride,
      depth: depth + 1)
    place.path.insert("[…]", at: 0)
    return place
  }
}

extension FieldPlace {
  fileprivate var dependingOnBytes: FieldPlace {
    var copy = self
    copy.dependsOnBytes = true
    return copy
  }

  /// The path as written: `handlers.onDone`, `children[…]`.
  var text: String {
    path.reduce(into: "") { text, part in
      text += part.hasPrefix("[") || text.isEmpty ? part : "." + part
    }
  }
}
