import Pprof

/// A trace as it was recorded: bytes that have yet to be put into a file.
///
/// In the file chunks follow one another without the room that was left in them, all of them sealed.
public struct RecordedTrace: Sendable {
  let bytes: TraceBytes
  private(set) var header: TraceHeader
  private var chunks: [TraceChunk]
  /// Entries of tables that are told at the end.
  private var late: [UInt8] = []
  private var rename: (@Sendable (String) -> String)?
  /// Whether of the program its name alone is told.
  private var namesProgram = false
  /// How many events were lost, if it is not as many as the header says.
  private var lost: UInt64?
  /// The stacks that stay in the tables, and those of them that need no addresses, for they have names; nil: all, as they are.
  private var shownStacks: (kept: Set<UInt32>, named: Set<UInt32>)?

  /// Of the memory that a recording is in; `isOver`: nobody writes there any more, and it stays as long as this does. Else
  /// what is there now is copied.
  /// - Throws: `TraceError` if there is no trace.
  package init(memory: UnsafeRawBufferPointer, isOver: Bool) throws(TraceError) {
    try self.init(isOver ? TraceBytes(borrowing: memory) : TraceBytes(copying: memory))
    // What was written over while it was copied is no more in it than what was before.
    if !isOver, header.window > 0, memory.count >= TraceHeader.writtenSize {
      header.since = max(header.since, memory.loadUnaligned(fromByteOffset: 80, as: UInt64.self))
    }
  }

  init(_ packed: TraceBytes) throws(TraceError) {
    let bytes = try packed.unpacked()
    self.bytes = bytes
    let header = try TraceHeader(bytes)
    self.header = header
    chunks = Self.kept(TraceChunks(bytes, header).all.map { Self.counted($0, bytes, header.shift) }, header)
  }

  /// How many events there are.
  public var eventCount: Int {
    chunks.reduce(0) { $0 + ($1.kind == TraceChunk.Kind.events.rawValue ? Int($1.events) : 0) }
  }

  /// How many bytes they take, without tables and headers.
  public var eventBytes: Int {
    chunks.reduce(0) { $0 + ($1.kind == TraceChunk.Kind.events.rawValue ? $1.used : 0) }
  }

  /// The addresses of its stacks, leaf first, by the file's numbers.
  package func stacks() -> [UInt32: [UInt64]] {
    var tables = TableDecoder(Trace())
    for chunk in chunks where chunk.kind == TraceChunk.Kind.tables.rawValue { tables.add(bytes, chunk) }
    let (trace, numbers) = tables.finish()
    return numbers.stacks.enumerated().reduce(into: [:]) { stacks, entry in
      if entry.element != 0 { stacks[UInt32(entry.offset)] = trace.stacks[Int(entry.element)].addresses }
    }
  }

  /// Adds entries to its tables.
  package mutating func add(_ entries: EntryWriter) { late += entries.bytes }

  /// The trace, read.
  /// - Throws: `TraceError`.
  public func trace() throws(TraceError) -> Trace {
    try Trace(bytes: Array(pieces().joined()))
  }

  /// What happened up to a time, in nanoseconds since the start, as a trace of its own, with all that its events refer to;
  /// of stacks that have names without their addresses.
  /// - Throws: `TraceError`.
  public func first(_ time: Int64) throws(TraceError) -> RecordedTrace {
    guard case .recorded(let events) = try Trace(bytes).source else { throw .hasNoBytes }
    var cut = self
    cut.chunks = chunks.compactMap { chunk in
      guard chunk.kind == TraceChunk.Kind.events.rawValue else { return chunk }
      let part = Self.part(of: chunk, bytes, header.shift) { events.clock.time($0) < time }
      return part.used > 0 ? part : nil
    }
    cut.lost = cut.chunks.reduce(0) { $0 &+ $1.lost &+ $1.lostAfter }
    cut.shownStacks = (cut.stacksOfEvents(), namedStacks())
    return cut
  }

  private func stacksOfEvents() -> Set<UInt32> {
    var stacks: Set<UInt32> = []
    for chunk in chunks where chunk.kind == TraceChunk.Kind.events.rawValue {
      var decoder = ChunkDecoder(bytes, chunk, shift: header.shift, thread: 0)
      while let event = decoder.next() {
        if let living = decoder.living {
          stacks.insert(living.stack)
        } else if event.kind.hasStack {
          stacks.insert(event.index)
        }
      }
    }
    return stacks
  }

