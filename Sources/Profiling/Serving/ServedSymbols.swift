import Symbolization

/// The names of functions by addresses, for tools that have addresses alone.
package enum ServedSymbols {
  /// The function that each address lies in, the outermost of those that were inlined there; nil where none is known.
  package static func names(of addresses: [UInt64]) -> [String?] {
    HeapProfiler.withoutRecording {
      var symbolizer = Symbolizer.ofProcess()
      return symbolizer.symbolize(addresses).map { $0.last?.name }
    }
  }
}
