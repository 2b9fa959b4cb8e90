import CProfiler
import Symbolization

/// The files that were loaded when the program unloaded one, while a heap profiler ran.
///
/// A block may outlive the library that allocated it; its stack is named by the file, which is still on disk.
enum DepartedImages {
  /// The loaded files, the program first, then those that have gone; and how many of these left their addresses to
  /// others, so that they are not in the list.
  static func withLoaded() -> (images: [LoadedImage], replaced: Int) {
    let loaded = LoadedImage.all()
    let departed = Set(LoadedImage.list(lab_each_departed_image)).subtracting(loaded)
    let distinct = departed.filter { gone in !loaded.contains { $0.start < gone.end && gone.start < $0.end } }
    return (loaded + distinct.sorted { $0.start < $1.start }, departed.count - distinct.count)
  }
}
