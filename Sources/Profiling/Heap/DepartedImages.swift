import CProfilerHooks
import Symbolization
import Synchronization

/// The files that were loaded when the program unloaded one, while a heap profiler ran.
///
/// A block may outlive the library that allocated it; its stack is named by the file, which is still on disk.
enum DepartedImages {
  private static let remembered = Mutex<Set<LoadedImage>>([])

  static func remember() {
    let images = LoadedImage.all()
    remembered.withLock { $0.formUnion(images) }
  }

  static func forget() { remembered.withLock { $0 = [] } }

  /// The loaded files, the program first, then those that have gone; and how many of these left their addresses to
  /// others, so that they are not in the list.
  static func withLoaded() -> (images: [LoadedImage], replaced: Int) {
    let loaded = LoadedImage.all()
    let departed = remembered.withLock { $0.subtracting(loaded) }
    let distinct = departed.filter { gone in !loaded.contains { $0.start < gone.end && gone.start < $0.end } }
    return (loaded + distinct.sorted { $0.start < $1.start }, departed.count - distinct.count)
  }
}

/// Called by the C half before a library is unloaded.
@_cdecl("lab_heap_remember_images")
func rememberImages() { DepartedImages.remember() }