  private func namedStacks() -> Set<UInt32> {
    var stacks: Set<UInt32> = []
    for chunk in chunks where chunk.kind == TraceChunk.Kind.tables.rawValue {
      Self.forEachEntry(Array(bytes.slice(chunk.payload))) { kind, contents in
        var contents = contents
        if kind == .names, let number = contents.number() { stacks.insert(UInt32(clamping: number)) }
      }
    }
    return stacks
  }

  /// A chunk up to its first event that is too late.
  private static func part(
    of chunk: TraceChunk, _ bytes: TraceBytes, _ shift: UInt32, isInTime: (UInt64) -> Bool
  ) -> TraceChunk {
    var part = chunk
    (part.used, part.events) = (0, 0)
    var decoder = ChunkDecoder(bytes, chunk, shift: shift, thread: 0)
    while decoder.next() != nil, isInTime(decoder.ticks) {
      part.events &+= 1
      part.used = decoder.position - chunk.payload.lowerBound
    }
    // What is true of its end is not of an earlier one.
    if part.used < chunk.used { (part.end, part.lostAfter) = (0, 0) }
    return part
  }

  /// Who wrote a chunk counts its events when it is sealed.
  private static func counted(_ chunk: TraceChunk, _ bytes: TraceBytes, _ shift: UInt32) -> TraceChunk {
    guard !chunk.isSealed, chunk.kind == TraceChunk.Kind.events.rawValue else { return chunk }
    var chunk = chunk
    var decoder = ChunkDecoder(bytes, chunk, shift: shift, thread: 0)
    var count: UInt32 = 0
    while decoder.next() != nil { count &+= 1 }
    chunk.events = count
    return chunk
  }

  /// Of a window, what is not older than it, or than when it was told last before what all tasks are at: a chunk is over
  /// when the same thread's next one begins.
  private static func kept(_ chunks: [TraceChunk], _ header: TraceHeader) -> [TraceChunk] {
    guard header.window > 0, let last = chunks.map(\.monotonic).max(), last > header.window else { return chunks }
    let first = chunks.filter { $0.monotonic >= last - header.window }.map(\.clock).min() ?? 0
    let ordered = chunks.sorted { ($0.thread, $0.sequence) < ($1.thread, $1.sequence) }
    let told = ordered.lastTold(before: first, since: header.since)
    let start = min(last - header.window, chunks.first { $0.tellsLiving && $0.ticks == told }?.monotonic ?? .max)
    var next: [UInt32: UInt64] = [:]
    var kept: [TraceChunk] = []
    for chunk in chunks.sorted(by: { $0.sequence > $1.sequence }) {
      let isOfEvents = chunk.kind == TraceChunk.Kind.events.rawValue
      if !isOfEvents || next[chunk.thread] ?? .max > start { kept.append(chunk) }
      if isOfEvents { next[chunk.thread] = chunk.monotonic }
    }
    return kept.sorted { $0.sequence < $1.sequence }
  }

  // MARK: - The file

  /// Its pieces, made when they are asked for.
  func pieces() -> some Collection<[UInt8]> {
    (0..<chunks.count + 2).lazy.map { number in
      switch number {
      case 0: fileHeader()
      case chunks.count + 1: late.isEmpty ? [] : Self.chunk(.ofTables(chunks.last), rewritten(late))
      default: file(chunks[number - 1])
      }
    }
  }

  private func fileHeader() -> [UInt8] {
    var copy = Array(bytes.slice(0..<TraceHeader.size))
    copy += [UInt8](repeating: 0, count: TraceHeader.writtenSize - TraceHeader.size)
    Self.put(UInt32(TraceHeader.writtenSize), at: 12, in: &copy)
    Self.put(header.since, at: 80, in: &copy)
    Self.put(UInt32(0), at: 16, in: &copy)
    // It is whole.
    Self.put(header.flags | 2, at: 20, in: &copy)
    if let lost { Self.put(lost, at: 72, in: &copy) }
    return copy
  }

  private func file(_ chunk: TraceChunk) -> [UInt8] {
    let payload = Array(bytes.slice(chunk.payload))
    return Self.chunk(chunk, chunk.kind == TraceChunk.Kind.tables.rawValue ? rewritten(payload) : payload)
  }

