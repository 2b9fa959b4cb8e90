/// Reads the events of a chunk, one after the other.
///
/// It keeps the same account as the writer does of which tasks lie within one another on the thread: what is told of the
/// innermost has no task, and what follows from that account is not told at all.
struct ChunkDecoder {
  /// Codes of events: the upper half of their first byte.
  private enum Code: UInt8 {
    case end = 0
    case made, spawned, runnable, runnableAt, runs, runsAt, suspends, suspendsAgain, ends, acquires, releases, blocks,
      returns
    case other = 15
  }
  /// Tasks within tasks that are followed.
  static let depth = 24
  /// Kinds of entries that are no events.
  private static let stackKind: UInt8 = 64
  private static let clockKind: UInt8 = 65
  private static let livingKind: UInt8 = 66

  private var cursor: TraceCursor
  private let shift: UInt32
  private let thread: Int32
  /// In units.
  private var now: UInt64
  private var task: UInt64
  private var made: UInt64
  private var creation: UInt64 = 0
  private var reason = WaitReason.nothing
  private var acquired: Int32 = 0
  private var running: [UInt64] = []
  private var nested: UInt64?
  /// What has been read and not been handed out: no event leads to more than two.
  private var first: TraceEvent?
  private var second: TraceEvent?
  /// Of the tasks that the chunk begins with, those that have not been handed out, the last first.
  private var standing: [TraceEvent] = []
  private let tellsStanding: Bool
  /// What was read last of what a task was at.
  private(set) var living: LivingTask?
  /// Where the bytes of the message are that was read last.
  private(set) var text: UnsafeRawBufferPointer?
  /// The trace's number of the next message; 0: they have none.
  private var nextText: UInt32
  private let lostAfter: Int64
  private var isOver = false
  /// The last moment that both clocks were read at, in ticks and in nanoseconds.
  private(set) var clock: (ticks: UInt64, monotonic: UInt64)

  /// - Parameters:
  ///   - thread: What its events are to say.
  ///   - isFirst: Whether nothing is known of what the thread did before: then tasks that are on it get it here.
  ///   - isLast: Whether what was lost after it is to be told.
  init(
    _ bytes: TraceBytes, _ chunk: TraceChunk, shift: UInt32, thread: Int32, isFirst: Bool = false, isLast: Bool = false
  ) {
    tellsStanding = isFirst || chunk.lost > 0
    lostAfter = isLast ? Int64(clamping: chunk.lostAfter) : 0
    cursor = TraceCursor(bytes, chunk.payload)
    nextText = chunk.firstText
    self.shift = shift
    self.thread = thread
    now = chunk.ticks >> UInt64(shift)
    task = chunk.task
    made = chunk.task
    clock = (chunk.clock, chunk.monotonic)
    if chunk.lost > 0 { first = event(.lost, value: Int64(clamping: chunk.lost)) }
  }

  /// Where the next event begins, in the trace's bytes.
  var position: Int { cursor.position }

  /// When the last event was, in ticks.
  var ticks: UInt64 { now &<< UInt64(shift) }

  /// The next event, whose time is in ticks, and whose numbers are those of the file; nil at the end, or where bytes make
  /// no sense.
  mutating func next() -> TraceEvent? {
    guard !isOver else { return nil }
    if first == nil, let event = standing.popLast() { return event }
    living = nil
    text = nil
    while first == nil && living == nil {
      guard let head = cursor.byte(), let code = Code(rawValue: head >> 4), code != .end else { return end() }
      var past = UInt64(head & 15)
      if past == 15 {
        guard let more = cursor.number() else { return end() }
        past &+= more
      }
      // Times that no clock has would not stay in order.
      now = min(now &+ past < now ? .max : now &+ past, UInt64.max >> (UInt64(shift) + 1))
      guard read(code) else { return end() }
      if first == nil, let event = standing.popLast() { return event }
    }
    defer {
      first = second
      second = nil
    }
    // What a task is at is no event, and stands in the place of one.
    return first ?? living.map { _ in event(.taskMet) }
  }

  /// At the end, once, what was lost there.
  private mutating func end() -> TraceEvent? {
    guard !isOver, lostAfter > 0 else { return nil }
    isOver = true
    return event(.lost, value: lostAfter)
  }

  private func event(
    _ kind: TraceEvent.Kind, task: UInt64 = 0, other: UInt64 = 0, executor: Int32 = 0, index: UInt32 = 0,
    value: Int64 = 0, reason: WaitReason = .nothing
  ) -> TraceEvent {
    TraceEvent(
      kind, at: Int64(truncatingIfNeeded: ticks), thread: thread, task: task, other: other, executor: executor,
      index: index, value: value, reason: reason)
  }

  private var innermost: UInt64 { running.last ?? 0 }

  private mutating func nextTask() -> UInt64? {
    guard let difference = cursor.signed() else { return nil }
    task = task &+ UInt64(bitPattern: difference)
    return task
  }

  private mutating func nextReason() -> WaitReason? { cursor.byte().map { WaitReason(rawValue: $0) ?? .other } }
  private mutating func nextNumber() -> UInt32? { cursor.number().map { UInt32(clamping: $0) } }
  private mutating func nextExecutor() -> Int32? { cursor.number().map { Int32(clamping: $0) } }

