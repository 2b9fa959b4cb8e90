import Platform
import Synchronization

/// Libraries that come and go.
enum Libraries {
  /// Loads every library of a folder and has it work: call, allocate, and use processor time.
  static func run(in folder: String) {
    guard let directory = opendir(folder) else { return }
    defer { closedir(directory) }
    var worked = 0
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      guard name.hasSuffix(".so"), let library = dlopen("\(folder)/\(name)", RTLD_NOW),
        let work = dlsym(library, "work")
      else { continue }
      worked += Int(unsafeBitCast(work, to: (@convention(c) (CInt) -> CInt).self)(300))
      // Half of them stay, so that these are there when memory is looked at.
      if worked % 2 == 0 { dlclose(library) }
    }
    print("worked: \(worked)")
  }

  /// Loads and unloads a library without pause, on a thread of its own.
  static func loadAndUnload(_ path: String) {
    Libraries.path.store(UInt(bitPattern: strdup(path)), ordering: .relaxed)
    var thread = pthread_t()
    pthread_create(
      &thread, nil,
      { _ -> UnsafeMutableRawPointer? in
        let path = UnsafePointer<CChar>(bitPattern: Libraries.path.load(ordering: .relaxed))
        while true {
          guard let library = dlopen(path, RTLD_NOW) else { continue }
          dlclose(library)
        }
      }, nil)
  }

  private static let path = Atomic<UInt>(0)
}
