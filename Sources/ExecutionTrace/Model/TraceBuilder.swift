/// Makes a trace of events that somebody tells, in whatever order.
///
/// Texts, stacks, label sets and executors are numbered by what they are: who adds one twice gets the same number.
public struct TraceBuilder: Sendable {
  private var made = Trace()
  private var events: [TraceEvent] = []
  private var textNumbers: [String: UInt32] = ["": 0]
  private var stackNumbers: [TraceStack: UInt32] = [TraceStack(): 0]
  private var labelNumbers: [[TraceLabel]: UInt32] = [[]: 0]
  private var executorNumbers = [TraceExecutor(.global): Int32(0)]

  /// A trace of a program that began at a time, in nanoseconds since the epoch, and lasted at least so many nanoseconds.
  public init(
    program: String = "", arguments: [String] = [], start: Int64 = 0, duration: Int64 = 0,
    clock: String = "CLOCK_MONOTONIC", processors: Int = 0
  ) {
    made.program = program
    made.arguments = arguments
    made.start = start
    made.duration = duration
    made.clock = clock
    made.processors = processors
  }

  /// Adds an event.
  public mutating func append(_ event: TraceEvent) { events.append(event) }

  /// A new thread's number.
  public mutating func thread(_ thread: TraceThread) -> Int32 {
    made.threads.append(thread)
    return Int32(made.threads.count - 1)
  }

  /// The number of an executor.
  public mutating func executor(_ executor: TraceExecutor) -> Int32 {
    Self.number(of: executor, in: &made.executors, &executorNumbers)
  }

  /// The number of a text.
  public mutating func text(_ text: String) -> UInt32 { Self.number(of: text, in: &made.texts, &textNumbers) }

  /// The number of a stack.
  public mutating func stack(_ stack: TraceStack) -> UInt32 {
    Self.number(of: stack, in: &made.stacks, &stackNumbers)
  }

  /// The number of a label set.
  public mutating func labels(_ labels: [TraceLabel]) -> UInt32 {
    Self.number(of: labels, in: &made.labelSets, &labelNumbers)
  }

  /// Adds what is missing.
  public mutating func lose(_ loss: TraceLoss) { made.losses.append(loss) }

  /// The trace of all that was told so far.
  public func trace() -> Trace {
    var trace = made
    // Stable, for the events of one time are in the order of their threads.
    let order = events.indices.sorted { (events[$0].time, $0) < (events[$1].time, $1) }
    trace.source = .listed(order.map { events[$0] })
    trace.duration = max(trace.duration, order.last.map { events[$0].time } ?? 0)
    return trace
  }

  private static func number<Item: Hashable, Number: FixedWidthInteger>(
    of item: Item, in items: inout [Item], _ numbers: inout [Item: Number]
  ) -> Number {
    if let known = numbers[item] { return known }
    let number = Number(items.count)
    items.append(item)
    numbers[item] = number
    return number
  }
}
