import Platform

#if canImport(Darwin)
  // Apple's SDK does not have the function below: there names stay mangled, and nothing is symbolized anyway.
  private func backtraceDemangle(
    _ name: UnsafePointer<CChar>?, _ nameLength: Int, _ output: UnsafeMutablePointer<CChar>?,
    _ outputLength: UnsafeMutablePointer<Int>?
  ) -> UnsafeMutablePointer<CChar>? { nil }
#else
  /// The runtime's demangler in its short form: no modules, no types of arguments, but their labels.
  ///
  /// Exported by the standard library, dynamic and static, for its own backtraces; it also reads C++ names.
  /// With a null output buffer it answers with memory of `malloc`, or null for a name it does not know.
  @_silgen_name("_swift_backtrace_demangle")
  private func backtraceDemangle(
    _ name: UnsafePointer<CChar>?, _ nameLength: Int, _ output: UnsafeMutablePointer<CChar>?,
    _ outputLength: UnsafeMutablePointer<Int>?
  ) -> UnsafeMutablePointer<CChar>?
#endif

/// What the runtime makes of mangled names.
package enum Demangler {
  /// Calls `body` with the demangled form of a Swift or C++ name, or with nil when the name is not mangled.
  static func withDemangled<Result>(_ mangled: String, _ body: (ByteText?) -> Result) -> Result {
    var mangled = mangled
    return mangled.withUTF8 { name in
      let text = name.withMemoryRebound(to: CChar.self) { backtraceDemangle($0.baseAddress, $0.count, nil, nil) }
      guard let text, let start = name.baseAddress else { return body(nil) }
      defer { free(text) }
      let length = strlen(text)
      // A name that the demangler could not read is given back as it was.
      guard length != name.count || memcmp(text, start, length) != 0 else { return body(nil) }
      return body(ByteText(UnsafeRawBufferPointer(start: text, count: length)))
    }
  }

  /// The demangled form of a Swift or C++ name, or nil when the name is not mangled. Of C++ names it is all that
  /// libstdc++'s demangler says.
  package static func demangle(_ mangled: String) -> String? { withDemangled(mangled) { $0?.string } }
}
