import Glibc

/// The runtime's demangler in its short form: no modules, no types of arguments, but their labels.
///
/// Exported by the standard library, dynamic and static, for its own backtraces; it also reads C++ names.
/// With a null output buffer it answers with memory of `malloc`, or null for a name it does not know.
@_silgen_name("_swift_backtrace_demangle")
private func backtraceDemangle(
  _ name: UnsafePointer<CChar>?, _ nameLength: Int, _ output: UnsafeMutablePointer<CChar>?,
  _ outputLength: UnsafeMutablePointer<Int>?
) -> UnsafeMutablePointer<CChar>?

/// What the runtime makes of mangled names.
enum Demangler {
  /// The demangled form of a Swift or C++ name, or nil when the name is not mangled.
  static func demangle(_ mangled: String) -> String? {
    var mangled = mangled
    let text = mangled.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) { backtraceDemangle($0.baseAddress, $0.count, nil, nil) }
    }
    guard let text else { return nil }
    defer { free(text) }
    let demangled = String(cString: text)
    return demangled == mangled ? nil : demangled
  }
}
