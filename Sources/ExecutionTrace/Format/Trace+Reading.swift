extension Trace {
  /// No file that is larger is read, in bytes.
  public static let largestFile = 8 << 30

  /// Reads a trace from a file, which may be compressed with gzip, or still being written, or its program was killed: as far
  /// as whole chunks go, and `losses` says what is missing.
  /// - Throws: what is wrong with its beginning, or what the system says.
  public init(contentsOf path: String) throws(TraceError) {
    try self.init(TraceBytes.read(path, limit: Self.largestFile))
  }

  /// The same of a file's bytes.
  public init(bytes: [UInt8]) throws(TraceError) {
    try self.init(bytes.withUnsafeBytes { TraceBytes(copying: $0) })
  }

  init(_ packed: TraceBytes) throws(TraceError) {
    let bytes = try packed.unpacked()
    let header = try TraceHeader(bytes)
    let chunks = TraceChunks(bytes, header)
    var tables = TableDecoder(Trace())
    for chunk in chunks.all where chunk.kind == TraceChunk.Kind.tables.rawValue { tables.add(bytes, chunk) }
    let (read, numbers) = tables.finish()
    self = read
    var threads = Self.byThread(chunks.all)
    Self.number(&texts, in: &threads, bytes, header)
    let clock = TraceClock(
      header, last: Self.lastClock(bytes, header, chunks.all), end: Self.lastTicks(bytes, header, threads))
    self.threads = threads.map(Self.thread)
    let recorded = RecordedEvents(
      bytes: bytes, header: header, threads: threads, clock: clock, numbers: numbers,
      hasBeginning: header.window > 0 || threads.joined().contains(where: \.tellsLiving))
    source = .recorded(recorded)
    version = Int(header.version)
    processors = Int(header.processors)
    start = Int64(clamping: header.realtime) &+ TraceClock.distance(header, clock)
    duration = recorded.lastTime()
    self.clock = Self.words(header, clock)
    losses.append(contentsOf: chunks.losses)
    let lost = max(header.lost, threads.joined().reduce(UInt64(0)) { $0 &+ $1.lost &+ $1.lostAfter })
    if lost > 0 {
      losses.append(TraceLoss("events were lost, for there was no room for them", count: Int(clamping: lost)))
    }
  }

  /// Chunks of events by thread, in the order in which threads came and each thread wrote.
  private static func byThread(_ chunks: [TraceChunk]) -> [[TraceChunk]] {
    var threads: [UInt32: [TraceChunk]] = [:]
    for chunk in chunks where chunk.kind == TraceChunk.Kind.events.rawValue {
      threads[chunk.thread, default: []].append(chunk)
    }
    return threads.sorted { $0.key < $1.key }.map { $0.value.sorted { $0.sequence < $1.sequence } }
  }

  /// Adds the messages in chunks to the texts.
  private static func number(
    _ texts: inout [String], in threads: inout [[TraceChunk]], _ bytes: TraceBytes, _ header: TraceHeader
  ) {
    for thread in threads.indices {
      for place in threads[thread].indices where threads[thread][place].hasTexts {
        threads[thread][place].firstText = UInt32(clamping: texts.count)
        var decoder = ChunkDecoder(bytes, threads[thread][place], shift: header.shift, thread: 0)
        while let event = decoder.next() {
          if event.kind == .log, let text = decoder.text { texts.append(String(decoding: text, as: UTF8.self)) }
        }
      }
    }
  }

  private static func thread(_ chunks: [TraceChunk]) -> TraceThread {
    // Its name may have come later.
    let last = chunks.last { !$0.name.isEmpty }
    return TraceThread(
      id: Int(chunks.first?.tid ?? 0), name: last?.name ?? "", isPool: chunks.contains(where: \.isOfPool),
      isMain: chunks.contains(where: \.isOfMain), isProfilers: chunks.contains(where: \.isOfProfiler))
  }

  /// When the last event was, in ticks.
  private static func lastTicks(_ bytes: TraceBytes, _ header: TraceHeader, _ threads: [[TraceChunk]]) -> UInt64 {
    threads.reduce(0) { last, chunks in
      guard let chunk = chunks.last else { return last }
      var decoder = ChunkDecoder(bytes, chunk, shift: header.shift, thread: 0)
      while decoder.next() != nil {}
      return max(last, decoder.ticks)
    }
  }

  /// The last moment that is told by both clocks.
  private static func lastClock(
    _ bytes: TraceBytes, _ header: TraceHeader, _ chunks: [TraceChunk]
  ) -> (ticks: UInt64, monotonic: UInt64)? {
    var last: (ticks: UInt64, monotonic: UInt64)?
    func consider(_ moment: (ticks: UInt64, monotonic: UInt64)) { if moment.ticks > last?.ticks ?? 0 { last = moment } }
    for chunk in chunks {
      consider((chunk.clock, chunk.monotonic))
      // The profiler's own thread tells it every now and then.
      guard chunk.isOfProfiler, chunk.kind == TraceChunk.Kind.events.rawValue else { continue }
      var decoder = ChunkDecoder(bytes, chunk, shift: header.shift, thread: 0)
      while decoder.next() != nil {}
      consider(decoder.clock)
    }
    return last
  }

  private static func words(_ header: TraceHeader, _ clock: TraceClock) -> String {
    guard header.countsCycles else { return "CLOCK_MONOTONIC" }
    let hundredths = Int((clock.frequency * 100).rounded())
    let fraction = hundredths % 100
    return "tsc \(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction) GHz, invariant"
  }
}
