/// The events of a trace as they lie in its bytes: by thread, each thread's in the order in which they happened.
struct RecordedEvents: Sendable {
  let bytes: TraceBytes
  let header: TraceHeader
  /// By thread, its chunks.
  let threads: [[TraceChunk]]
  let clock: TraceClock
  let numbers: TraceNumbers
  /// Whether it begins later than the program, and says what there was by then.
  let hasBeginning: Bool

  /// When the last event was, in nanoseconds.
  func lastTime() -> Int64 {
    threads.indices.reduce(0) { last, thread in
      guard let chunk = threads[thread].last else { return last }
      var decoder = ChunkDecoder(bytes, chunk, shift: header.shift, thread: 0)
      while decoder.next() != nil {}
      return max(last, clock.time(decoder.ticks))
    }
  }

  /// What tasks were said to be at, each with when, in ticks; in no order.
  func living() -> [(ticks: UInt64, task: LivingTask)] {
    var living: [(ticks: UInt64, task: LivingTask)] = []
    for chunk in threads.joined() where chunk.tellsLiving {
      var decoder = ChunkDecoder(bytes, chunk, shift: header.shift, thread: 0)
      while decoder.next() != nil {
        if let task = decoder.living { living.append((decoder.ticks, numbers.resolved(task))) }
      }
    }
    return living
  }
}

extension Sequence<TraceChunk> {
  /// Since when, in ticks, all tasks were told what they are at, the last time that was over before some ticks; nil if it
  /// was not, or events are missing since. A thread's chunks follow one another.
  func lastTold(before limit: UInt64, since: UInt64) -> UInt64? {
    var last: UInt64?
    var began: (thread: UInt32, ticks: UInt64)?
    for chunk in self where chunk.kind == TraceChunk.Kind.events.rawValue {
      if let start = began, start.thread == chunk.thread, !chunk.tellsLiving {
        if chunk.ticks < limit, start.ticks >= since, start.ticks >= last ?? 0 { last = start.ticks }
        began = nil
      } else if chunk.tellsLiving && began?.thread != chunk.thread {
        began = (chunk.thread, chunk.ticks)
      }
    }
    return last
  }
}

/// What numbers of the file stand for in the tables of the trace.
struct TraceNumbers: Sendable {
  var stacks: [UInt32] = []
  var executors: [Int32] = [0]
  var texts: [UInt32] = []
  var labels: [UInt32] = []
  /// Where executors that nobody has told of are.
  var unknownExecutor: Int32 = 0

  /// An event with the trace's numbers instead of the file's.
  @inline(__always)
  func resolve(_ event: inout TraceEvent) {
    if event.executor != 0 { event.executor = executor(event.executor) }
    guard event.index != 0 else { return }
    switch event.kind {
    case _ where event.kind.hasStack: event.index = Self.find(event.index, in: stacks)
    case .labels: event.index = Self.find(event.index, in: labels)
    default: event.index = Self.find(event.index, in: texts)
    }
  }

  /// The same of what a task was at.
  func resolved(_ task: LivingTask) -> LivingTask {
    var task = task
    task.stack = Self.find(task.stack, in: stacks)
    task.labels = Self.find(task.labels, in: labels)
    return task
  }

  private func executor(_ number: Int32) -> Int32 {
    executors.indices.contains(Int(number)) ? executors[Int(number)] : unknownExecutor
  }

  private static func find(_ number: UInt32, in numbers: [UInt32]) -> UInt32 {
    Int(number) < numbers.count ? numbers[Int(number)] : 0
  }
}

extension TraceEvent.Kind {
  /// Whether the index of such an event is a stack's.
  var hasStack: Bool {
    switch self {
    case .taskMade, .taskMet, .taskSuspends, .callBlocks, .sample: true
    default: false
    }
  }
}

/// The events of a trace in the order of time.
public struct TraceEvents: Sequence, Sendable {
  enum Source {
    case listed([TraceEvent])
    case recorded(RecordedEvents)
  }
  let source: Source

  /// An iterator from the first event on.
  public func makeIterator() -> Iterator {
    switch source {
    case .listed(let events): Iterator(listed: events[...], merge: nil, isListed: true)
    case .recorded(let recorded): Iterator(listed: [], merge: EventMerge(recorded), isListed: false)
    }
  }

  /// Hands out the events.
  public struct Iterator: IteratorProtocol, Sendable {
    var listed: ArraySlice<TraceEvent>
    var merge: EventMerge?
    /// Which of the two there is, known from the start: `next` need not look for it.
    let isListed: Bool

    /// The next event; nil at the end.
    public mutating func next() -> TraceEvent? { isListed ? listed.popFirst() : merge?.next() }
  }
}

