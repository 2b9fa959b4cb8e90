/// The program that this process runs.
public enum ThisProgram {
  /// The absolute path of its file, links resolved; empty if the system does not tell.
  public static var path: String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { buffer in
      guard let start = buffer.baseAddress else { return "" }
      #if canImport(Darwin)
        var size = UInt32(buffer.count)
        guard _NSGetExecutablePath(start, &size) == 0, let real = realpath(start, nil) else { return "" }
        defer { free(real) }
        return String(cString: real)
      #else
        // /proc/self is the main thread's, and empty when that has ended before the others.
        let count = readlink("/proc/thread-self/exe", start, buffer.count)
        return count <= 0 ? "" : String(decoding: UnsafeRawBufferPointer(buffer)[..<count], as: UTF8.self)
      #endif
    }
  }
}
