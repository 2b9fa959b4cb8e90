/// The compiler's description of what a closure captures.
///
/// Source: Swift, include/swift/RemoteInspection/Records.h, CaptureDescriptor; lib/IRGen/GenReflection.cpp.
struct ClosureDescription {
  /// Where a closure keeps what a generic parameter stands for.
  private indirect enum Source {
    /// A word before the captures.
    case binding(Int)
    /// A word before the captures that is a number.
    case number(Int)
    /// The type of a captured object.
    case object
    /// A captured type.
    case type
    /// A generic argument of the type that another source leads to, by its word.
    case argument(Int, Source)

    /// Whether it is found in a capture. The number of the capture counts what the closure is called with too, and nothing
    /// tells how much that is: those are tried that may be meant.
    var isCapture: Bool {
      switch self {
      case .binding, .number: false
      case .object, .type: true
      case .argument(_, let source): source.isCapture
      }
    }
  }

  /// Where the words begin that say what generic parameters stand for, types and conformances.
  private let firstBinding: Int
  private let bindingCount: Int
  /// The names of what is captured, in order.
  private(set) var captures: [MangledTypeName] = []
  private var sources: [(parameter: GenericParameter, source: Source)] = []

  /// Where the captures begin.
  var firstCapture: Int { firstBinding + 8 * bindingCount }
  /// Whether closures of this description may differ in what they hold.
  var isGeneric: Bool { !sources.isEmpty }

  /// Reads the description that follows the context's metadata: kind, offset of the first word (4 bytes), and at 16 the
  /// description: how many captures, sources and bindings there are, then a relative pointer to each capture's name and two
  /// to each source: the name of what is found there, and where. Nil if there is none.
  init?(_ metadata: TypeMetadata, in memory: ReadableMemory) {
    guard let first = memory.load(UInt32.self, at: metadata.address + 8), (16..<1 << 20).contains(first),
      let description = memory.pointer(at: metadata.address + 16),
      let count = memory.load(UInt32.self, at: description), count <= 256,
      let sourceCount = memory.load(UInt32.self, at: description + 4), sourceCount <= 256,
      let bindings = memory.load(UInt32.self, at: description + 8), bindings <= 256
    else { return nil }
    firstBinding = Int(first)
    bindingCount = Int(bindings)
    for index in 0..<UInt(count) {
      guard
        let name = memory.relative(at: description + 12 + 4 * index).flatMap({ MangledTypeName(at: $0, in: memory) })
      else { break }
      captures.append(name)
    }
    for index in 0..<UInt(sourceCount) {
      let at = description + 12 + 4 * UInt(count) + 8 * index
      guard let name = memory.relative(at: at).flatMap({ MangledTypeName(at: $0, in: memory) }),
        let text = memory.relative(at: at + 4).flatMap(memory.text), let parameter = name.parameter,
        let source = Self.source(text)
      else { continue }
      sources.append((parameter, source))
    }
  }

  /// `B0` is the first binding, `vB0` the same for a number, `R1` a captured object, `M1` a captured type, `G0R1_` its first
  /// argument. Before the length of a pack stands `s`; nothing is bound to it.
  private static func source(_ text: String) -> Source? {
    var rest = Array(text.utf8)[...]
    let isNumber = rest.first == UInt8(ascii: "v")
    if isNumber { rest.removeFirst() }
    guard let source = source(&rest, depth: 0), rest.isEmpty else { return nil }
    guard isNumber else { return source }
    return if case .binding(let index) = source { .number(index) } else { nil }
  }

