/// A type's name as the compiler wrote it: text, with references into the program in between.
struct MangledTypeName {
  let start: UnsafePointer<UInt8>
  let length: Int

  /// The name at `address`, at most 4 KiB long; nil if it cannot be read.
  ///
  /// Bytes 1 to 0x17 begin a reference of 4 bytes, 0x18 to 0x1f one of 8. Source: Swift, docs/ABI/Mangling.rst.
  init?(at address: UInt, in memory: ReadableMemory) {
    var length: UInt = 0
    while length < 4096 {
      guard let byte = memory.load(UInt8.self, at: address + length) else { return nil }
      if byte == 0 { break }
      length += byte <= 0x17 ? 5 : byte <= 0x1f ? 9 : 1
    }
    guard length > 0, length < 4096, let pointer = UnsafePointer<UInt8>(bitPattern: address) else { return nil }
    start = pointer
    self.length = Int(length)
  }

  /// A name that is mere text of this program.
  init?(text: UnsafeBufferPointer<UInt8>) {
    guard let start = text.baseAddress, !text.isEmpty else { return nil }
    self.init(start: start, length: text.count)
  }

  private init(start: UnsafePointer<UInt8>, length: Int) {
    self.start = start
    self.length = length
  }

  /// The two letters the name ends with, e.g. `Xw` of a weak variable.
  var suffix: String {
    guard length > 2, start[length - 2] == UInt8(ascii: "X") else { return "" }
    return "X" + String(UnicodeScalar(start[length - 1]))
  }

  /// For the name of a box with one variable, `…z_Xx` or `…_Xx`: that of the variable's type.
  var boxed: MangledTypeName {
    var end = length - 3
    if end > 1, start[end - 1] == UInt8(ascii: "z") { end -= 1 }
    return MangledTypeName(start: start, length: max(0, end))
  }

  /// Whether it names a function as the compiler lowered it, `…I…_`, or an optional one, `…I…_Sg`. The runtime does not
  /// resolve these.
  var isLoweredFunction: Bool {
    var text = UnsafeBufferPointer(start: start, count: length)[...]
    if text.suffix(2).elementsEqual("Sg".utf8) { text = text.dropLast(2) }
    return text.last == UInt8(ascii: "_") && text.contains(UInt8(ascii: "I")) && !suffix.hasPrefix("X")
  }

  /// The name without its last letters, the `suffix` of a variable that does not own what it holds.
  var withoutSuffix: MangledTypeName { dropping(2) }

  /// The name without as many last letters.
  func dropping(_ count: Int) -> MangledTypeName { MangledTypeName(start: start, length: max(0, length - count)) }

  /// The letters of the range alone.
  func part(_ range: Range<Int>) -> MangledTypeName {
    MangledTypeName(start: start + range.lowerBound, length: range.count)
  }

  /// The first letters.
  func prefix(_ count: Int) -> String {
    String(decoding: UnsafeBufferPointer(start: start, count: min(count, length)), as: UTF8.self)
  }

  /// The declarations that the name leads to, whatever else is in it.
  var references: [MangledNameParts.Reference] {
    var references: [MangledNameParts.Reference] = []
    var at = 0
    while at < length {
      let byte = start[at]
      if byte == 1 || byte == 2, at + 5 <= length {
        let distance = UnsafeRawPointer(start + at + 1).loadUnaligned(as: Int32.self)
        let address = UInt(bitPattern: Int(bitPattern: start + at + 1) &+ Int(distance))
        references.append(.init(target: byte == 1 ? .context : .indirectContext, address: address))
      }
      at += byte <= 0x17 ? 5 : byte <= 0x1f ? 9 : 1
    }
    return references
  }

  /// Whether the name is mere text, without references into the program.
  var isText: Bool { UnsafeBufferPointer(start: start, count: length).allSatisfy { $0 > 0x1f } }
}
