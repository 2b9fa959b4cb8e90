import Leaks

/// Says what a word of a block is: the field, the element or the captured variable it belongs to.
final class WordPlaces {
  private let reader: MetadataReader
  private let finder: FieldFinder
  private let tasks: TaskLayout
  private var tables: [TypeMetadata: HashTable?] = [:]

  init(_ reader: MetadataReader, _ tasks: TaskLayout) {
    self.reader = reader
    self.tasks = tasks
    finder = FieldFinder(reader)
  }

  /// Where in blocks of one kind words lie that mean the same.
  func pattern(of description: BlockKinds.Description) -> WordPattern {
    guard description.isShared else { return .none }
    switch description.kind {
    case .object, .box(.some), .dispatchBlock: return .fields
    case .closure(let captures): return captures.captures.isEmpty ? .none : .fields
    case .array(let element):
      return arrayStart(element).map { .elements(start: $0.start, stride: $0.layout.stride) } ?? .none
    case .dictionary(let type, let key, let value):
      return hashTable(type, key, value).map(WordPattern.table) ?? .none
    case .memory: return .same
    case .box(nil), .error, .task, .taskMemory: return .none
    }
  }

  /// The place of the word at `offset` of a block.
  ///
  /// - Parameters:
  ///   - content: The block's bytes.
  ///   - address: Where they lay.
  ///   - boxed: What a box contains, as told by what refers to it.
  func place(
    ofWordAt offset: Int, in kind: BlockKinds.Kind, content: UnsafeRawBufferPointer, address: UInt,
    boxed: TypeMetadata?
  ) -> FieldPlace {
    if case .memory = kind { return .unknown }
    // The first two words of every object are its type and its counts.
    guard offset >= 16 else { return .number }
    switch kind {
    case .object(let type): return objectPlace(offset, type, content)
    case .array(let element): return arrayPlace(offset, element, content)
    case .dictionary(let type, let key, let value): return dictionaryPlace(offset, type, key, value, content, address)
    case .closure(let captures): return capturePlace(offset, captures, content, boxed)
    case .box(let type): return boxPlace(offset, type ?? boxed, content)
    case .error(let type): return boxPlace(offset, type, content, after: 32)
    case .task(let outcome?): return outcomePlace(offset, outcome, content)
    case .task:
      let end = tasks.ownPiece(of: content, at: address).map { tasks.endOfUse(ofPieceAt: $0, in: content) }
      return offset < end ?? content.count ? FieldPlace(path: [], meaning: .strong) : .number
    case .taskMemory:
      return offset < tasks.endOfUse(ofPieceAt: 0, in: content) ? FieldPlace(path: [], meaning: .strong) : .number
    // Five words of libdispatch's, then the function it calls with what that captured.
    case .dispatchBlock: return offset == 40 ? .context : .unknown
    case .memory: return .unknown
    }
  }

  private func objectPlace(_ offset: Int, _ type: TypeMetadata, _ content: UnsafeRawBufferPointer) -> FieldPlace {
    if let place = finder.place(ofWordAt: offset, inInstanceOf: type, bytes: content) { return place }
    guard let end = finder.end(ofFieldsOf: type), offset >= end else {
      return FieldPlace(path: ["unknown field at +\(offset)"], meaning: .unknown)
    }
    guard let element = tailElement(of: type), let layout = reader.layout(of: element) else {
      return FieldPlace(path: ["elements[…]"], meaning: .unknown)
    }
    let start = (end + layout.alignment - 1) & ~(layout.alignment - 1)
    guard offset >= start else { return .number }
    let index = (offset - start) / layout.stride
    let isInUse = reader.names.declaredName(type) == "_DequeBuffer" ? Self.isInUse(index, ofDeque: content) : nil
    var place = FieldPlace.number
    if isInUse != false {
      place = elementPlace(offset - start, index, element, layout, content, from: start, name: "elements[…]")
    }
    place.mayBeLeftOver = isInUse == nil
    // Another deque has other slots in use.
    if isInUse != nil { place.dependsOnBytes = true }
    return place
  }

  /// Whether a deque has an element in that slot: capacity, count and the first slot in use are words 2 to 4, then comes a
  /// ring of slots. Nil if that is not so. Source: stdlib/public/Concurrency/Deque.swift and swift-collections,
  /// _DequeBufferHeader.
  private static func isInUse(_ slot: Int, ofDeque content: UnsafeRawBufferPointer) -> Bool? {
    guard content.count >= 40 else { return nil }
    let capacity = content.loadUnaligned(fromByteOffset: 16, as: Int.self)
    let count = content.loadUnaligned(fromByteOffset: 24, as: Int.self)
    let first = content.loadUnaligned(fromByteOffset: 32, as: Int.self)
    guard (0..<1 << 40).contains(capacity), (0...capacity).contains(count), (0...capacity).contains(first) else {
      return nil
    }
    return slot < capacity && (slot >= first ? slot - first : slot + capacity - first) < count
  }

  /// What a `ManagedBuffer` has behind its header; nil for other classes.
  private func tailElement(of type: TypeMetadata) -> TypeMetadata? {
    var type = type
    for _ in 0..<16 {
      if finder.qualifiedName(type).hasPrefix("Swift.ManagedBuffer<") { return reader.genericArgument(1, of: type) }
      guard let superclass = reader.superclass(of: type) else { return nil }
      type = superclass
    }
    return nil
  }

