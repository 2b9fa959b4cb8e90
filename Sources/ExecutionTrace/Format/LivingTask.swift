/// What a task was at, as the recorder tells it every now and then of all that live.
struct LivingTask {
  /// The recorder's numbers for what a task may be at.
  enum State: UInt8 {
    case none, made, runnable, running, nesting, waiting
  }

  var id: UInt64
  var parent: UInt64 = 0
  /// Its maker's stack and its label set, by the trace's numbers.
  var stack: UInt32 = 0
  var labels: UInt32 = 0
  var state = State.none
  var reason = WaitReason.nothing
  /// For how many ticks it had been in its state.
  var age: UInt64 = 0

  /// Of an event that has its fields.
  init(_ event: TraceEvent) {
    id = event.task
    parent = event.other
    stack = event.index
    labels = UInt32(clamping: event.executor)
    state = State(rawValue: UInt8(event.value & 7)) ?? .none
    reason = event.reason
    age = UInt64(max(event.value, 0)) >> 3
  }
}
