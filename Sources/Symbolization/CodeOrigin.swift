/// Who wrote a piece of code, as far as a reader of a profile cares.
public enum CodeOrigin: String, Sendable, Hashable, CaseIterable {
  /// The program and the packages it is made of.
  case app
  /// The Swift standard library, its runtime and its concurrency library.
  case swiftRuntime
  /// Foundation and the libraries under it.
  case foundation
  /// libc, libdispatch, the loader, the kernel and every other library of the system.
  case system
}

extension CodeOrigin {
  /// Tells where a function comes from.
  ///
  /// The file decides for libraries. In the program's own file the name decides too, since a static build and a
  /// generic specialization put code of the standard library there.
  /// - Parameters:
  ///   - path: The path of the image that holds the function.
  ///   - isMainProgram: Whether that image is the program itself.
  ///   - systemName: The mangled name, or the empty string.
  public init(path: String, isMainProgram: Bool, systemName: String = "") {
    let file = isMainProgram ? .app : Self.ofLibrary(path)
    self = file == .app ? Self.ofStaticallyLinked(systemName) ?? .app : file
  }

  /// The origin of all that a file holds, `app` when it is none of the known libraries.
  static func ofLibrary(_ path: String) -> CodeOrigin {
    let file = path.split(separator: "/").last.map(String.init) ?? path
    if file.hasPrefix("libFoundation") || file.hasPrefix("lib_Foundation") { return .foundation }
    if file.hasPrefix("libswiftDispatch") { return .system }
    if file.hasPrefix("libswift") { return .swiftRuntime }
    let systemPrefixes = [
      "libc.so", "libm.so", "libgcc_s", "libstdc++", "libpthread", "libdl.so", "librt.so", "ld-linux", "ld-musl",
      "linux-vdso", "libdispatch", "libBlocksRuntime", "[",
    ]
    if systemPrefixes.contains(where: file.hasPrefix) { return .system }
    let systemDirectories = ["/lib/", "/lib64/", "/usr/lib/", "/usr/lib64/", "/usr/local/lib/"]
    return systemDirectories.contains(where: path.hasPrefix) ? .system : .app
  }

  /// The origin of code whose name betrays a library, or nil.
  static func ofStaticallyLinked(_ name: String) -> CodeOrigin? {
    if let module = SwiftName.definingModule(ofMangled: name) { return ofModule(module[...]) }
    if name.hasPrefix("swift_") || name.hasPrefix("_swift_") || name.hasPrefix("__swift_")
      || name.hasPrefix("_ZN5swift") || name.hasPrefix("_ZNK5swift")
    {
      return .swiftRuntime
    }
    if name.hasPrefix("_dispatch_") || name.hasPrefix("dispatch_") { return .system }
    return nil
  }

  /// The library that a module belongs to, or nil if it comes with neither Swift nor the system.
  public static func ofModule(_ module: Substring) -> CodeOrigin? {
    if module == "Swift" || swiftModules.contains(String(module)) { return .swiftRuntime }
    if module.hasPrefix("Foundation") || module.hasPrefix("_Foundation") { return .foundation }
    return module == "Dispatch" || module == "Glibc" || module == "Musl" ? .system : nil
  }

  private static let swiftModules: Set<String> = [
    "_Concurrency", "_StringProcessing", "_RegexParser", "RegexBuilder", "Synchronization", "Observation",
    "Distributed", "_Differentiation", "_Builtin_float", "Runtime", "SwiftOnoneSupport", "Cxx", "CxxStdlib",
    "_Volatile",
  ]
}
