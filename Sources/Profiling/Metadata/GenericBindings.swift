/// What the generic parameters of a function stand for, as a closure made in it tells.
struct GenericBindings: Hashable {
  /// The words: metadata of types, or packs of these with bit 0 set.
  private(set) var words: [GenericParameter: UInt] = [:]
  private(set) var packs: Set<GenericParameter> = []
  /// The parameters that stand for numbers.
  private(set) var numbers: Set<GenericParameter> = []

  /// Notes what a parameter stands for, if that is a type or a pack of types.
  mutating func bind(_ parameter: GenericParameter, to word: UInt, _ reader: MetadataReader) {
    guard Self.isPossible(parameter) else { return }
    if reader.pack(word) != nil {
      packs.insert(parameter)
    } else if reader.kind(of: TypeMetadata(address: word)) == nil {
      return
    }
    words[parameter] = word
  }

  /// Notes what number a parameter stands for.
  mutating func bind(_ parameter: GenericParameter, toNumber word: UInt) {
    guard Self.isPossible(parameter) else { return }
    numbers.insert(parameter)
    words[parameter] = word
  }

  private static func isPossible(_ parameter: GenericParameter) -> Bool { parameter.depth < 16 && parameter.index < 64 }

  /// Calls `body` with these as the runtime wants them: a generic environment, and the words in the order of it.
  ///
  /// Source: Swift, include/swift/ABI/GenericContext.h, TargetGenericEnvironment: a word of 4 bytes with the number of
  /// levels, two bytes for each with the number of parameters up to it, a byte for each parameter, in which bit 7 says that
  /// there is a word for it and the lowest bits whether this is a pack (1) or a number (2).
  func withEnvironment<Result>(_ body: (UnsafeRawPointer, UnsafeRawPointer) -> Result) -> Result? {
    let levels = (words.keys.map(\.depth).max() ?? -1) + 1
    var record: [UInt8] = [UInt8(levels), 0, 0, 0]
    var kinds: [UInt8] = []
    var arguments: [UInt] = []
    for depth in 0..<levels {
      let count = (words.keys.filter { $0.depth == depth }.map(\.index).max() ?? -1) + 1
      for index in 0..<count {
        let parameter = GenericParameter(depth: depth, index: index)
        let kind: UInt8 = packs.contains(parameter) ? 1 : numbers.contains(parameter) ? 2 : 0
        kinds.append(words[parameter] == nil ? kind : kind | 0x80)
        if let word = words[parameter] { arguments.append(word) }
      }
      record += [UInt8(kinds.count & 0xff), UInt8(kinds.count >> 8)]
    }
    // What follows the parameters' words would be conformances. There are none, should anybody ask.
    arguments += Array(repeating: 0, count: 64)
    record += kinds
    return withUnsafeTemporaryAllocation(byteCount: record.count, alignment: 8) { copy in
      copy.copyBytes(from: record)
      guard let start = copy.baseAddress else { return nil }
      return arguments.withUnsafeBytes { words in words.baseAddress.map { body(UnsafeRawPointer(start), $0) } }
    }
  }
}
