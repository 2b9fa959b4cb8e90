import Pprof

/// A trace as it was recorded: bytes that have yet to be put into a file.
///
/// In the file chunks follow one another without the room that was left in them, all of them sealed.
public struct RecordedTrace: Sendable {
  let bytes: TraceBytes
  private(set) var header: TraceHeader
  private let chunks: [TraceChunk]
  /// Entries of tables that are told at the end.
  private var late: [UInt8] = []
  private var rename: (@Sendable (String) -> String)?

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

  init(_ bytes: TraceBytes) throws(TraceError) {
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
      case chunks.count + 1: late.isEmpty ? [] : Self.chunk(.ofTables(chunks.last), renamed(late))
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
    return copy
  }

  private func file(_ chunk: TraceChunk) -> [UInt8] {
    let payload = Array(bytes.slice(chunk.payload))
    return Self.chunk(chunk, chunk.kind == TraceChunk.Kind.tables.rawValue ? renamed(payload) : payload)
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

  // MARK: - Other paths

  /// Entries of tables with the paths of files as they are to be.
  private func renamed(_ entries: [UInt8]) -> [UInt8] {
    guard let rename else { return entries }
    let bytes = entries.withUnsafeBytes { TraceBytes(copying: $0) }
    var cursor = TraceCursor(bytes, 0..<bytes.count)
    var out = EntryWriter()
    while let kind = cursor.byte(), let count = cursor.number() {
      let start = cursor.position
      guard cursor.bytes(count) != nil else { break }
      guard let kind = TraceEntry(rawValue: kind) else { continue }
      let contents = TraceCursor(bytes, start..<start + Int(count))
      out.add(kind) { $0.bytes = Self.renamed(kind, contents, rename) }
    }
    return out.bytes
  }

  private static func renamed(
    _ kind: TraceEntry, _ contents: TraceCursor, _ rename: (String) -> String
  ) -> [UInt8] {
    var rest = contents
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

  /// All pieces in one.
  public func bytes(forFile name: String) throws -> [UInt8] { Array(pieces().joined()) }
  /// A piece a chunk.
  public func pieces(forFile name: String) throws -> any Collection<[UInt8]> { pieces() }

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
  /// Of files.
  public static let suffix = ".trace"
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
