import Symbolization

extension SymbolCache {
  /// The one of this process, for all that is named in it.
  static let ofProcess = SymbolCache()
}

extension Symbolizer {
  /// A symbolizer for the files loaded now, or those given, which asks the process's cache first.
  ///
  /// What the cache keeps is the profiler's own: whoever asks does so in `HeapProfiler.withoutRecording`. A block that is
  /// recorded and only held by the cache would be taken for lost, for a leak scan does not look into what is not recorded.
  static func ofProcess(images: [LoadedImage]? = nil) -> Symbolizer {
    HeapProfiler.withoutRecording { Symbolizer(images: images, cache: .ofProcess) }
  }
}
