import CProfiler
import Leaks

/// Names the references of a scan, and tells what boxes are for by what refers to them.
struct ReferenceNaming {
  /// What a block without a type of its own is for.
  enum Role: Hashable {
    case unknown
    /// A variable that closures share.
    case variable(TypeMetadata?)
    /// The value of an indirect case, or one too large for its existential.
    case box(TypeMetadata?)
  }

  private let leaked: LeakedBlocks
  private let reader: MetadataReader
  private let places: WordPlaces
  private let code: CodeNames
  private let kinds: [BlockKinds.Kind]
  /// By kind, where its blocks have words that mean the same.
  private let patterns: [WordPattern]
  /// By kind, how far a function can be told that stands before the address of a block of it.
  private let contexts: [ContextRule]
  /// By block, its position in `kinds`.
  private let numbers: [Int32]
  private var suspended: SuspendedTasks?
  /// By block.
  private(set) var roles: [Role]
  /// What references are called, each name once.
  private(set) var names: [LeakGraph.ReferenceName] = []
  /// By edge of the scan, the position in `names`; -1 where the word keeps nothing alive.
  private(set) var labels: [Int32]
  /// By edge, whether one piece of a task's stack leads to another: neither retains the other, but they go together.
  private(set) var isInner: [Bool]
  /// Whether a word is a reference that its target's count has.
  enum Ownership: UInt8 {
    case none, perhaps, sure
  }
  /// By edge.
  private(set) var ownership: [Ownership]

  private var nameIDs: [LeakGraph.ReferenceName: Int32] = [:]
  /// What words mean that mean the same in all blocks of their kind.
  private var known = AnswerCache<Spot, KnownWord>()
  /// The places of these.
  private var knownPlaces: [FieldPlace] = []
  /// Names of references to contexts, by the function before.
  private var contextLabels: [Context: Int32] = [:]

  private struct Spot: Hashable {
    var kind: Int32
    var spot: Int
  }
  private struct KnownWord {
    /// The position in `knownPlaces`.
    var place: Int32
    /// The name of a reference there to another block that is no context.
    var label: Int32
    var ownership: Ownership
    var isContext: Bool
    /// Whether it tells what its target is for.
    var tellsRole: Bool
    /// Whether a reference there to its own block is one like others.
    var leadsToItself: Bool
  }
  private struct Context: Hashable {
    var place: Int32
    var function: UInt
  }
  /// Whether a function is named that stands before the address of a block.
  private enum ContextRule {
    /// It is all there is of the closure.
    case named
    /// The block is the closure and has a name of its own.
    case unnamed
    /// What the closure captured has to be looked at.
    case asked
  }

  /// - Parameters:
  ///   - kinds: What the blocks are.
  ///   - numbers: By block, which of these.
  init(
    _ leaked: LeakedBlocks, _ kinds: [BlockKinds.Description], _ numbers: [Int32], reader: MetadataReader,
    code: CodeNames, tasks: TaskLayout
  ) {
    self.leaked = leaked
    self.reader = reader
    self.code = code
    self.numbers = numbers
    self.kinds = kinds.map(\.kind)
    places = WordPlaces(reader, tasks)
    patterns = kinds.map(places.pattern(of:))
    contexts = self.kinds.map { kind in
      guard case .closure(let captures) = kind else { return .named }
      return Self.onlyVariable(captures, reader) == nil ? .unnamed : .asked
    }
    let isSuspended = self.kinds.map { if case .task(nil) = $0 { true } else { false } }
    let suspendedTasks = numbers.indices.filter { isSuspended[Int(numbers[$0])] }
    if !suspendedTasks.isEmpty { suspended = SuspendedTasks(tasks: suspendedTasks, leaked: leaked, layout: tasks) }
    roles = Array(repeating: .unknown, count: leaked.blocks.count)
    labels = Array(repeating: -1, count: leaked.edges.count)
    isInner = Array(repeating: false, count: leaked.edges.count)
    ownership = Array(repeating: .none, count: leaked.edges.count)
  }

  /// Names all edges. What a box contains is known only once what refers to it is named, and boxes nest, so those whose
  /// own metadata says nothing are done again as long as something new is learned, at most eight times.
  mutating func run() {
    let edges = leaked.edges
    for edge in edges.indices { name(edge) }
    for _ in 0..<8 {
      let open = edges.indices.filter { edge in
        guard case .box(.some) = roles[Int(edges[edge].from)] else { return false }
        return labels[edge] >= 0 && names[Int(labels[edge])].strength == .unknown
      }
      if open.isEmpty { return }
      for edge in open { name(edge) }
    }
  }