  /// A sealed chunk of such a payload.
  private static func chunk(_ chunk: TraceChunk, _ payload: [UInt8]) -> [UInt8] {
    var out = [UInt8](repeating: 0, count: TraceChunk.writtenSize)
    put(TraceChunk.magic, at: 0, in: &out)
    out[4] = chunk.kind
    out[5] = chunk.flags | TraceChunk.sealed
    put(UInt16(TraceChunk.writtenSize), at: 6, in: &out)
    let length = (TraceChunk.writtenSize + payload.count + 7) & ~7
    put(UInt32(length), at: 8, in: &out)
    put(UInt32(payload.count), at: 12, in: &out)
    put(chunk.sequence, at: 16, in: &out)
    put(chunk.ticks, at: 24, in: &out)
    put(chunk.clock, at: 32, in: &out)
    put(chunk.monotonic, at: 40, in: &out)
    put(chunk.task, at: 48, in: &out)
    put(chunk.thread, at: 56, in: &out)
    put(chunk.tid, at: 60, in: &out)
    put(chunk.lost, at: 64, in: &out)
    put(chunk.events, at: 72, in: &out)
    out.replaceSubrange(80..<96, with: Array((Array(chunk.name.utf8) + [UInt8](repeating: 0, count: 16)).prefix(16)))
    put(chunk.end, at: 96, in: &out)
    var sum = CRC32C()
    out.withUnsafeBytes { sum.add($0) }
    payload.withUnsafeBytes { sum.add($0) }
    put(sum.value, at: 76, in: &out)
    put(chunk.lostAfter, at: 104, in: &out)
    return out + payload + [UInt8](repeating: 0, count: length - TraceChunk.writtenSize - payload.count)
  }

  private static func put<Number: FixedWidthInteger>(_ number: Number, at offset: Int, in bytes: inout [UInt8]) {
    withUnsafeBytes(of: number.littleEndian) { bytes.replaceSubrange(offset..<offset + $0.count, with: $0) }
  }

  // MARK: - Other tables

  /// Entries of tables with the stacks that stay, and the paths of files as they are to be.
  private func rewritten(_ entries: [UInt8]) -> [UInt8] {
    guard rename != nil || shownStacks != nil || namesProgram else { return entries }
    var out = EntryWriter()
    Self.forEachEntry(entries) { kind, contents in
      guard let contents = shown(kind, contents) else { return }
      out.add(kind) { entry in
        if kind == .program, namesProgram {
          entry.text(Self.programName(contents))
        } else if let rename {
          entry.bytes = Self.renamed(kind, contents, rename)
        } else {
          entry.bytes = contents
        }
      }
    }
    return out.bytes
  }

  private static func forEachEntry(_ entries: [UInt8], _ body: (TraceEntry, TraceCursor) -> Void) {
    let bytes = entries.withUnsafeBytes { TraceBytes(copying: $0) }
    withExtendedLifetime(bytes) {
      var cursor = TraceCursor(bytes, 0..<bytes.count)
      while let kind = cursor.byte(), let count = cursor.number() {
        let start = cursor.position
        guard cursor.bytes(count) != nil else { break }
        guard let kind = TraceEntry(rawValue: kind) else { continue }
        body(kind, TraceCursor(bytes, start..<start + Int(count)))
      }
    }
  }

  /// What an entry is to hold; nil if it is to go.
  private func shown(_ kind: TraceEntry, _ contents: TraceCursor) -> [UInt8]? {
    var rest = contents
    var number = contents
    guard let shownStacks, kind == .stack || kind == .names, let stack = number.number() else {
      return Array(rest.rest())
    }
    guard shownStacks.kept.contains(UInt32(clamping: stack)) else { return nil }
    guard kind == .stack, shownStacks.named.contains(UInt32(clamping: stack)) else { return Array(rest.rest()) }
    var entry = EntryWriter.Contents()
    entry.number(stack)
    entry.number(0)
    return entry.bytes
  }

  /// The last part of the path that an entry has.
  private static func programName(_ contents: [UInt8]) -> String {
    let bytes = contents.withUnsafeBytes { TraceBytes(copying: $0) }
    return withExtendedLifetime(bytes) {
      var rest = TraceCursor(bytes, 0..<bytes.count)
      return (rest.text() ?? "").split(separator: "/").last.map(String.init) ?? ""
    }
  }

  private static func renamed(
    _ kind: TraceEntry, _ contents: [UInt8], _ rename: (String) -> String
  ) -> [UInt8] {
    let bytes = contents.withUnsafeBytes { TraceBytes(copying: $0) }
    defer { withExtendedLifetime(bytes) {} }
    var rest = TraceCursor(bytes, 0..<bytes.count)
    var out = EntryWriter.Contents()
    switch kind {
    case .program:
      out.text(rename(rest.text() ?? ""))
    case .module:
      for _ in 0..<4 { out.number(rest.number() ?? 0) }
      let size = rest.number() ?? 0
      out.number(size)
      if let buildID = rest.bytes(size) { out.bytes += Array(buildID) }
      let path = String(decoding: rest.rest(), as: UTF8.self)
      out.bytes += Array(rename(path).utf8)
    case .text:
      let number = rest.number() ?? 0
      out.number(number)
      let text = String(decoding: rest.rest(), as: UTF8.self)
      // Names of source files are among those that were told at the end.
      out.bytes += Array((number >= EntryWriter.firstLateText ? rename(text) : text).utf8)
    default: break
    }
    out.bytes += Array(rest.rest())
    return out.bytes
  }
}

