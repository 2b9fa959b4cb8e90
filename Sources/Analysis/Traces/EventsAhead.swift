import Dispatch
import ExecutionTrace
import Synchronization

/// The events of a trace in batches, which another thread reads out of its bytes meanwhile.
///
/// A few batches are ahead at most. Who stops before the end stops that thread, too.
final class EventsAhead {
  /// Some events that follow one another.
  struct Batch: Sendable {
    /// From where they can be read once more.
    let start: TraceEvents.Iterator
    let events: [TraceEvent]
  }

  /// A batch stays in the processors' caches from one thread to the other.
  private static let most = 4_096
  private static let ahead = 4

  private let exchange = Exchange()
  /// What was handed out last, and is not needed any more when the next one is asked for.
  private var last: Batch?

  /// - Parameter count: A batch has no more events than so many.
  init(of trace: Trace, atOnce count: Int) {
    let (source, size, exchange) = (trace.events(), min(max(count, 1), Self.most), exchange)
    for _ in 0..<Self.ahead { exchange.room.signal() }
    // A queue of its own gets a thread however many others there are.
    DispatchQueue(label: "events", qos: .userInitiated).async {
      var iterator = source.makeIterator()
      var isOver = false
      while !isOver {
        exchange.room.wait()
        if exchange.isStopped.load(ordering: .relaxed) { return }
        let start = iterator
        // Memory is not asked for anew, which the kernel would have to clear.
        var events = exchange.spare.withLock { $0.popLast() } ?? []
        events.removeAll(keepingCapacity: true)
        events.reserveCapacity(size)
        while events.count < size, let event = iterator.next() { events.append(event) }
        isOver = events.isEmpty
        exchange.batches.withLock { $0.append(Batch(start: start, events: events)) }
        exchange.filled.signal()
      }
    }
  }

  deinit {
    exchange.isStopped.store(true, ordering: .relaxed)
    exchange.room.signal()
  }

  /// The next batch; nil at the end, after which nobody may ask once more.
  func next() -> Batch? {
    if let last = last.take() { exchange.spare.withLock { $0.append(last.events) } }
    exchange.filled.wait()
    let batch = exchange.batches.withLock { $0.removeFirst() }
    exchange.room.signal()
    last = batch
    return batch.events.isEmpty ? nil : batch
  }

  /// What both threads have. Semaphores begin at 0: one must not go with less than it began with.
  private final class Exchange: Sendable {
    let room = DispatchSemaphore(value: 0)
    let filled = DispatchSemaphore(value: 0)
    let batches = Mutex<[Batch]>([])
    let spare = Mutex<[[TraceEvent]]>([])
    /// What the semaphore is signalled after and waited for before, so that it orders the two.
    let isStopped = Atomic(false)
  }
}