  private mutating func name(_ index: Int) {
    let edge = leaked.edges[index]
    if nameAsKnown(index, edge) { return }
    let (owner, target) = (kinds[Int(numbers[Int(edge.from)])], kinds[Int(numbers[Int(edge.to)])])
    let place = place(of: edge, owner)
    learnRole(of: edge, place)
    if case (.taskMemory, .taskMemory) = (owner, target) { isInner[index] = true }
    labels[index] = name(edge, place, from: owner, to: target).map { id(of: $0) } ?? -1
    ownership[index] = Self.ownership(of: owner, place)
  }

  /// Names an edge as all are named that begin at the same word of blocks of this kind; false if there is no such word.
  private mutating func nameAsKnown(_ index: Int, _ edge: lab_leaks_edge) -> Bool {
    let (from, offset) = (Int(edge.from), Int(edge.offset))
    let kind = numbers[from]
    let content = leaked.content(of: from)
    guard let spot = patterns[Int(kind)].spot(of: offset, in: content, at: leaked.blocks[from].address) else {
      return false
    }
    let hint = Int(kind) &* 37 &+ spot >> 3
    guard let word = known.answer(to: Spot(kind: kind, spot: spot), hint: hint) ?? learn(spot, kind, edge) else {
      return false
    }
    if edge.from == edge.to, !word.leadsToItself || contexts[Int(kind)] != .named { return false }
    var label = word.label
    if leaked.blocks[Int(edge.to)].is_opaque {
      label = id(of: Self.weakReferences)
    } else if word.isContext {
      let rule = contexts[Int(numbers[Int(edge.to)])]
      guard rule != .asked, offset >= 8, offset <= content.count else { return false }
      let function = content.loadUnaligned(fromByteOffset: offset - 8, as: UInt.self)
      guard function >= 4096 else { return false }
      if rule == .named { label = contextLabel(word, function, edge) }
    }
    if word.tellsRole { learnRole(of: edge, knownPlaces[Int(word.place)]) }
    labels[index] = label
    ownership[index] = word.ownership
    return true
  }

  /// Finds out what a word means in all blocks of its kind; nil if it may mean something else in another.
  private mutating func learn(_ spot: Int, _ kind: Int32, _ edge: lab_leaks_edge) -> KnownWord? {
    let owner = kinds[Int(kind)]
    let place = place(of: edge, owner)
    guard !place.dependsOnBytes, edge.from != edge.to || contexts[Int(kind)] == .named else { return nil }
    let label = Self.strength(of: place).map { id(of: .init(field: place.text, strength: $0)) }
    let word = KnownWord(
      place: Int32(knownPlaces.count), label: label ?? -1, ownership: Self.ownership(of: owner, place),
      isContext: place.isContext, tellsRole: place.leadsToVariable || place.boxed != nil,
      leadsToItself: place.meaning != .unknown && place.meaning != .pointer)
    knownPlaces.append(place)
    known.remember(word, to: Spot(kind: kind, spot: spot))
    return word
  }

  private mutating func contextLabel(_ word: KnownWord, _ function: UInt, _ edge: lab_leaks_edge) -> Int32 {
    let context = Context(place: word.place, function: function)
    if let known = contextLabels[context] { return known }
    var name = names[Int(word.label)]
    if let closure = code(at: edge) { (name.closure, name.closureIsMethod) = (closure.frame, closure.isMethod) }
    let label = id(of: name)
    contextLabels[context] = label
    return label
  }

  private mutating func id(of name: LeakGraph.ReferenceName) -> Int32 {
    if let id = nameIDs[name] { return id }
    let id = Int32(names.count)
    names.append(name)
    nameIDs[name] = id
    return id
  }

  private mutating func learnRole(of edge: lab_leaks_edge, _ place: FieldPlace) {
    let target = Int(edge.to)
    if place.leadsToVariable {
      roles[target] = .variable(place.boxed)
    } else if let boxed = place.boxed, case .unknown = roles[target] {
      roles[target] = .box(boxed)
    }
    if place.isContext, let type = variable(at: edge, kinds[Int(numbers[target])]) { roles[target] = .variable(type) }
  }