  private func arrayPlace(
    _ offset: Int, _ element: TypeMetadata, _ content: UnsafeRawBufferPointer
  ) -> FieldPlace {
    guard let (start, layout) = arrayStart(element), content.count >= 32 else { return .unknown }
    let count = content.loadUnaligned(fromByteOffset: 16, as: Int.self)
    let index = (offset - start) / layout.stride
    // Beyond the elements lies what was there before.
    guard offset >= start, index < count else { return .number }
    return elementPlace(offset - start, index, element, layout, content, from: start, name: "[…]")
  }

  private func arrayStart(_ element: TypeMetadata) -> (start: Int, layout: MetadataReader.Layout)? {
    reader.layout(of: element).map { ((32 + $0.alignment - 1) & ~($0.alignment - 1), $0) }
  }

  private func elementPlace(
    _ offset: Int, _ index: Int, _ element: TypeMetadata, _ layout: MetadataReader.Layout,
    _ content: UnsafeRawBufferPointer, from start: Int, name: String
  ) -> FieldPlace {
    var place = finder.place(
      ofWordAt: offset % layout.stride, in: element, bytes: content, from: start + index * layout.stride)
    place.path.insert(name, at: 0)
    return place
  }

  private func dictionaryPlace(
    _ offset: Int, _ type: TypeMetadata, _ key: TypeMetadata, _ value: TypeMetadata?,
    _ content: UnsafeRawBufferPointer, _ address: UInt
  ) -> FieldPlace {
    guard let table = hashTable(type, key, value) else { return .unknown }
    var place: FieldPlace
    switch table.entry(at: offset, in: content, at: address) {
    case .unknown: return .unknown
    case .unused: return .number
    case .key(let offset, let start):
      place = finder.place(ofWordAt: offset, in: key, bytes: content, from: start)
      place.path.insert(value == nil ? "[…]" : "keys[…]", at: 0)
    case .value(let offset, let start):
      place = finder.place(ofWordAt: offset, in: value ?? key, bytes: content, from: start)
      place.path.insert("[…]", at: 0)
    }
    return place
  }

  private func hashTable(_ type: TypeMetadata, _ key: TypeMetadata, _ value: TypeMetadata?) -> HashTable? {
    if let known = tables[type] { return known }
    let found = readHashTable(type, key, value)
    tables[type] = .some(found)
    return found
  }

  private func readHashTable(_ type: TypeMetadata, _ key: TypeMetadata, _ value: TypeMetadata?) -> HashTable? {
    func column(_ name: String, _ element: TypeMetadata) -> HashTable.Column? {
      guard let field = finder.offset(ofField: name, in: type), let layout = reader.layout(of: element) else {
        return nil
      }
      return HashTable.Column(field: field, stride: layout.stride)
    }
    guard let scale = finder.offset(ofField: "_scale", in: type), let end = finder.end(ofFieldsOf: type) else {
      return nil
    }
    return HashTable(
      scale: scale, bits: (end + 7) & ~7, keys: column(value == nil ? "_rawElements" : "_rawKeys", key),
      values: value.flatMap { column("_rawValues", $0) })
  }

  private func outcomePlace(
    _ offset: Int, _ outcome: TaskOutcome, _ content: UnsafeRawBufferPointer
  ) -> FieldPlace {
    // The task still has the memory that it used as its stack.
    guard offset >= outcome.start else { return FieldPlace(path: [], meaning: .strong) }
    guard let type = outcome.type, offset >= outcome.error, offset < outcome.end else { return .number }
    if offset < outcome.result { return FieldPlace(path: ["error"], meaning: .strong) }
    var place = finder.place(ofWordAt: offset - outcome.result, in: type, bytes: content, from: outcome.result)
    place.path.insert("result", at: 0)
    return place
  }

  private func capturePlace(
    _ offset: Int, _ captures: ClosureCaptures, _ content: UnsafeRawBufferPointer, _ boxed: TypeMetadata?
  ) -> FieldPlace {
    if captures.captures.isEmpty { return boxed.map { boxPlace(offset, $0, content) } ?? .unknown }
    guard let capture = captures.capture(at: offset) else { return .unknown }
    if capture.isBox { return FieldPlace(path: [], meaning: .strong, boxed: capture.type, leadsToVariable: true) }
    if capture.isFunction { return offset == capture.offset + 8 ? FieldPlace.context : .number }
    if let meaning = capture.meaning { return FieldPlace(path: [], meaning: meaning) }
    guard let type = capture.type else { return .unknown }
    return finder.place(ofWordAt: offset - capture.offset, in: type, bytes: content, from: capture.offset)
  }

  private func boxPlace(
    _ offset: Int, _ type: TypeMetadata?, _ content: UnsafeRawBufferPointer, after header: Int = 16
  ) -> FieldPlace {
    guard let type, let layout = reader.layout(of: type) else { return .unknown }
    let start = (header + layout.alignment - 1) & ~(layout.alignment - 1)
    guard offset >= start, offset < start + layout.size else { return .number }
    return finder.place(ofWordAt: offset - start, in: type, bytes: content, from: start)
  }
}
