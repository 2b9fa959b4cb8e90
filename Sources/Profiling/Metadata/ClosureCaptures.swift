/// What the context of a closure holds, by the compiler's description of it.
struct ClosureCaptures {
  struct Capture {
    var offset: Int
    var size: Int
    var type: TypeMetadata?
    /// Whether it is a box that holds the variable, shared with others.
    var isBox = false
    /// Whether it is a function and its context.
    var isFunction = false
    var meaning: FieldPlace.Meaning?
  }
  private(set) var captures: [Capture] = []

  /// Of a context that has no description.
  init() {}

  /// Reads what a context captured; `content` is the context, of which closures made by generic functions need the words
  /// that say what the generic parameters stand for.
  ///
  /// Captures behind one whose size cannot be told are left out, for nobody knows where they lie.
  init(_ description: ClosureDescription, _ content: UnsafeRawBufferPointer, reader: MetadataReader) {
    var bindings = description.bindings(content, reader)
    var offset = description.firstCapture
    for (index, name) in description.captures.enumerated() {
      guard let capture = Self.capture(name, from: offset, in: bindings, reader: reader) else { return }
      captures.append(capture)
      offset = capture.offset + capture.size
      description.bind(&bindings, capturedAt: index, capture.offset, content, reader)
    }
  }

  private static func capture(
    _ name: MangledTypeName, from offset: Int, in bindings: GenericBindings, reader: MetadataReader
  ) -> Capture? {
    let word = (offset + 7) & ~7
    let context = NameContext.closure(bindings)
    switch name.suffix {
    case "Xx":
      return Capture(offset: word, size: 8, type: reader.type(name.boxed, in: context), isBox: true, meaning: .strong)
    // The box of a variable in a generic function, whose type is written with a signature of its own.
    case "XX": return Capture(offset: word, size: 8, isBox: true, meaning: .strong)
    case "Xw", "Xo", "Xu":
      // An object; of an existential, its conformances too.
      let held = reader.type(name.withoutSuffix, in: context).flatMap(reader.layout(of:))
      return Capture(
        offset: word, size: max(held?.size ?? 8, 8), meaning: name.suffix == "Xu" ? .pointer : .notOwning)
    case _ where name.isLoweredFunction:
      return Capture(offset: word, size: 16, isFunction: true, meaning: .strong)
    default:
      if let type = reader.type(name, in: context), let layout = reader.layout(of: type) {
        let start = (offset + layout.alignment - 1) & ~(layout.alignment - 1)
        return Capture(offset: start, size: layout.size, type: type)
      }
      return name.isClass(in: reader.memory) ? Capture(offset: word, size: 8, meaning: .strong) : nil
    }
  }

  /// The capture that the byte at `offset` of the context belongs to.
  func capture(at offset: Int) -> Capture? {
    captures.last { $0.offset <= offset && offset < $0.offset + $0.size }
  }
}