  /// One event, with what follows from it; false if it makes no sense.
  private mutating func read(_ code: Code) -> Bool {
    switch code {
    case .made, .spawned: return readMade(isRunnable: code == .spawned)
    case .runnable, .runnableAt:
      guard let task = nextTask() else { return false }
      var reason = WaitReason.nothing
      var executor: Int32 = 0
      if code == .runnableAt {
        guard let why = nextReason(), let place = nextExecutor() else { return false }
        (reason, executor) = (why, place)
      }
      first = event(.taskRunnable, task: task, other: innermost, executor: executor, reason: reason)
    case .runs, .runsAt:
      guard let task = nextTask() else { return false }
      guard let executor = code == .runs ? 0 : nextExecutor() else { return false }
      runs(task, executor)
    case .suspends:
      guard let why = nextReason() else { return false }
      reason = why
      leaves(event(.taskSuspends, task: innermost, reason: why))
    case .suspendsAgain: leaves(event(.taskSuspends, task: innermost, reason: reason))
    case .ends: leaves(event(.taskEnds, task: innermost))
    case .acquires:
      guard let executor = nextExecutor() else { return false }
      acquired = executor
      first = event(.actorAcquired, task: innermost, executor: executor)
    case .releases: first = event(.actorReleased, task: innermost, executor: acquired)
    case .blocks:
      guard let reason = nextReason(), let stack = nextNumber() else { return false }
      first = event(.callBlocks, task: innermost, index: stack, reason: reason)
    case .returns: first = event(.callReturns, task: innermost)
    case .other: return readOther()
    case .end: return false
    }
    return true
  }

  private mutating func readMade(isRunnable: Bool) -> Bool {
    guard let id = cursor.signed(), let stack = cursor.signed() else { return false }
    made = made &+ UInt64(bitPattern: id)
    creation = creation &+ UInt64(bitPattern: stack)
    task = made
    first = event(.taskMade, task: task, other: innermost, index: UInt32(clamping: creation))
    if isRunnable { second = event(.taskRunnable, task: task, other: innermost) }
    return true
  }

  private mutating func runs(_ task: UInt64, _ executor: Int32) {
    leave(task)
    first = event(.taskRuns, task: task, executor: executor)
    if let outer = running.last, nested != outer {
      second = first
      first = event(.taskNests, task: outer)
    }
    nested = nil
    enter(task)
  }

  /// The event takes its task from the thread.
  private mutating func leaves(_ event: TraceEvent) {
    let goesOn = leave(event.task)
    first = event
    if goesOn && !running.isEmpty { second = self.event(.taskRunsOn, task: innermost) }
  }

  @discardableResult
  private mutating func leave(_ task: UInt64) -> Bool {
    guard let place = running.firstIndex(of: task) else { return false }
    running.removeSubrange(place...)
    return true
  }

  private mutating func enter(_ task: UInt64) {
    if running.count == Self.depth { running.removeFirst() }
    running.append(task)
  }

  /// An event of any kind, with the fields that it names.
  private mutating func readOther() -> Bool {
    guard let number = cursor.byte() else { return false }
    if number == Self.stackKind { return readStack() }
    guard let fields = cursor.byte() else { return false }
    var event = event(.lost, task: innermost)
    if fields & 1 != 0 {
      guard let task = nextTask() else { return false }
      event.task = task
    }
    if fields & 2 != 0 {
      guard let other = cursor.number() else { return false }
      event.other = other
    }
    if fields & 4 != 0 {
      guard let executor = nextExecutor() else { return false }
      event.executor = executor
    }
    if fields & 8 != 0 {
      guard let index = nextNumber() else { return false }
      event.index = index
    }
    if fields & 16 != 0 {
      guard let value = cursor.signed() else { return false }
      event.value = value
    }
    if fields & 32 != 0 {
      guard let reason = nextReason() else { return false }
      event.reason = reason
    }
    if fields & 64 != 0 {
      guard let count = cursor.number(), let bytes = cursor.bytes(count) else { return false }
      text = bytes
    }
    // A field of a later version.
    guard fields < 128 else { return false }
    if number == Self.livingKind {
      living = LivingTask(event)
      return true
    }
    if number == Self.clockKind {
      clock = (ticks, event.other)
      return true
    }
    // A kind of a later version is left out.
    guard let kind = TraceEvent.Kind(rawValue: number) else { return true }
    event.kind = kind
    switch kind {
    case .taskSuspends, .taskEnds: leaves(event)
    case .taskNests, .taskRunsOn:
      first = event
      leave(event.task)
      enter(event.task)
      nested = kind == .taskNests ? event.task : nil
    case .taskRuns: runs(event.task, event.executor)
    case .log:
      event.value = text == nil ? 0 : Int64(nextText)
      if text != nil && nextText > 0 { nextText += 1 }
      first = event
    default: first = event
    }
    return true
  }

  private mutating func readStack() -> Bool {
    guard let count = cursor.number(), count <= UInt64(Self.depth) else { return false }
    running = []
    var last = task
    for _ in 0..<count {
      guard let difference = cursor.signed() else { return false }
      last = last &+ UInt64(bitPattern: difference)
      running.append(last)
    }
    guard tellsStanding else { return true }
    for (place, task) in running.enumerated() {
      standing.append(event(.taskRuns, task: task))
      if place < running.count - 1 { standing.append(event(.taskNests, task: task)) }
    }
    standing.reverse()
    return true
  }
}
