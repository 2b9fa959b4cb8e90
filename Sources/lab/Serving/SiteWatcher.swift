import Foundation

/// Looks whether any file below some folders has changed, been added or taken away.
struct SiteWatcher: Sendable {
  let folders: [String]

  /// What all of them are like now: equal as long as nothing has changed.
  func state() -> [String: FileState] {
    var states: [String: FileState] = [:]
    for folder in folders {
      let keys: [URLResourceKey] = [.contentModificationDateKey, .fileSizeKey, .isRegularFileKey]
      let files = FileManager.default.enumerator(
        at: URL(fileURLWithPath: folder), includingPropertiesForKeys: keys, options: [.skipsHiddenFiles])
      for case let file as URL in files ?? FileManager.DirectoryEnumerator() {
        guard let values = try? file.resourceValues(forKeys: Set(keys)), values.isRegularFile == true else { continue }
        states[file.path] = FileState(
          modified: values.contentModificationDate?.timeIntervalSince1970 ?? 0, size: values.fileSize ?? 0)
      }
    }
    return states
  }

  struct FileState: Equatable {
    var modified: Double
    var size: Int
  }
}