  private static func source(_ rest: inout ArraySlice<UInt8>, depth: Int) -> Source? {
    guard depth < 8, let kind = rest.popFirst() else { return nil }
    var number: Int?
    while let digit = rest.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit), (number ?? 0) < 1 << 16 {
      number = (number ?? 0) * 10 + Int(digit - UInt8(ascii: "0"))
      rest.removeFirst()
    }
    guard let number else { return nil }
    switch UnicodeScalar(kind) {
    case "B": return .binding(number)
    case "R": return .object
    case "M": return .type
    case "G":
      guard let inner = source(&rest, depth: depth + 1), rest.popFirst() == UInt8(ascii: "_") else { return nil }
      return .argument(number, inner)
    default: return nil
    }
  }

  // MARK: What parameters stand for

  /// What the words before the captures say.
  func bindings(_ content: UnsafeRawBufferPointer, _ reader: MetadataReader) -> GenericBindings {
    var bindings = GenericBindings()
    for (parameter, source) in sources {
      switch source {
      case .binding(let index):
        guard let word = binding(index, content) else { continue }
        bindings.bind(parameter, to: word, reader)
      case .number(let index):
        guard let word = binding(index, content) else { continue }
        bindings.bind(parameter, toNumber: word)
      default: continue
      }
    }
    return bindings
  }

  private func binding(_ index: Int, _ content: UnsafeRawBufferPointer) -> UInt? {
    index < bindingCount ? Self.word(firstBinding + 8 * index, content) : nil
  }

  /// Adds what the capture of that number, which lies at `offset`, says.
  func bind(
    _ bindings: inout GenericBindings, capturedAt index: Int, _ offset: Int, _ content: UnsafeRawBufferPointer,
    _ reader: MetadataReader
  ) {
    for (parameter, source) in sources where source.isCapture && bindings.words[parameter] == nil {
      guard let word = word(source, of: parameter, index, offset, content, reader)
      else { continue }
      bindings.bind(parameter, to: word, reader)
    }
  }

  private func word(
    _ source: Source, of parameter: GenericParameter, _ index: Int, _ offset: Int, _ content: UnsafeRawBufferPointer,
    _ reader: MetadataReader
  ) -> UInt? {
    switch source {
    case .binding, .number: return nil
    case .type:
      let isMeant = captures[index].withoutLast.parameter == parameter && captures[index].isMetatype
      return isMeant ? Self.word(offset, content) : nil
    case .object:
      guard captures[index].isClass(in: reader.memory), let object = Self.word(offset, content),
        let declared = captures[index].references.first?.context(in: reader.memory)?.address
      else { return nil }
      // The object may be of a subclass, which has other arguments.
      var level = reader.memory.load(UInt.self, at: object).map(TypeMetadata.init)
      for _ in 0..<64 {
        guard let current = level, reader.kind(of: current) == .class else { return nil }
        if reader.description(of: current) == declared { return current.address }
        level = reader.superclass(of: current)
      }
      return nil
    case .argument(let argument, let inner):
      // Several classes may be captured. Only one whose own argument of that number is the parameter alone can be meant.
      guard let list = captures[index].parametersOfClass, list.indices.contains(argument), list[argument] == parameter,
        let owner = word(inner, of: parameter, index, offset, content, reader),
        let words = reader.argumentWords(of: TypeMetadata(address: owner))
      else { return nil }
      return reader.memory.load(UInt.self, at: words + 8 * UInt(argument))
    }
  }

  private static func word(_ offset: Int, _ content: UnsafeRawBufferPointer) -> UInt? {
    offset >= 16 && offset + 8 <= content.count ? content.loadUnaligned(fromByteOffset: offset, as: UInt.self) : nil
  }
}

extension MangledTypeName {
  /// The generic parameter that it is the name of; nil if it is that of something else, such as an associated type.
  ///
  /// A pack is `xxQp_QP`: the parameter, expanded as often as it is long, in a list of one.
  var parameter: GenericParameter? {
    guard let parts = MangledNameParts(self), let parameter = parts.parameters.first, parts.parameters.count == 1,
      parts.references.isEmpty
    else { return nil }
    let text = UnsafeBufferPointer(start: start, count: length)
    let isPlain = text.elementsEqual("x".utf8) || text.first == UInt8(ascii: "q") && text.last == UInt8(ascii: "_")
    return isPlain || parts.usesPacks && text.suffix(2).elementsEqual("QP".utf8) ? parameter : nil
  }

  /// The name without its last letter.
  fileprivate var withoutLast: MangledTypeName { dropping(1) }

  /// For the name of a class whose arguments are generic parameters and nothing else: these, of all levels. `…yx_q_G`.
  fileprivate var parametersOfClass: [GenericParameter]? {
    let text = UnsafeBufferPointer(start: start, count: length)
    guard length > 7, text[0] == 1 || text[0] == 2, text[5] == UInt8(ascii: "y") else { return nil }
    var list: [GenericParameter] = []
    var at = 6
    while at < length, text[at] != UInt8(ascii: "G") {
      if text[at] == UInt8(ascii: "_") {
        at += 1
        continue
      }
      var end = at + 1
      if text[at] == UInt8(ascii: "q") {
        // One mark at the end, or two after a level.
        var marks = end < length && text[end] == UInt8(ascii: "d") ? 2 : 1
        while end < length, marks > 0 {
          if text[end] == UInt8(ascii: "_") { marks -= 1 }
          end += 1
        }
      }
      guard let parameter = part(at..<end).parameter else { return nil }
      list.append(parameter)
      at = end
    }
    return at < length ? list : nil
  }

  /// Whether it is that of a type as a value.
  fileprivate var isMetatype: Bool { length > 1 && start[length - 1] == UInt8(ascii: "m") }

  /// Whether it is that of a class, perhaps with generic arguments, or of an optional one: one word, whatever these are.
  func isClass(in memory: ReadableMemory) -> Bool {
    guard let first = references.first, start[0] <= 2, let context = first.context(in: memory), context.kind == .class
    else { return false }
    let text = UnsafeBufferPointer(start: start, count: length)
    let end = text.suffix(2).elementsEqual("Sg".utf8) ? text.dropLast(2) : text[...]
    return end.count == 5 || end.last == UInt8(ascii: "G")
  }
}
