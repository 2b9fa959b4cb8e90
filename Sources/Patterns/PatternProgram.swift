/// An expression as a program for `PatternMachine`: a nondeterministic automaton with one instruction a state.
struct PatternProgram: Sendable {
  /// One step. Positions of instructions are indices into `instructions`.
  enum Instruction: Sendable {
    /// Reads this scalar.
    case scalar(UInt32)
    /// Reads a scalar with this folded case.
    case folded(UInt32)
    /// Reads a scalar of the class at this index.
    case scalars(Int32)
    /// Goes on if the condition holds here.
    case assertion(PatternAssertion)
    /// Goes on both here and there.
    case fork(Int32)
    /// Goes on there.
    case jump(Int32)
    /// The text matches.
    case match
  }

  private(set) var instructions: [Instruction] = []
  private(set) var classes: [ScalarClass] = []
  /// The ASCII bytes that a match may begin with, a bit each; nil if it may begin with nothing.
  private(set) var firstBytes: (low: UInt64, high: UInt64)?

  /// Bounds memory and time for expressions like `((a{100}){10}){10}`.
  private let mostInstructions = 100_000

  init(_ syntax: PatternSyntax) throws(PatternFault) {
    try add(syntax)
    instructions.append(.match)
    firstBytes = possibleFirstBytes()
  }

  private mutating func add(_ syntax: PatternSyntax) throws(PatternFault) {
    guard instructions.count < mostInstructions else { throw PatternFault("expression too large") }
    switch syntax {
    case .empty: break
    case .literal(let scalar, let ignoresCase):
      instructions.append(ignoresCase ? .folded(foldedCase(scalar.value)) : .scalar(scalar.value))
    case .scalars(let scalars):
      instructions.append(.scalars(Int32(classes.count)))
      classes.append(scalars)
    case .assertion(let assertion): instructions.append(.assertion(assertion))
    case .sequence(let items):
      for item in items { try add(item) }
    case .alternatives(let branches): try add(branches)
    case .repetition(let item, let least, let most): try add(item, least, most)
    }
  }

  private mutating func add(_ branches: [PatternSyntax]) throws(PatternFault) {
    var ends: [Int] = []
    for branch in branches.dropLast() {
      let fork = reserve()
      try add(branch)
      ends.append(reserve())
      instructions[fork] = .fork(Int32(instructions.count))
    }
    if let last = branches.last { try add(last) }
    for end in ends { instructions[end] = .jump(Int32(instructions.count)) }
  }

  private mutating func add(_ item: PatternSyntax, _ least: Int, _ most: Int?) throws(PatternFault) {
    for _ in 0..<least { try add(item) }
    guard let most else {
      let fork = reserve()
      try add(item)
      instructions.append(.jump(Int32(fork)))
      instructions[fork] = .fork(Int32(instructions.count))
      return
    }
    var forks: [Int] = []
    for _ in least..<most {
      forks.append(reserve())
      try add(item)
    }
    for fork in forks { instructions[fork] = .fork(Int32(instructions.count)) }
  }

  /// Room for an instruction that is known only when what follows it is.
  private mutating func reserve() -> Int {
    instructions.append(.match)
    return instructions.count - 1
  }

  private func possibleFirstBytes() -> (low: UInt64, high: UInt64)? {
    var bytes: (low: UInt64, high: UInt64) = (0, 0)
    func insert(_ isPossible: (UInt32) -> Bool) {
      for value in UInt32(0)..<64 {
        if isPossible(value) { bytes.low |= 1 << UInt64(value) }
        if isPossible(value + 64) { bytes.high |= 1 << UInt64(value) }
      }
    }
    var isSeen = [Bool](repeating: false, count: instructions.count)
    var pending = [0]
    while let position = pending.popLast() {
      if isSeen[position] { continue }
      isSeen[position] = true
      switch instructions[position] {
      case .scalar(let value): insert { $0 == value }
      case .folded(let value): insert { foldedCase($0) == value }
      case .scalars(let index): insert { classes[Int(index)].contains($0) }
      case .fork(let other): pending += [position + 1, Int(other)]
      case .jump(let other): pending.append(Int(other))
      case .assertion, .match: return nil
      }
    }
    return bytes
  }
}
