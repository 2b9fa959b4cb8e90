import CProfiler
import Symbolization

/// The Swift library that a program has in its own file, beside that of a preloaded profiler.
struct ProgramRuntime {
  private var symbolizer: Symbolizer

  /// Nil if there is none: this code then uses the program's own runtime.
  init?(_ symbolizer: Symbolizer = Symbolizer()) {
    self.symbolizer = symbolizer
    let own = unsafeBitCast(lab_heap_stop as @convention(c) () -> Void, to: UInt.self)
    let isInProgram = symbolizer.image(at: UInt64(own)).map { symbolizer.images[$0].isMainProgram } ?? false
    guard !isInProgram, self.symbolizer.programSummary()?.hasStaticSwift == true else { return nil }
  }

  /// Its function that finds types by their names; nil if the file does not tell where, for it was stripped.
  var inContext: TypeFinder.InContext? {
    mutating get { function("swift_getTypeByMangledNameInContext") }
  }

  /// The same for names whose generic parameters are given one by one.
  var inEnvironment: TypeFinder.InEnvironment? {
    mutating get { function("swift_getTypeByMangledNameInEnvironment") }
  }

  private mutating func function(_ name: String) -> TypeFinder.InContext? {
    symbolizer.address(ofProgramSymbol: name).flatMap { UnsafeRawPointer(bitPattern: UInt($0)) }
      .map { unsafeBitCast($0, to: TypeFinder.InContext.self) }
  }

  /// Tells the scan how to know the program's tasks, and where its libdispatch keeps spent continuations.
  mutating func describeToScan() {
    var tasks = lab_task_layout()
    if let size = variable("asyncTaskSize", as: UInt32.self), let mark = variable("asyncTaskMetadata", as: UInt.self),
      let slabMark = variable("asyncTaskSlabMetadata", as: UInt.self),
      variable("internal_layout_version", as: UInt32.self) == 1
    {
      tasks = lab_task_layout(size: size, mark: mark, slab_mark: slabMark)
    }
    lab_runtime_use_program(tasks, Int(clamping: symbolizer.offset(ofProgramThreadLocal: "__dispatch_tsd") ?? .max))
  }

  /// One of the variables that the runtime has for debuggers.
  private mutating func variable<Value: FixedWidthInteger>(_ name: String, as type: Value.Type) -> Value? {
    guard let address = symbolizer.address(ofProgramSymbol: "_swift_concurrency_debug_\(name)") else { return nil }
    return withUnsafeTemporaryAllocation(of: Value.self, capacity: 1) { value in
      lab_read_memory(UInt(address), value.baseAddress, MemoryLayout<Value>.size) ? value[0] : nil
    }
  }
}
