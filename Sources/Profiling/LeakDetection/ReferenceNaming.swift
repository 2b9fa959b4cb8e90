import CProfiler
import Leaks

/// Names the references of a scan, and tells what boxes are for by what refers to them.
struct ReferenceNaming {
  /// What a block without a type of its own is for.
  enum Role {
    case unknown
    /// A variable that closures share.
    case variable(TypeMetadata?)
    /// The value of an indirect case, or one too large for its existential.
    case box(TypeMetadata?)
  }

  private let scan: LeakScan
  private let reader: MetadataReader
  private let places: WordPlaces
  private let code: CodeNames
  private var suspended: SuspendedTasks?
  /// By block.
  private(set) var roles: [Role]
  /// By edge of the scan; nil where the word keeps nothing alive.
  private(set) var names: [LeakGraph.ReferenceName?]
  /// By edge, whether one piece of a task's stack leads to another: neither retains the other, but they go together.
  private(set) var isInner: [Bool]
  /// Whether a word is a reference that its target's count has.
  enum Ownership: UInt8 {
    case none, perhaps, sure
  }
  /// By edge.
  private(set) var ownership: [Ownership]
  /// Places that depend on the type and the offset alone.
  private var fixed: [Key: FieldPlace] = [:]

  private struct Key: Hashable {
    var metadata: UInt
    var offset: UInt64
  }

  init(scan: LeakScan, reader: MetadataReader, code: CodeNames) {
    self.scan = scan
    self.reader = reader
    self.code = code
    places = WordPlaces(reader)
    roles = Array(repeating: .unknown, count: scan.blocks.count)
    names = Array(repeating: nil, count: scan.edges.count)
    isInner = Array(repeating: false, count: scan.edges.count)
    ownership = Array(repeating: .none, count: scan.edges.count)
  }

  /// Names all edges. What a box contains is known only once what refers to it is named, and boxes nest, so those whose
  /// own metadata says nothing are done again as long as something new is learned, at most eight times.
  mutating func run(_ kinds: [BlockKinds.Kind], _ layout: TaskLayout) {
    let tasks = kinds.indices.filter { if case .task(nil) = kinds[$0] { true } else { false } }
    if !tasks.isEmpty { suspended = SuspendedTasks(tasks: tasks, scan: scan, reader: reader, layout: layout) }
    for edge in scan.edges.indices { name(edge, kinds) }
    for _ in 0..<8 {
      let open = scan.edges.indices.filter { edge in
        let owner = Int(scan.edges[edge].from)
        guard case .box(.some) = roles[owner] else { return false }
        return names[edge]?.strength == .unknown
      }
      if open.isEmpty { return }
      for edge in open { name(edge, kinds) }
    }
  }

  private mutating func name(_ index: Int, _ kinds: [BlockKinds.Kind]) {
    let edge = scan.edges[index]
    let place = place(of: edge, kinds[Int(edge.from)])
    if place.leadsToVariable {
      roles[Int(edge.to)] = .variable(place.boxed)
    } else if let boxed = place.boxed, case .unknown = roles[Int(edge.to)] {
      roles[Int(edge.to)] = .box(boxed)
    }
    if place.isContext, let type = variable(at: edge, kinds[Int(edge.to)]) {
      roles[Int(edge.to)] = .variable(type)
    }
    if case (.taskMemory, .taskMemory) = (kinds[Int(edge.from)], kinds[Int(edge.to)]) { isInner[index] = true }
    names[index] = name(edge, place, from: kinds[Int(edge.from)], to: kinds[Int(edge.to)])
    if kinds[Int(edge.from)].ownsWhatItHolds {
      let isSure = place.meaning == .strong && !place.mayBeLeftOver
      ownership[index] = isSure ? .sure : place.meaning == .strong || place.meaning == .unknown ? .perhaps : .none
    }
  }

  /// The word of an edge; nil if the block is too large to have been copied.
  private func word(at edge: lab_leaks_edge) -> UInt? {
    let content = scan.content(of: Int(edge.from))
    guard Int(edge.offset) + 8 <= content.count else { return nil }
    return content.loadUnaligned(fromByteOffset: Int(edge.offset), as: UInt.self)
  }

  /// Whether a reference of unknown strength from a block to itself is a field's. Otherwise it retains nothing: hash
  /// tables point into themselves.
  private func isField(_ edge: lab_leaks_edge, _ place: FieldPlace) -> Bool {
    guard place.meaning == .unknown, place.leaf == nil, !place.path.isEmpty else { return false }
    return word(at: edge) == scan.blocks[Int(edge.from)].address
  }

