extension PatternProgram {
  /// Whether some part of the text, valid UTF-8, matches: all states are followed at once, scalar by scalar.
  func matches(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    instructions.withUnsafeBufferPointer { instructions in
      withUnsafeTemporaryAllocation(of: Int32.self, capacity: 5 * instructions.count) { memory in
        memory.initialize(repeating: 0)
        var machine = PatternMachine(instructions, classes, firstBytes, text, memory)
        return machine.run()
      }
    }
  }
}

/// The state of one match.
private struct PatternMachine {
  private let instructions: UnsafeBufferPointer<PatternProgram.Instruction>
  private let classes: [ScalarClass]
  private let firstBytes: (low: UInt64, high: UInt64)?
  private let text: UnsafeBufferPointer<UInt8>
  private var current: StateSet
  private var following: StateSet
  /// States to be entered at this place; each is put here at most once for each way that leads to it.
  private var pending: UnsafeMutablePointer<Int32>

  init(
    _ instructions: UnsafeBufferPointer<PatternProgram.Instruction>, _ classes: [ScalarClass],
    _ firstBytes: (low: UInt64, high: UInt64)?, _ text: UnsafeBufferPointer<UInt8>,
    _ memory: UnsafeMutableBufferPointer<Int32>
  ) {
    self.instructions = instructions
    self.classes = classes
    self.firstBytes = firstBytes
    self.text = text
    let count = instructions.count
    let base = memory.baseAddress.unsafelyUnwrapped
    current = StateSet(states: base, places: base + count)
    following = StateSet(states: base + 2 * count, places: base + 3 * count)
    pending = base + 4 * count
  }

  mutating func run() -> Bool {
    var position = 0
    var previous: UInt32?
    while true {
      if current.count == 0, let firstBytes {
        // Nothing is under way: pass over what no match begins with.
        while position < text.count, text[position] < 0x80, !Self.contains(firstBytes, text[position]) {
          previous = UInt32(text[position])
          position += 1
        }
      }
      let (scalar, length) = decode(position)
      if enter(0, in: &current, between: previous, and: scalar) { return true }
      guard let scalar else { return false }
      if step(scalar, position + length) { return true }
      swap(&current, &following)
      following.count = 0
      previous = scalar
      position += length
    }
  }

  /// Lets each state read the scalar; `position` is the one behind it.
  private mutating func step(_ scalar: UInt32, _ position: Int) -> Bool {
    let next = decode(position).scalar
    for index in 0..<current.count {
      let state = current.states[index]
      let isRead =
        switch instructions[Int(state)] {
        case .scalar(let value): value == scalar
        case .folded(let value): value == foldedCase(scalar)
        case .scalars(let index): classes[Int(index)].contains(scalar)
        default: false
        }
      if isRead && enter(state + 1, in: &following, between: scalar, and: next) { return true }
    }
    return false
  }

  /// Enters a state and all that it leads to without reading. Returns whether the text matches.
  private func enter(
    _ state: Int32, in set: inout StateSet, between previous: UInt32?, and next: UInt32?
  ) -> Bool {
    var count = 0
    func push(_ state: Int32) {
      if set.insert(state) {
        pending[count] = state
        count += 1
      }
    }
    push(state)
    while count > 0 {
      count -= 1
      let state = pending[count]
      switch instructions[Int(state)] {
      case .fork(let other):
        push(state + 1)
        push(other)
      case .jump(let other): push(other)
      case .assertion(let assertion): if assertion.holds(between: previous, and: next) { push(state + 1) }
      case .match: return true
      case .scalar, .folded, .scalars: break
      }
    }
    return false
  }

  /// The scalar at a position and its length; none at the end.
  @inline(__always)
  private func decode(_ position: Int) -> (scalar: UInt32?, length: Int) {
    guard position < text.count else { return (nil, 0) }
    let first = text[position]
    if first < 0x80 { return (UInt32(first), 1) }
    let length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
    guard position + length <= text.count else { return (0xfffd, 1) }
    var value = UInt32(first) & (0xff >> UInt32(length + 1))
    for offset in 1..<length { value = value << 6 | UInt32(text[position + offset] & 0x3f) }
    return (value, length)
  }

  @inline(__always)
  private static func contains(_ bytes: (low: UInt64, high: UInt64), _ byte: UInt8) -> Bool {
    (byte < 64 ? bytes.low >> UInt64(byte) : bytes.high >> UInt64(byte - 64)) & 1 != 0
  }
}

/// A set of states that can be emptied in no time.
///
/// Invariant: a state is in it if `places[state]` is less than `count` and `states` has it there.
///
/// Source: Briggs and Torczon, "An Efficient Representation for Sparse Sets" (1993).
private struct StateSet {
  let states: UnsafeMutablePointer<Int32>
  let places: UnsafeMutablePointer<Int32>
  var count = 0

  /// Adds a state; false if it is there already.
  mutating func insert(_ state: Int32) -> Bool {
    let place = Int(places[Int(state)])
    if place < count && states[place] == state { return false }
    places[Int(state)] = Int32(count)
    states[count] = state
    count += 1
    return true
  }
}

extension PatternAssertion {
  /// Whether it holds between two scalars; nil is the beginning or the end of the text.
  fileprivate func holds(between previous: UInt32?, and next: UInt32?) -> Bool {
    func isWord(_ scalar: UInt32?) -> Bool { scalar.map { $0 < 0x80 && UInt8($0).isWordByte } ?? false }
    return switch self {
    case .beginText: previous == nil
    case .endText: next == nil
    case .beginLine: previous == nil || previous == 0x0a
    case .endLine: next == nil || next == 0x0a
    case .wordBoundary: isWord(previous) != isWord(next)
    case .noWordBoundary: isWord(previous) == isWord(next)
    }
  }
}
