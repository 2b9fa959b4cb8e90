import Symbolization

/// The profiler's functions: whoever looks at itself has them on its stack.
enum OwnFrames {
  /// Whether a function is one, other than `withLabels`, which calls the program again and is left out elsewhere.
  static func contain(_ level: SymbolizedFrame) -> Bool {
    level.systemName.hasPrefix("$s9Profiling") && !level.systemName.hasPrefix("$s9Profiling10withLabels")
  }
}