  private func name(
    _ edge: lab_leaks_edge, _ place: FieldPlace, from owner: BlockKinds.Kind, to target: BlockKinds.Kind
  ) -> LeakGraph.ReferenceName? {
    let strength: HeapReference.Strength
    switch place.meaning {
    case .strong: strength = .strong
    case .pointer: strength = .pointer
    case .unknown: strength = .unknown
    case .notOwning, .number:
      if !scan.blocks[Int(edge.to)].is_opaque { return nil }
      strength = .strong
    }
    if edge.from == edge.to, strength != .strong, !isField(edge, place) { return nil }
    // The counts of an object that weak references were made to.
    if scan.blocks[Int(edge.to)].is_opaque { return .init(field: "weak references", strength: .strong) }
    var name = LeakGraph.ReferenceName(field: place.text, strength: strength)
    switch (owner, target) {
    case (.task, .task) where edge.from == edge.to: return nil
    // What lies on a task's stack leads back to the task without retaining it.
    case (.taskMemory, .task), (.taskMemory, .taskMemory): return nil
    case (.task(let outcome?), .taskMemory) where edge.offset < outcome.start: break
    case (.task(let outcome?), _) where edge.offset < outcome.start: return nil
    case (.task(nil), _), (.taskMemory, _):
      let block = scan.blocks[Int(edge.from)].address
      let function = suspended?.function(at: block + UInt(edge.offset), inBlockAt: block).flatMap(code.function(at:))
      name.field = function.map { "suspended in " + $0.function } ?? ""
    default: break
    }
    if place.isContext, let closure = closure(at: edge, target) {
      name.closure = closure.frame
      name.closureIsMethod = closure.isMethod
    }
    return name
  }

  /// The type of a variable that a closure captured and nothing else, for then the variable is its context. It is described
  /// as a closure is that captured such a value; but it was made where it is declared, on an earlier line. Only what may be
  /// nil is made before the closure that it is to hold.
  private func variable(at edge: lab_leaks_edge, _ target: BlockKinds.Kind) -> TypeMetadata? {
    guard case .closure(let captures) = target, captures.captures.count == 1, let type = captures.captures[0].type,
      !captures.captures[0].isBox, reader.kind(of: type) == .optional,
      let made = code.frames(of: scan.blocks[Int(edge.to)].stack).first, let written = code(at: edge)?.frame
    else { return nil }
    return made.file == written.file && made.line > 0 && made.line < written.line ? type : nil
  }

  /// The function before a context, if the context is the only thing captured and not a block for the captures.
  private func closure(at edge: lab_leaks_edge, _ target: BlockKinds.Kind) -> CodeNames.Closure? {
    if case .closure = target, edge.from != edge.to, variable(at: edge, target) == nil { return nil }
    return code(at: edge)
  }

  private func code(at edge: lab_leaks_edge) -> CodeNames.Closure? {
    let content = scan.content(of: Int(edge.from))
    guard edge.offset >= 8, Int(edge.offset) <= content.count else { return nil }
    let function = content.loadUnaligned(fromByteOffset: Int(edge.offset) - 8, as: UInt.self)
    if let closure = code.closure(at: function), !closure.frame.function.isEmpty { return closure }
    // That of an async function is a record in data, which begins with a relative pointer to the code.
    return reader.memory.relative(at: function).flatMap(code.closure(at:))
      ?? CodeNames.Closure(frame: AllocationFrame(function: ""), isMethod: false)
  }

  /// Whether the block is a variable with a closure that captured nothing but this variable, so that it is the context.
  private func holdsItself(_ edge: lab_leaks_edge, _ kind: BlockKinds.Kind, _ place: FieldPlace) -> Bool {
    guard edge.from == edge.to, case .closure(let captures) = kind else { return false }
    if place.isContext { return true }
    return captures.captures.isEmpty && place.meaning == .unknown && edge.offset == 24
      && closure(at: edge, kind)?.frame.function.isEmpty == false
  }

  private mutating func place(of edge: lab_leaks_edge, _ kind: BlockKinds.Kind) -> FieldPlace {
    let content = scan.content(of: Int(edge.from))
    // Too large to have been copied: only the reference is known.
    guard content.count >= 16 else { return .unknown }
    var boxed: TypeMetadata?
    if case .box(let type) = roles[Int(edge.from)] { boxed = type }
    let key = Key(metadata: content.loadUnaligned(as: UInt.self), offset: edge.offset)
    let isObject = if case .object = kind { true } else { false }
    if isObject, let place = fixed[key] { return place }
    let place = places.place(
      ofWordAt: Int(edge.offset), in: kind, content: content, address: scan.blocks[Int(edge.from)].address,
      boxed: boxed)
    if isObject, !place.dependsOnBytes { fixed[key] = place }
    return holdsItself(edge, kind, place) ? .recursion : place
  }
}
