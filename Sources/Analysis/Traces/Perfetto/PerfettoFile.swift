import ExecutionTrace

/// The packets of a file for Perfetto.
struct PerfettoFile {
  /// Numbers of fields, and values, of Perfetto's messages.
  private enum Field {
    static let packet = 1
    static let (timestamp, sequence, event, interned, flags, descriptor) = (8, 10, 11, 12, 13, 60)
    static let (eventType, eventTrack, eventCategory, eventName, eventArgument) = (9, 11, 22, 10, 4)
    static let (eventCounter, flowBegins, flowEnds) = (30, 47, 48)
    static let (argumentName, argumentText, argumentNumber) = (10, 6, 3)
    static let (trackID, trackName, trackProcess, trackThread, trackParent, trackCounter) = (1, 2, 3, 4, 5, 8)
    static let (internedNames, internedID, internedText) = (2, 1, 2)
  }
  private enum EventType: UInt64 { case begin = 1, end, instant, counter }

  private let trace: Trace
  private let functions: [String]
  private let process: UInt64 = 1
  private var lastTrack: UInt64 = 1
  private var names: [String: UInt64] = [:]
  private var out = ProtobufWriter()

  var bytes: [UInt8] { out.bytes }

  /// - Parameter functions: By family, who made its tasks.
  init(_ trace: Trace, functions: [String]) {
    (self.trace, self.functions) = (trace, functions)
    // What follows refers to names that this sequence has interned.
    packet { $0.number(Field.flags, UInt64(1)) }
    let name = trace.program.isEmpty ? "program" : trace.program
    packet { packet in
      packet.message(Field.descriptor) { track in
        track.number(Field.trackID, 1 as UInt64)
        track.message(Field.trackProcess) { process in
          process.number(1, 1 as UInt64)
          process.text(6, name)
        }
      }
    }
  }

  private mutating func packet(at time: Int64? = nil, _ body: (inout ProtobufWriter) -> Void) {
    out.message(Field.packet) { packet in
      if let time { packet.number(Field.timestamp, time) }
      packet.number(Field.sequence, 1 as UInt64)
      body(&packet)
    }
  }

  // MARK: - Tracks

  /// A new track of a thread.
  mutating func thread(_ thread: TraceThread) -> UInt64 {
    lastTrack += 1
    let (id, process) = (lastTrack, process)
    packet { packet in
      packet.message(Field.descriptor) { track in
        track.number(Field.trackID, id)
        track.number(Field.trackParent, process)
        track.message(Field.trackThread) { its in
          its.number(1, 1 as UInt64)
          its.number(2, Int64(thread.id))
          its.text(5, thread.shownName)
        }
      }
    }
    return id
  }

  /// A new track below another, or below the process.
  mutating func track(named name: String, in parent: UInt64?, isCounter: Bool = false, isSize: Bool = false) -> UInt64 {
    lastTrack += 1
    let (id, process) = (lastTrack, process)
    packet { packet in
      packet.message(Field.descriptor) { track in
        track.number(Field.trackID, id)
        track.text(Field.trackName, name)
        track.number(Field.trackParent, parent ?? process)
        if isCounter { track.message(Field.trackCounter) { if isSize { $0.number(3, 3 as UInt64) } } }
      }
    }
    return id
  }

  // MARK: - Slices

  /// Writes slices, each after those that it lies in and before those that it holds; and moments from which flows lead.
  mutating func write(_ slices: [PerfettoSlice], _ wakeups: [(time: Int64, flow: UInt64)], to track: UInt64) {
    let order = slices.enumerated().sorted {
      ($0.element.from, $1.element.to, $0.offset) < ($1.element.from, $0.element.to, $1.offset)
    }
    var wakes = wakeups.sorted { ($0.time, $0.flow) < ($1.time, $1.flow) }[...]
    var open: [Int64] = []
    for slice in order.map(\.element) {
      while let end = open.last, end <= slice.from {
        wake(&wakes, before: end, track)
        open.removeLast()
        self.end(at: end, track)
      }
      wake(&wakes, before: slice.from, track)
      // Whatever is told: what began within another ends within it.
      let end = min(slice.to, open.last ?? slice.to)
      begin(slice, track)
      open.append(max(end, slice.from))
    }
    while let end = open.popLast() {
      wake(&wakes, before: end, track)
      self.end(at: end, track)
    }
    wake(&wakes, before: .max, track)
  }

