/// An entry of a trace's tables.
enum TraceEntry: UInt8 {
  case text = 1, stack, executor, labels, module, program, names, loss
}

/// Reads the tables of a trace.
struct TableDecoder {
  /// No number of a table is larger, and no list longer.
  static let most: UInt64 = 1 << 20
  /// Functions of a stack.
  private static let mostFrames: UInt64 = 1 << 14

  private(set) var numbers = TraceNumbers()
  private(set) var trace: Trace
  /// By the file's number of a stack.
  private var names: [UInt64: [(function: UInt64, file: UInt64, line: UInt64)]] = [:]
  private(set) var damaged = 0

  init(_ trace: Trace) { self.trace = trace }

  /// Adds the entries of a chunk.
  mutating func add(_ bytes: TraceBytes, _ chunk: TraceChunk) {
    var cursor = TraceCursor(bytes, chunk.payload)
    while let kind = cursor.byte() {
      guard let count = cursor.number() else { return damaged += 1 }
      let start = cursor.position
      guard cursor.bytes(count) != nil else { return damaged += 1 }
      // Of a later version it may have others.
      guard let kind = TraceEntry(rawValue: kind) else { continue }
      var entry = TraceCursor(bytes, start..<start + Int(count))
      if !add(kind, &entry) { damaged += 1 }
    }
  }

  /// The trace with all tables.
  mutating func finish() -> (trace: Trace, numbers: TraceNumbers) {
    numbers.unknownExecutor = Int32(trace.executors.count)
    trace.executors.append(TraceExecutor(.serial))
    for (stack, frames) in names where stack < numbers.stacks.count && numbers.stacks[Int(stack)] != 0 {
      trace.stacks[Int(numbers.stacks[Int(stack)])].frames = frames.map {
        TraceFrame(function: text($0.function), file: text($0.file), line: Int(clamping: $0.line))
      }
    }
    if damaged > 0 {
      trace.losses.append(TraceLoss("entries of tables make no sense, and are left out", count: damaged))
    }
    return (trace, numbers)
  }

  private mutating func add(_ kind: TraceEntry, _ entry: inout TraceCursor) -> Bool {
    switch kind {
    case .text:
      guard let number = entry.number(), number < Self.most else { return false }
      Self.set(UInt32(trace.texts.count), at: number, in: &numbers.texts)
      trace.texts.append(String(decoding: entry.rest(), as: UTF8.self))
    case .stack: return addStack(&entry)
    case .executor:
      guard let number = entry.number(), number < Self.most, let kind = entry.number(), let address = entry.number()
      else { return false }
      let type = String(decoding: entry.rest(), as: UTF8.self)
      Self.set(Int32(trace.executors.count), at: number, in: &numbers.executors)
      trace.executors.append(
        TraceExecutor(
          UInt8(exactly: kind).flatMap(TraceExecutor.Kind.init) ?? .serial, typeName: type, address: address))
    case .labels: return addLabels(&entry)
    case .module: return addModule(&entry)
    case .program:
      guard let program = entry.text() else { return false }
      trace.program = program
      trace.arguments = []
      while !entry.isAtEnd {
        guard let argument = entry.text() else { return false }
        trace.arguments.append(argument)
      }
    case .names:
      guard let stack = entry.number(), let count = entry.number(), count <= Self.mostFrames else { return false }
      var frames: [(UInt64, UInt64, UInt64)] = []
      for _ in 0..<count {
        guard let function = entry.number(), let file = entry.number(), let line = entry.number() else { return false }
        frames.append((function, file, line))
      }
      names[stack] = frames
    case .loss:
      guard let count = entry.number() else { return false }
      trace.losses.append(TraceLoss(String(decoding: entry.rest(), as: UTF8.self), count: Int(clamping: count)))
    }
    return true
  }

  private func text(_ number: UInt64) -> String {
    number < numbers.texts.count ? trace.texts[Int(numbers.texts[Int(number)])] : ""
  }

  private mutating func addStack(_ entry: inout TraceCursor) -> Bool {
    guard let number = entry.number(), number < Self.most, let count = entry.number(), count <= Self.most else {
      return false
    }
    var addresses: [UInt64] = []
    var last: UInt64 = 0
    for _ in 0..<count {
      guard let difference = entry.signed() else { return false }
      last = last &+ UInt64(bitPattern: difference)
      addresses.append(last)
    }
    Self.set(UInt32(trace.stacks.count), at: number, in: &numbers.stacks)
    trace.stacks.append(TraceStack(addresses: addresses))
    return true
  }

  private mutating func addLabels(_ entry: inout TraceCursor) -> Bool {
    guard let number = entry.number(), number < Self.most, let count = entry.number(), count <= Self.most else {
      return false
    }
    var labels: [TraceLabel] = []
    for _ in 0..<count {
      guard let key = entry.text(), let value = entry.text() else { return false }
      labels.append(TraceLabel(key: key, value: value))
    }
    Self.set(UInt32(trace.labelSets.count), at: number, in: &numbers.labels)
    trace.labelSets.append(labels)
    return true
  }

  private mutating func addModule(_ entry: inout TraceCursor) -> Bool {
    guard let bias = entry.number(), let start = entry.number(), let end = entry.number(), start <= end,
      let offset = entry.number(), let count = entry.number(), let buildID = entry.bytes(count)
    else { return false }
    let module = TraceModule(
      path: String(decoding: entry.rest(), as: UTF8.self), buildID: Array(buildID), bias: bias, code: start..<end,
      fileOffset: offset)
    // The last word of a place holds.
    trace.modules.removeAll { $0.code.overlaps(module.code) || $0.code == module.code }
    trace.modules.append(module)
    return true
  }

  private static func set<Number: FixedWidthInteger>(_ value: Number, at number: UInt64, in numbers: inout [Number]) {
    while numbers.count <= Int(number) { numbers.append(0) }
    numbers[Int(number)] = value
  }
}
