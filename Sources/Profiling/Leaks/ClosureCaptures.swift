/// What the context of a closure holds, by the compiler's description of it.
struct ClosureCaptures {
  struct Capture {
    var offset: Int
    var size: Int
    var type: TypeMetadata?
    /// Whether it is a box that holds the variable, shared with others.
    var isBox: Bool
    /// Whether it is a function and its context.
    var isFunction = false
    var meaning: FieldPlace.Meaning?
  }
  private(set) var captures: [Capture] = []

  /// Reads the description that follows the context's metadata: kind, offset of the first capture (4 bytes), and at 16
  /// the description: how many captures, sources and bindings there are, then a relative pointer to each type's name.
  /// Source: Swift, include/swift/RemoteInspection/Records.h, CaptureDescriptor; lib/IRGen/GenReflection.cpp.
  ///
  /// Before the captures lie the bindings: a word for each type or conformance that generic parameters stand for.
  /// A type that depends on generic parameters is not resolved; its size is taken to be a word.
  init(_ metadata: TypeMetadata, reader: MetadataReader) {
    let memory = reader.memory
    guard let first = memory.load(UInt32.self, at: metadata.address + 8), (16..<1 << 20).contains(first),
      let description = memory.load(UInt.self, at: metadata.address + 16), description != 0,
      let count = memory.load(UInt32.self, at: description), count <= 256,
      let bindings = memory.load(UInt32.self, at: description + 8), bindings <= 256
    else { return }
    var offset = Int(first) + 8 * Int(bindings)
    for index in 0..<UInt(count) {
      guard let address = memory.relative(at: description + 12 + 4 * index),
        let name = MangledTypeName(at: address, in: memory)
      else { return }
      let capture = Self.capture(name, from: offset, reader: reader)
      captures.append(capture)
      offset = capture.offset + capture.size
    }
  }

  private static func capture(_ name: MangledTypeName, from offset: Int, reader: MetadataReader) -> Capture {
    let word = (offset + 7) & ~7
    switch name.suffix {
    case "Xx":
      return Capture(offset: word, size: 8, type: reader.types.type(name.boxed), isBox: true, meaning: .strong)
    case "Xw", "Xo":
      return Capture(offset: word, size: 8, type: nil, isBox: false, meaning: .notOwning)
    case "Xu":
      return Capture(offset: word, size: 8, type: nil, isBox: false, meaning: .pointer)
    case _ where name.isLoweredFunction:
      return Capture(offset: word, size: 16, type: nil, isBox: false, isFunction: true, meaning: .strong)
    default:
      guard let type = reader.types.type(name), let layout = reader.layout(of: type) else {
        return Capture(offset: word, size: 8, type: nil, isBox: false, meaning: nil)
      }
      let start = (offset + layout.alignment - 1) & ~(layout.alignment - 1)
      return Capture(offset: start, size: layout.size, type: type, isBox: false, meaning: nil)
    }
  }

  /// The capture that the byte at `offset` of the context belongs to.
  func capture(at offset: Int) -> Capture? {
    captures.last { $0.offset <= offset && offset < $0.offset + $0.size }
  }
}