  private static func ownership(of owner: BlockKinds.Kind, _ place: FieldPlace) -> Ownership {
    guard owner.ownsWhatItHolds else { return .none }
    if place.meaning == .strong && !place.mayBeLeftOver { return .sure }
    return place.meaning == .strong || place.meaning == .unknown ? .perhaps : .none
  }

  /// How firmly a word holds; nil if it does not.
  private static func strength(of place: FieldPlace) -> HeapReference.Strength? {
    switch place.meaning {
    case .strong: .strong
    case .pointer: .pointer
    case .unknown: .unknown
    case .notOwning, .number: nil
    }
  }

  /// The word of an edge; nil if the block is too large to have been copied.
  private func word(at edge: lab_leaks_edge) -> UInt? {
    let content = leaked.content(of: Int(edge.from))
    guard Int(edge.offset) + 8 <= content.count else { return nil }
    return content.loadUnaligned(fromByteOffset: Int(edge.offset), as: UInt.self)
  }

  /// Whether a reference of unknown strength from a block to itself is a field's. Otherwise it retains nothing: hash
  /// tables point into themselves.
  private func isField(_ edge: lab_leaks_edge, _ place: FieldPlace) -> Bool {
    guard place.meaning == .unknown, place.leaf == nil, !place.path.isEmpty else { return false }
    return word(at: edge) == leaked.blocks[Int(edge.from)].address
  }

  /// To the counts of an object that weak references were made to.
  private static var weakReferences: LeakGraph.ReferenceName { .init(field: "weak references", strength: .strong) }

  private func name(
    _ edge: lab_leaks_edge, _ place: FieldPlace, from owner: BlockKinds.Kind, to target: BlockKinds.Kind
  ) -> LeakGraph.ReferenceName? {
    if leaked.blocks[Int(edge.to)].is_opaque { return Self.weakReferences }
    guard let strength = Self.strength(of: place) else { return nil }
    if edge.from == edge.to, strength != .strong, !isField(edge, place) { return nil }
    var name = LeakGraph.ReferenceName(field: place.text, strength: strength)
    switch (owner, target) {
    case (.task, .task) where edge.from == edge.to: return nil
    // What lies on a task's stack leads back to the task without retaining it.
    case (.taskMemory, .task), (.taskMemory, .taskMemory): return nil
    case (.task(let outcome?), .taskMemory) where edge.offset < outcome.start: break
    case (.task(let outcome?), _) where edge.offset < outcome.start: return nil
    case (.task(nil), _), (.taskMemory, _):
      let block = leaked.blocks[Int(edge.from)].address
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
    guard case .closure(let captures) = target, let type = Self.onlyVariable(captures, reader),
      let made = code.frames(of: leaked.blocks[Int(edge.to)].stack).first, let written = code(at: edge)?.frame
    else { return nil }
    return made.file == written.file && made.line > 0 && made.line < written.line ? type : nil
  }

  /// The type of the only thing that a closure captured, if that may be such a variable.
  private static func onlyVariable(_ captures: ClosureCaptures, _ reader: MetadataReader) -> TypeMetadata? {
    guard captures.captures.count == 1, let type = captures.captures[0].type, !captures.captures[0].isBox,
      reader.kind(of: type) == .optional
    else { return nil }
    return type
  }

  /// The function before a context, if the context is the only thing captured and not a block for the captures.
  private func closure(at edge: lab_leaks_edge, _ target: BlockKinds.Kind) -> CodeNames.Closure? {
    if case .closure = target, edge.from != edge.to, variable(at: edge, target) == nil { return nil }
    return code(at: edge)
  }

  private func code(at edge: lab_leaks_edge) -> CodeNames.Closure? {
    let content = leaked.content(of: Int(edge.from))
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

  private func place(of edge: lab_leaks_edge, _ kind: BlockKinds.Kind) -> FieldPlace {
    let content = leaked.content(of: Int(edge.from))
    // Too large to have been copied: only the reference is known.
    guard content.count >= 16 else { return .unknown }
    var boxed: TypeMetadata?
    if case .box(let type) = roles[Int(edge.from)] { boxed = type }
    let place = places.place(
      ofWordAt: Int(edge.offset), in: kind, content: content, address: leaked.blocks[Int(edge.from)].address,
      boxed: boxed)
    return holdsItself(edge, kind, place) ? .recursion : place
  }
}
