import CProfiler
import ExecutionTrace
import Pprof
import Symbolization

/// The one recording of a trace that a process has, of the program or of the environment.
enum TraceRecorder {
  private struct State {
    var isOfProgram = false
    var path: String?
  }
  private static let state = SessionState(State())

  static func start(path: String?, keeping: Trace.Keeping) throws {
    guard CHalf.isPresent else { throw ProfilingError.unsupportedPlatform }
    try HeapProfiler.withoutRecording {
      try state.withLock { state in
        switch begin(path, keeping) {
        case LAB_TRACE_OK: state = State(isOfProgram: true, path: path)
        case LAB_TRACE_ALREADY_RUNNING: throw ProfilingError.alreadyRunning(.trace)
        case LAB_TRACE_SANITIZER: throw ProfilingError.sanitizer
        case LAB_TRACE_NO_THREAD: throw ProfilingError.noThread
        case LAB_TRACE_NO_FILE: throw TraceError.file(path: path ?? "a file without a name", code: lab_trace_error())
        default: throw ProfilingError.noMemory(for: "tables of the tracer")
        }
      }
    }
  }

  private static func begin(_ path: String?, _ keeping: Trace.Keeping) -> lab_trace_status {
    LabelReader.prepare()
    switch keeping {
    case .everything(let limit): return lab_trace_start(path, UInt64(clamping: limit), 0, 0)
    case .last(let time, let bytes):
      // Tables have room beside the window.
      return lab_trace_start(
        path, UInt64(clamping: max(bytes, 1 << 20)) * 16, UInt64(clamping: bytes), UInt64(clamping: time.nanoseconds))
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
      defer { lab_trace_discard() }
      let recorded = try recorded(isOver: false)
      if let path = state.path { try writeFile(path, try recorded.bytes(forFile: path)) }
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
  }

  /// What has been recorded, with the names of functions. `isOver`: nothing more will be, and the process ends.
  static func recorded(isOver: Bool) throws -> RecordedTrace {
    try HeapProfiler.withoutRecording {
      var count: UInt64 = 0
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

extension [UInt8] {
  fileprivate var hexadecimal: String {
    reduce(into: "") { text, byte in text += (byte < 16 ? "0" : "") + String(byte, radix: 16) }
  }
}
