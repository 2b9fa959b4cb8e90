import Pprof

/// Whose code a frame is: the reader's own, or what it stands on.
///
/// Figures colour frames by it, so that "my code" and "the allocator" are told apart at a glance.
public enum FrameOrigin: UInt8, Sendable, Hashable, CaseIterable {
  /// The observed program and the packages built into it.
  case app
  /// The Swift standard library and runtime, concurrency included; for other languages their runtime.
  case runtime
  /// Foundation and Dispatch.
  case foundation
  /// The C library, the loader, other shared libraries.
  case system
  /// Code in the kernel.
  case kernel

  /// The origin of a function that lies in a mapping.
  ///
  /// The shared library decides when there is one. In the program itself, and everywhere with a static standard
  /// library, the module in the mangled name does (`$ss…` is the standard library, `$s10Foundation…` Foundation);
  /// plain names decide last.
  public init(function: Function?, mapping: Mapping?) {
    let library = mapping.map { Self.lastComponent($0.file) } ?? ""
    if let origin = Self.origin(ofLibrary: library) {
      self = origin
      return
    }
    self = function.flatMap { Self.origin(ofFunction: $0) } ?? .app
  }

  private static func origin(ofLibrary name: String) -> FrameOrigin? {
    if name.isEmpty { return nil }
    if name.hasPrefix("[") { return name.hasPrefix("[kernel") ? .kernel : .system }
    guard name.hasPrefix("lib") || name.hasPrefix("ld-") || name.hasPrefix("ld.") else { return nil }
    if name.hasPrefix("ld-") || name.hasPrefix("ld.") { return .system }
    if name.hasPrefix("libFoundation") || name.hasPrefix("lib_Foundation") || name.hasPrefix("libdispatch") {
      return .foundation
    }
    if name.hasPrefix("libswift") || name.hasPrefix("libBlocksRuntime") { return .runtime }
    // A shared library of the user's own also begins with "lib": only well-known ones are the system's.
    let stem = name.prefix { $0 != "." && $0 != "-" }
    return systemLibraries.contains(String(stem)) ? .system : nil
  }

  private static let systemLibraries: Set<String> = [
    "libc", "libm", "libpthread", "librt", "libdl", "libstdc++", "libgcc_s", "libutil", "libresolv", "libz",
    "libcurl", "libxml2", "libssl", "libcrypto", "libunwind",
  ]

  private static func origin(ofFunction function: Function) -> FrameOrigin? {
    let mangled = function.systemName
    if mangled.hasPrefix("$s") || mangled.hasPrefix("$S") {
      let rest = mangled.dropFirst(2)
      if rest.hasPrefix("10Foundation") || rest.hasPrefix("20FoundationEssentials") || rest.hasPrefix("8Dispatch") {
        return .foundation
      }
      if isSwiftModule(rest) { return .runtime }
      return .app
    }
    let name = function.name
    if name.hasPrefix("swift_") || name.hasPrefix("_swift_") || name.hasPrefix("swift::") || name.hasPrefix("runtime.")
      || name.hasPrefix("runtime/")
    {
      return .runtime
    }
    if name.hasPrefix("dispatch_") || name.hasPrefix("_dispatch_") { return .foundation }
    if systemFunctions.contains(name) || name.hasPrefix("__libc_") || name.hasPrefix("__memcpy")
      || name.hasPrefix("__memmove") || name.hasPrefix("__memset")
    {
      return .system
    }
    return nil
  }

  /// Whether what follows `$s` names the module Swift (`s`, or a substitution such as `Sa` for Array), or one of the
  /// modules that come with the runtime.
  private static func isSwiftModule(_ rest: Substring) -> Bool {
    guard let first = rest.utf8.first else { return false }
    if first == UInt8(ascii: "s") { return true }
    if first == UInt8(ascii: "S"), let second = rest.utf8.dropFirst().first {
      return second != UInt8(ascii: "o") && second != UInt8(ascii: "C")
    }
    return rest.hasPrefix("12_Concurrency") || rest.hasPrefix("15Synchronization")
      || rest.hasPrefix("17_StringProcessing")
  }

  private static let systemFunctions: Set<String> = [
    "malloc", "free", "calloc", "realloc", "_int_malloc", "_int_free", "_int_realloc", "malloc_consolidate",
    "unlink_chunk", "sysmalloc", "memcpy", "memmove", "memset", "memcmp", "strlen", "read", "write", "pread",
    "pwrite", "open", "close", "mmap", "munmap", "madvise", "syscall", "_start", "start_thread", "clone", "clone3",
  ]

  private static func lastComponent(_ path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return path }
    return String(path[path.utf8.index(after: slash)...])
  }
}
