import ExecutionTrace

/// Traces as programs make them, small.
enum SampleTraces {
  private static func stack(_ function: String, _ builder: inout TraceBuilder) -> UInt32 {
    builder.stack(TraceStack(frames: [TraceFrame(function: function, file: "Sources/Sort.swift", line: 12)]))
  }

  /// A parallel sort on two threads: many tasks of a microsecond and gaps between them, then two long merges; one task
  /// nests, and one is blocked in a lock.
  static var sort: Trace {
    var builder = TraceBuilder(program: "/tmp/sort", duration: 200_000, processors: 2)
    let threads = (0..<2).map { builder.thread(TraceThread(id: 71 + $0, isPool: true)) }
    let (sort, merge, log) = (
      stack("sort(_:)", &builder), stack("merge(_:<_:)", &builder), stack("log(_:)", &builder)
    )
    var id: UInt64 = 0
    func task(_ site: UInt32, _ thread: Int, _ start: Int64, _ length: Int64, ready: Int64 = 300) {
      id += 1
      builder.append(TraceEvent(.taskMade, at: start - ready, thread: threads[1 - thread], task: id, index: site))
      builder.append(TraceEvent(.taskRunnable, at: start - ready, thread: threads[1 - thread], task: id))
      builder.append(TraceEvent(.taskRuns, at: start, thread: threads[thread], task: id))
      builder.append(TraceEvent(.taskEnds, at: start + length, thread: threads[thread], task: id))
    }
    for number in 0..<60 {
      task(number % 3 == 2 ? merge : sort, 0, 1_000 + Int64(number) * 1_500, 700 + Int64(number % 5) * 60)
      task(sort, 1, 1_400 + Int64(number) * 1_500, 500)
    }
    task(merge, 0, 95_000, 60_000)
    // It begins another within itself, and then waits for a lock.
    id += 1
    let outer = id
    builder.append(TraceEvent(.taskMade, at: 92_000, thread: threads[0], task: outer, index: sort))
    builder.append(TraceEvent(.taskRunnable, at: 92_000, thread: threads[0], task: outer))
    builder.append(TraceEvent(.taskRuns, at: 96_000, thread: threads[1], task: outer))
    builder.append(TraceEvent(.taskNests, at: 110_000, thread: threads[1], task: outer))
    task(log, 1, 110_000, 20_000, ready: 0)
    builder.append(TraceEvent(.taskRunsOn, at: 130_000, thread: threads[1], task: outer))
    builder.append(TraceEvent(.callBlocks, at: 140_000, thread: threads[1], task: outer, reason: .lock))
    builder.append(TraceEvent(.callReturns, at: 165_000, thread: threads[1], task: outer, reason: .lock))
    builder.append(TraceEvent(.taskEnds, at: 190_000, thread: threads[1], task: outer))
    return builder.trace()
  }

  /// A region `store` that is short 3,000 times and long four times, and `fibonacci` around it.
  static var regions: Trace {
    var builder = TraceBuilder(program: "/tmp/fibonacci", processors: 1)
    let thread = builder.thread(TraceThread(id: 71, isMain: true))
    let (store, fibonacci, request) = (builder.text("store"), builder.text("fibonacci"), builder.text("request <1>"))
    var time: Int64 = 100
    func tell(_ kind: TraceEvent.Kind, _ name: UInt32) {
      builder.append(TraceEvent(kind, at: time, thread: thread, other: 1, index: name))
    }
    tell(.userTaskBegins, request)
    for number in 0..<3_004 {
      tell(.regionBegins, fibonacci)
      time += 3_000 + Int64(number * 37 % 2_000)
      tell(.regionEnds, fibonacci)
      tell(.regionBegins, store)
      time += number % 751 == 750 ? 4_000_000 << Int64(number / 1_600) : 140 + Int64(number * 13 % 90)
      tell(.regionEnds, store)
      time += 20
    }
    tell(.userTaskEnds, request)
    return builder.trace()
  }
}
