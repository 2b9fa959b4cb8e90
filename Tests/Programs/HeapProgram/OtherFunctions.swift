import AllocatorCalls
import Platform
import Profiling

// Functions that allocate or free, beside malloc and its kin.

private func function<Function>(_ name: String, as type: Function.Type) -> Function? {
  dlsym(nil, name).map { unsafeBitCast($0, to: type) }
}

/// Blocks may be given back by functions that not every C library has.
func sizedFrees() throws {
  func each(_ name: String) {
    let blocks = (0..<4).map { _ in use(malloc(71_101)) }
    let aligned = (0..<2).map { _ in use(aligned_alloc(64, 71_104)) }
    let exist = [
      call_free_sized(blocks[0], 71_101), call_cfree(blocks[1]), call_free_aligned_sized(aligned[0], 64, 71_104),
    ]
    report(name, size: 71_101)
    report("\(name)-aligned", size: 71_104)
    for block in blocks[2...] { free(block) }
    free(aligned[1])
    say("exist", exist.map { $0 ? "yes" : "no" }.joined(separator: " "))
  }
  try recording {
    _ = dlopen("/nonexistent", RTLD_NOW)
    _ = call_free_sized(use(malloc(71_103)), 71_103)
    // That the function was looked up, perhaps in vain, is nothing that the program did.
    say("error-left", dlerror() == nil ? 0 : 1)
    each("recorded")
    say("nil", call_free_sized(nil, 1) && call_free_aligned_sized(nil, 8, 1) && call_cfree(nil) ? 1 : 0)
  }
  try recording { each("again") }
  try HeapProfiler.start(rate: .kibibytes(4))
  let before = HeapProfiler.liveCounters?.size.bytes ?? 0
  for _ in 0..<100 { _ = call_free_sized(use(malloc(1_000_003)), 1_000_003) }
  say("sampled", (HeapProfiler.liveCounters?.size.bytes ?? 0) - before < 1_000_003 ? 1 : 0)
  HeapProfiler.stop()
  _ = call_free_sized(use(malloc(100)), 100)
  // Cleared when they are given back, as all blocks are while the detector is armed.
  try LeakDetector.arm()
  each("armed")
  LeakDetector.disarm()
}

/// Runs `make`, which allocates one block, and frees that.
private func one(_ name: String, _ make: () -> UnsafeMutableRawPointer?) {
  let before = HeapProfiler.liveCounters?.objects ?? 0
  let block = make()
  let meanwhile = HeapProfiler.liveCounters?.objects ?? 0
  free(block)
  let after = HeapProfiler.liveCounters?.objects ?? 0
  say(name, "\(meanwhile - before) \(after - before)")
}

/// What the C library allocates in the program's name.
func libraryBlocks() throws {
  let path = "/tmp/lab-lines-\(getpid())"
  guard let file = fopen(path, "w+") else { return say("error", "no file") }
  defer {
    fclose(file)
    unlink(path)
  }
  for _ in 0..<5000 { fputs("0123456789", file) }
  fputs("\n", file)
  rewind(file)
  let text = String(repeating: "x", count: 5000)
  typealias Pvalloc = @convention(c) (Int) -> UnsafeMutableRawPointer?
  // For a text without a percent sign.
  typealias Print =
    @convention(c) (
      UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>, UnsafePointer<CChar>
    ) -> CInt
  typealias UsableSize = @convention(c) (UnsafeMutableRawPointer?) -> Int
  // Swift's Glibc module leaves them out.
  let pvalloc = function("pvalloc", as: Pvalloc.self)
  let asprintf = function("asprintf", as: Print.self)
  let usableSize = function("malloc_usable_size", as: UsableSize.self)
  try recording {
    one("strdup") { UnsafeMutableRawPointer(strdup(text)) }
    one("strndup") { UnsafeMutableRawPointer(strndup(text, 4000)) }
    one("getline") {
      var line: UnsafeMutablePointer<CChar>?
      var capacity = 0
      return getline(&line, &capacity, file) == 50_001 ? UnsafeMutableRawPointer(line) : nil
    }
    one("asprintf") {
      var made: UnsafeMutablePointer<CChar>?
      _ = asprintf?(&made, text)
      return UnsafeMutableRawPointer(made)
    }
    one("open_memstream") {
      var made: UnsafeMutablePointer<CChar>?
      var size = 0
      guard let stream = open_memstream(&made, &size) else { return nil }
      for _ in 0..<3000 { fputs("0123456789", stream) }
      fclose(stream)
      return UnsafeMutableRawPointer(made)
    }
    one("realpath") { UnsafeMutableRawPointer(realpath("/", nil)) }
    one("pvalloc") { pvalloc?(5000) }
    one("reallocarray") { reallocarray(malloc(10), 1000, 7) }
    one("usable") {
      let block = malloc(1000)
      return usableSize?(block) ?? 0 >= 1000 ? block : nil
    }
  }
}

/// Objects of C++, by a library.
func cPlusPlus() throws {
  typealias Make = @convention(c) (Int) -> UnsafeMutableRawPointer?
  typealias Delete = @convention(c) (UnsafeMutableRawPointer?) -> Void
  guard let path = getenv("MODULE"), let module = dlopen(path, RTLD_NOW) else {
    return say("error", String(cString: dlerror()))
  }
  try recording {
    for name in ["one", "array", "aligned", "sized"] {
      guard let make = dlsym(module, "make_\(name)"), let delete = dlsym(module, "delete_\(name)") else {
        return say("error", name)
      }
      let block = unsafeBitCast(make, to: Make.self)(0)
      report(name, size: 72_008)
      unsafeBitCast(delete, to: Delete.self)(block)
      report("\(name)-deleted", size: 72_008)
    }
  }
}
