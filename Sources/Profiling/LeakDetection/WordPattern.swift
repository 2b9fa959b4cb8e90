/// Where in blocks of one kind words lie that mean the same, so that their meaning is found out once.
enum WordPattern {
  /// Nowhere: each block may be another's.
  case none
  /// Everywhere.
  case same
  /// At the same offset.
  case fields
  /// At the same offset of elements of `stride` bytes that lie from `start` on; their number stands at byte 16.
  case elements(start: Int, stride: Int)
  /// At the same offset of keys, or of values.
  case table(HashTable)

  /// A number for all words that mean what the word at `offset` of a block means; nil if there is none for it.
  ///
  /// - Parameters:
  ///   - content: The block's bytes.
  ///   - address: Where they lay.
  func spot(of offset: Int, in content: UnsafeRawBufferPointer, at address: UInt) -> Int? {
    switch self {
    case .none: return nil
    case .same: return 0
    case .fields: return offset
    case .elements(let start, let stride):
      guard content.count >= 32 else { return nil }
      guard offset >= start else { return Self.unused }
      let count = content.loadUnaligned(fromByteOffset: 16, as: Int.self)
      return (offset - start) / stride < count ? (offset - start) % stride : Self.unused
    case .table(let table):
      switch offset < 16 ? .unused : table.entry(at: offset, in: content, at: address) {
      case .unknown: return nil
      case .unused: return Self.unused
      case .key(let offset, _): return offset
      case .value(let offset, _): return offset | 1 << 40
      }
    }
  }

  /// That of words that nothing is kept in.
  private static let unused = -1
}

/// How a class keeps a hash table in its block: a bit a bucket behind the fields tells which are in use; fields lead to
/// where the keys and the values lie, behind the bits.
///
/// Source: Swift, stdlib/public/core/DictionaryStorage.swift and SetStorage.swift.
struct HashTable {
  /// Keys or values.
  struct Column {
    /// The offset of the field that leads to the first.
    var field: Int
    /// Bytes from one to the next.
    var stride: Int
  }
  /// What lies at an offset: which byte of what, and where in the block that begins.
  enum Entry {
    case unknown, unused
    case key(offset: Int, start: Int)
    case value(offset: Int, start: Int)
  }
  /// The offset of the byte with the logarithm of the number of buckets.
  var scale: Int
  /// The offset of the bits.
  var bits: Int
  var keys: Column?
  var values: Column?

  func entry(at offset: Int, in content: UnsafeRawBufferPointer, at address: UInt) -> Entry {
    guard scale < content.count, content[scale] < 40 else { return .unknown }
    let buckets = 1 << Int(content[scale])
    if let (index, start) = place(of: offset, in: keys, buckets, content, address) {
      return isUsed(index, content) ? .key(offset: offset - start, start: start) : .unused
    }
    if let (index, start) = place(of: offset, in: values, buckets, content, address) {
      return isUsed(index, content) ? .value(offset: offset - start, start: start) : .unused
    }
    return .unused
  }

  /// The bucket whose part of the column the byte lies in, and where that part begins.
  private func place(
    of offset: Int, in column: Column?, _ buckets: Int, _ content: UnsafeRawBufferPointer, _ address: UInt
  ) -> (index: Int, start: Int)? {
    guard let column, column.field + 8 <= content.count else { return nil }
    let pointer = content.loadUnaligned(fromByteOffset: column.field, as: UInt.self)
    guard pointer >= address, pointer - address < UInt(content.count) else { return nil }
    let first = Int(pointer - address)
    guard offset >= first, (offset - first) / column.stride < buckets else { return nil }
    let index = (offset - first) / column.stride
    return (index, first + index * column.stride)
  }

  private func isUsed(_ bucket: Int, _ content: UnsafeRawBufferPointer) -> Bool {
    let word = bits + bucket / 64 * 8
    return word + 8 <= content.count
      && content.loadUnaligned(fromByteOffset: word, as: UInt.self) >> (bucket % 64) & 1 == 1
  }
}
