import CProfiler
import ExecutionTrace
import Pprof
import Symbolization

/// The one recording of a trace that a process has, of the program or of the environment.
enum TraceRecorder {
  private struct State {
    var isOfProgram = false
    var path: String?
    /// Files that triggers have written.
    var written = 0
  }
  private static let state = SessionState(State())
  private static let mostWritten = 16

  static func start(path: String?, keeping: Trace.Keeping, extras: Trace.Extras, triggers: [Trace.Trigger]) throws {
    guard CHalf.isPresent else { throw ProfilingError.unsupportedPlatform }
    var request = lab_trace_request(keeping)
    request.has_suspension_stacks = extras.contains(.stacks)
    request.has_samples = extras.contains(.cpu)
    for trigger in triggers { request.add(trigger) }
    if !triggers.isEmpty, request.window == 0 || path?.contains("%n") != true { throw TraceError.noWindow }
    try HeapProfiler.withoutRecording {
      LabelReader.prepare()
      if extras.contains(.cpu) { try CPUSampler.sessions.begin(.tracer, .hertz(100)) }
      do {
        try begin(request, path)
      } catch {
        if extras.contains(.cpu) { try? CPUSampler.sessions.end(.tracer) { _ in } }
        throw error
      }
      lab_trace_on_trigger(triggers.isEmpty ? nil : onTrigger)
      LabelSets.shared.tellTrace()
    }
  }

  private static func begin(_ request: lab_trace_request, _ path: String?) throws {
    try state.withLock { state in
      let status = (path.map { numbered($0, 0) } ?? "").withCString { file in
        var request = request
        request.path = path == nil ? nil : file
        return lab_trace_start(&request)
      }
      switch status {
      case LAB_TRACE_OK: state = State(isOfProgram: true, path: path)
      case LAB_TRACE_ALREADY_RUNNING: throw ProfilingError.alreadyRunning(.trace)
      case LAB_TRACE_SANITIZER: throw ProfilingError.sanitizer
      case LAB_TRACE_NO_THREAD: throw ProfilingError.noThread
      case LAB_TRACE_NO_FILE: throw TraceError.file(path: path ?? "a file without a name", code: lab_trace_error())
      default: throw ProfilingError.noMemory(for: "tables of the tracer")
      }
    }
  }

  /// The path with a number in place of its first `%n`.
  private static func numbered(_ path: String, _ number: Int) -> String {
    path.replacing("%n", with: String(number), maxReplacements: 1)
  }

  // MARK: - Triggers

  /// Called on the keeper's thread, which has other things to do.
  private static let onTrigger: @convention(c) (UnsafePointer<CChar>?) -> Void = { occasion in
    guard let occasion else { return }
    let words = Unmanaged.passRetained(Occasion(String(cString: occasion)))
    let body: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { words in
      if let words { TraceRecorder.write(Unmanaged<Occasion>.fromOpaque(words).takeRetainedValue().words) }
      return nil
    }
    if lab_thread_detach_own(body, words.toOpaque()) != 0 { words.release() }
  }

  private final class Occasion: Sendable {
    let words: String
    init(_ words: String) { self.words = words }
  }

  /// Writes the window to the next file.
  private static func write(_ occasion: String) {
    HeapProfiler.withoutRecording {
      let path: String? = state.withLock { state in
        guard state.isOfProgram, lab_trace_session() != 0, let path = state.path else { return nil }
        state.written = state.written % mostWritten + 1
        return numbered(path, state.written)
      }
      guard let path else { return }
      do {
        let recorded = try recorded(isOver: false)
        try writeFile(path, try recorded.bytes(forFile: path))
        complain("lab: wrote \(path) (\(recorded.eventCount) events) \(occasion)")
      } catch {
        complain("lab: the trace was not written \(occasion): \(error)")
      }
    }
  }

  static func stop() throws -> RecordedTrace {
    try HeapProfiler.withoutRecording {
      let state = try state.withLock { state in
        guard state.isOfProgram, lab_trace_session() != 0 else { throw ProfilingError.notRunning(.trace) }
        defer { state.isOfProgram = false }
        lab_trace_stop()
        return state
      }
      try? CPUSampler.sessions.end(.tracer) { _ in }
      defer { lab_trace_discard() }
      let recorded = try recorded(isOver: false)
      if let path = state.path.map({ numbered($0, 0) }) {
        try writeFile(path, try recorded.bytes(forFile: path))
      }
      return recorded
    }
  }