  private mutating func wake(
    _ wakes: inout ArraySlice<(time: Int64, flow: UInt64)>, before time: Int64, _ track: UInt64
  ) {
    while let wake = wakes.first, wake.time < time {
      wakes.removeFirst()
      event(.instant, named: "wakeup", at: wake.time, track) { $0.fixed64(Field.flowBegins, wake.flow) }
    }
  }

  private mutating func begin(_ slice: PerfettoSlice, _ track: UInt64) {
    let labels = trace.labelSets.indices.contains(Int(slice.labels)) ? trace.labelSets[Int(slice.labels)] : []
    let userTask = text(slice.userTask)
    event(.begin, named: name(of: slice), at: slice.from, track) { event in
      event.text(Field.eventCategory, slice.category.name)
      if slice.flow != 0 { event.fixed64(Field.flowEnds, slice.flow) }
      func argument(_ name: String, _ value: (inout ProtobufWriter) -> Void) {
        event.message(Field.eventArgument) { argument in
          argument.text(Field.argumentName, name)
          value(&argument)
        }
      }
      if slice.task != 0 { argument("task") { $0.number(Field.argumentNumber, slice.task) } }
      if slice.reason != .nothing { argument("reason") { $0.text(Field.argumentText, "\(slice.reason)") } }
      for label in labels { argument("label \(label.key)") { $0.text(Field.argumentText, label.value) } }
      if !userTask.isEmpty { argument("user task") { $0.text(Field.argumentText, userTask) } }
    }
  }

  private mutating func end(at time: Int64, _ track: UInt64) { event(.end, named: nil, at: time, track) { _ in } }

  private func text(_ number: UInt32) -> String {
    number > 0 && trace.texts.indices.contains(Int(number)) ? trace.texts[Int(number)] : ""
  }

  private func name(of slice: PerfettoSlice) -> String {
    switch slice.category {
    case .run: functions.indices.contains(Int(slice.site)) ? functions[Int(slice.site)] : "task"
    case .job: text(slice.text).isEmpty ? "a job" : text(slice.text)
    case .blocked, .suspended: slice.reason.words
    case .region, .userTask: text(slice.text)
    case .running, .ready, .queued, .nesting, .unbegun: slice.category.name
    }
  }

  // MARK: - Counters

  /// Writes how many tasks live, are ready, and how many threads run, over time.
  mutating func write(_ counts: [(time: Int64, counts: TraceCounts)], endingAt end: Int64) {
    for (name, path) in [
      ("live tasks", \TraceCounts.live), ("ready tasks", \.ready), ("threads running", \.running),
    ] as [(String, KeyPath<TraceCounts, Int>)] {
      let track = self.track(named: name, in: nil, isCounter: true)
      var last: Int?
      for (time, counts) in counts where counts[keyPath: path] != last {
        last = counts[keyPath: path]
        counter(Int64(counts[keyPath: path]), at: time, track)
      }
      if let last { counter(Int64(last), at: end, track) }
    }
  }

  /// Writes what the recorder noted.
  mutating func write(_ values: [(time: Int64, value: Int64)], counter name: UInt32) {
    let name = text(name)
    let track = self.track(named: name, in: nil, isCounter: true, isSize: name == "RSS" || name.hasSuffix("bytes"))
    for (time, value) in values { counter(value, at: time, track) }
  }

  private mutating func counter(_ value: Int64, at time: Int64, _ track: UInt64) {
    event(.counter, named: nil, at: time, track) { $0.number(Field.eventCounter, value) }
  }

  /// Writes an event; a name that is new is told with it.
  private mutating func event(
    _ type: EventType, named name: String?, at time: Int64, _ track: UInt64, _ body: (inout ProtobufWriter) -> Void
  ) {
    var number: UInt64 = 0
    var isNew = false
    if let name {
      isNew = names[name] == nil
      number = names[name] ?? UInt64(names.count) + 1
      names[name] = number
    }
    packet(at: time) { packet in
      packet.number(Field.flags, 2 as UInt64)
      if isNew, let name {
        packet.message(Field.interned) { interned in
          interned.message(Field.internedNames) { its in
            its.number(Field.internedID, number)
            its.text(Field.internedText, name)
          }
        }
      }
      packet.message(Field.event) { event in
        event.number(Field.eventType, type.rawValue)
        event.number(Field.eventTrack, track)
        if number != 0 { event.number(Field.eventName, number) }
        body(&event)
      }
    }
  }
}