extension TraceChunk {
  /// The header of one more chunk of tables, after the last there is.
  fileprivate static func ofTables(_ last: TraceChunk?) -> TraceChunk {
    var chunk = TraceChunk()
    chunk.kind = Kind.tables.rawValue
    chunk.sequence = (last?.sequence ?? 0) &+ 1
    chunk.clock = last?.clock ?? 0
    chunk.monotonic = last?.monotonic ?? 0
    return chunk
  }
}

// MARK: - Contents of files

extension RecordedTrace: ProfileContents {
  /// The same as of a trace that was read.
  public static let suffix = Trace.suffix
  /// Every event is there, or counted as lost.
  public static let coverage = Trace.coverage

  /// Of a file's bytes.
  /// - Throws: `TraceError`.
  public init(fileBytes: [UInt8]) throws {
    try self.init(fileBytes.withUnsafeBytes { TraceBytes(copying: $0) })
  }

  /// All pieces in one; compressed with gzip if the name ends in `.gz`.
  public func bytes(forFile name: String) throws -> [UInt8] {
    let bytes = Array(pieces().joined())
    return name.hasSuffix(".gz") ? try gzip(bytes) : bytes
  }
  /// A piece a chunk, or one in all if it is compressed.
  public func pieces(forFile name: String) throws -> any Collection<[UInt8]> {
    name.hasSuffix(".gz") ? [try bytes(forFile: name)] : pieces()
  }

  /// The same with another path for each source file, each module and the program.
  public func renamingFiles(_ rename: (String) -> String) -> RecordedTrace {
    var renamed = self
    // All paths that there are, for what renames them may not outlive the call.
    let paths = (try? trace()).map(Self.paths) ?? []
    let names = Dictionary(uniqueKeysWithValues: paths.map { ($0, rename($0)) })
    let former = self.rename
    renamed.rename = { path in names[former?(path) ?? path] ?? former?(path) ?? path }
    return renamed
  }

  /// The same with the program's name in the place of its path and its arguments, which tell of the machine that it ran on.
  public func namingProgramAlone() -> RecordedTrace {
    var named = self
    named.namesProgram = true
    return named
  }

  private static func paths(_ trace: Trace) -> Set<String> {
    var paths = Set(trace.modules.map(\.path))
    paths.insert(trace.program)
    for stack in trace.stacks { paths.formUnion(stack.frames.map(\.file)) }
    return paths
  }

  /// Figures say it.
  public var text: String? { nil }
  /// What it took.
  public var facts: [(name: String, value: String)] {
    let count = eventCount
    guard count > 0 else { return [("Events", "0")] }
    let tenths = (eventBytes * 10 + count / 2) / count
    return [("Events", String(count)), ("Bytes an event", "\(tenths / 10).\(tenths % 10)")]
  }
}

extension Trace: ProfileContents {
  /// Of captures: they are kept compressed.
  public static let suffix = ".trace.gz"
  /// Every event is there, or counted as lost.
  public static let coverage = ProfileCoverage.all(of: "events")

  /// Of a file's bytes.
  /// - Throws: `TraceError`.
  public init(fileBytes: [UInt8]) throws { try self.init(bytes: fileBytes) }

  /// The bytes that it was read from, without the room that was left in them.
  /// - Throws: `TraceError.hasNoBytes` if it was made of single events.
  public func bytes(forFile name: String) throws -> [UInt8] { try recorded().bytes(forFile: name) }
  /// The same in pieces.
  /// - Throws: `TraceError.hasNoBytes` if it was made of single events.
  public func pieces(forFile name: String) throws -> any Collection<[UInt8]> { try recorded().pieces(forFile: name) }

  /// The same with another path for each source file, each module and the program.
  public func renamingFiles(_ rename: (String) -> String) -> Trace {
    (try? recorded().renamingFiles(rename).trace()) ?? self
  }

  /// Figures say it.
  public var text: String? { nil }
  /// What it took.
  public var facts: [(name: String, value: String)] { (try? recorded().facts) ?? [] }

  private func recorded() throws(TraceError) -> RecordedTrace {
    guard case .recorded(let events) = source else { throw .hasNoBytes }
    return try RecordedTrace(events.bytes)
  }
}