  /// Ends it, if it is the program's, and forgets what was recorded.
  static func abandon() {
    state.withLock { state in
      guard state.isOfProgram else { return }
      state.isOfProgram = false
      lab_trace_stop()
      lab_trace_discard()
    }
    try? CPUSampler.sessions.end(.tracer) { _ in }
  }

  /// What has been recorded, with the names of functions. `isOver`: nothing more will be, and the process ends.
  static func recorded(isOver: Bool) throws -> RecordedTrace {
    try HeapProfiler.withoutRecording {
      var count: UInt64 = 0
      lab_trace_settle()
      guard let start = lab_trace_bytes(&count) else { throw ProfilingError.notRunning(.trace) }
      var recorded = try RecordedTrace(
        memory: UnsafeRawBufferPointer(start: start, count: Int(count)), isOver: isOver)
      progress("naming its stacks")
      recorded.add(names(of: recorded.stacks()))
      return recorded
    }
  }

  private static func names(of stacks: [UInt32: [UInt64]]) -> EntryWriter {
    var entries = EntryWriter()
    let naming = TaskNaming(stacks: stacks.values)
    for (number, addresses) in stacks.sorted(by: { $0.key < $1.key }) {
      entries.name(
        stack: number,
        naming.functions(of: addresses, leafIsExact: false).map {
          TraceFrame(function: $0.name, file: $0.file, line: $0.line)
        })
    }
    for (number, labels) in LabelSets.shared.all { entries.label(number, labels) }
    for (sentence, count) in Losses.now.all(of: "trace") { entries.lose(TraceLoss(sentence, count: count)) }
    if let reason = lab_trace_without_tasks() {
      entries.lose(TraceLoss("kind of event is missing, that of tasks: " + String(cString: reason), count: 1))
    }
    if lab_trace_is_full() {
      entries.lose(
        TraceLoss("time the recording stopped, for the file had reached its limit or the disk was full", count: 1))
    }
    return entries
  }
}

extension Trace {
  /// The same trace with the names of the functions on its stacks, as far as files at the paths of its modules are still
  /// the ones that were loaded. Stacks that have names keep them.
  ///
  /// A program that was killed leaves a trace without names.
  public func naming() -> Trace {
    guard stacks.contains(where: { $0.frames.isEmpty && !$0.addresses.isEmpty }) else { return self }
    let images = modules.map { module in
      LoadedImage(
        path: module.path, buildID: module.buildID.hexadecimal, base: module.bias, start: module.code.lowerBound,
        end: module.code.upperBound, fileOffset: module.fileOffset, isMainProgram: module.path == program)
    }
    let nameless = stacks.lazy.filter(\.frames.isEmpty).map(\.addresses)
    let naming = TaskNaming(stacks: nameless, symbolizer: Symbolizer(images: images))
    var named = self
    for index in stacks.indices where stacks[index].frames.isEmpty && !stacks[index].addresses.isEmpty {
      named.stacks[index].frames = naming.functions(of: stacks[index].addresses, leafIsExact: false).map {
        TraceFrame(function: $0.name, file: $0.file, line: $0.line)
      }
    }
    return named
  }
}

extension lab_trace_request {
  fileprivate init(_ keeping: Trace.Keeping) {
    self.init()
    switch keeping {
    case .everything(let bytes): limit = UInt64(clamping: bytes)
    case .last(let time, let bytes):
      // Tables have room beside the window.
      window = UInt64(clamping: max(bytes, 1 << 20))
      limit = window * 16
      window_nanoseconds = UInt64(clamping: time.nanoseconds)
    }
  }

  fileprivate mutating func add(_ trigger: Trace.Trigger) {
    switch trigger {
    case .region(let time): over.0 = UInt64(clamping: max(time.nanoseconds, 1))
    case .wait(let time): over.1 = UInt64(clamping: max(time.nanoseconds, 1))
    case .starvation(let time): over.2 = UInt64(clamping: max(time.nanoseconds, 1))
    }
  }
}

extension [UInt8] {
  fileprivate var hexadecimal: String {
    reduce(into: "") { text, byte in text += (byte < 16 ? "0" : "") + String(byte, radix: 16) }
  }
}