/// Merges the threads' events by time; of one time, those of a thread stay together.
///
/// A copy goes on by itself. Its decoders point into bytes that nobody writes to, and that it keeps.
struct EventMerge: @unchecked Sendable {
  private struct Source {
    var chunks: ArraySlice<TraceChunk>
    var decoder: ChunkDecoder?
    var head: TraceEvent
    let thread: Int32
    /// When its last chunk was over, in ticks; nil: there was none.
    var end: UInt64?
    /// The head is no event, but what a task was at.
    var living: LivingTask?
  }
  private let recorded: RecordedEvents
  private var beginning: TraceBeginning?
  private var sources: [Source] = []
  /// A heap of numbers of sources, that with the earliest event first.
  private var heap: [Int] = []

  init(_ recorded: RecordedEvents) {
    self.recorded = recorded
    for (thread, chunks) in recorded.threads.enumerated() {
      var source = Source(
        chunks: chunks[...], decoder: nil,
        head: TraceEvent(.lost, at: recorded.hasBeginning ? .min : 0), thread: Int32(clamping: thread))
      if Self.advance(&source, recorded) { sources.append(source) }
    }
    if recorded.hasBeginning {
      beginning = TraceBeginning(
        recorded.clock, known: recorded.living(),
        lastTold: recorded.threads.joined().lastTold(before: recorded.clock.origin, since: recorded.header.since))
    }
    heap = Array(sources.indices)
    for place in stride(from: heap.count / 2 - 1, through: 0, by: -1) { sink(place) }
  }

  mutating func next() -> TraceEvent? {
    guard recorded.hasBeginning else { return merged()?.event }
    while true {
      if let event = beginning?.next() { return event }
      guard let (event, living) = merged() else {
        beginning?.end()
        return beginning?.next()
      }
      if let living {
        beginning?.take(living, at: event.time, ticks: UInt64(bitPattern: event.value))
      } else {
        beginning?.take(event)
      }
    }
  }

  private mutating func merged() -> (event: TraceEvent, living: LivingTask?)? {
    guard let first = heap.first else { return nil }
    let (event, living) = (sources[first].head, sources[first].living)
    if Self.advance(&sources[first], recorded) {
      sink(0)
    } else {
      let last = heap.removeLast()
      if !heap.isEmpty {
        heap[0] = last
        sink(0)
      }
    }
    return (event, living)
  }

  /// Reads the source's next event; false if it has none.
  ///
  /// Of no instance: who changes one of `sources` and asks `self` meanwhile copies all of them, for every event.
  private static func advance(_ source: inout Source, _ recorded: RecordedEvents) -> Bool {
    while true {
      if var event = source.decoder?.next() {
        let ticks = UInt64(bitPattern: event.time)
        let time = recorded.hasBeginning ? recorded.clock.signedTime(ticks) : recorded.clock.time(ticks)
        // Never before what the same thread did before.
        event.time = max(time, source.head.time)
        source.living = nil
        if event.kind == .taskMet, let living = source.decoder?.living {
          guard recorded.hasBeginning else { continue }
          source.living = recorded.numbers.resolved(living)
          event.value = Int64(bitPattern: ticks)
        } else {
          recorded.numbers.resolve(&event)
        }
        source.head = event
        return true
      }
      guard let chunk = source.chunks.popFirst() else { return false }
      // Of a window one between may have been written over: a chunk begins before the one before it is over.
      let isAfterGap = recorded.header.window > 0 && source.end.map { $0 > 0 && chunk.ticks > $0 } ?? false
      source.decoder = ChunkDecoder(
        recorded.bytes, chunk, shift: recorded.header.shift, thread: source.thread,
        isFirst: source.end == nil || isAfterGap, isLast: source.chunks.isEmpty)
      source.end = chunk.end
      guard isAfterGap else { continue }
      let time = max(recorded.clock.signedTime(chunk.ticks), source.head.time)
      source.living = nil
      source.head = TraceEvent(.lost, at: time, thread: source.thread)
      return true
    }
  }

  private func isBefore(_ one: Int, _ other: Int) -> Bool {
    let (a, b) = (sources[one].head.time, sources[other].head.time)
    return a != b ? a < b : one < other
  }

  private mutating func sink(_ start: Int) {
    var place = start
    while true {
      var child = 2 * place + 1
      guard child < heap.count else { return }
      if child + 1 < heap.count && isBefore(heap[child + 1], heap[child]) { child += 1 }
      guard isBefore(heap[child], heap[place]) else { return }
      heap.swapAt(child, place)
      place = child
    }
  }
}
